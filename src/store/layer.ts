import type { Changes, CommittedReader, Reader } from './keyValue.ts'
import { KeyWindow } from './keyWindow.ts'
import { PresentKeys } from './presentKeys.ts'

/** How many windows a layer keeps, and how large a range may be to get one. */
const MOST_WINDOWS = 128
const LARGEST_KEPT = 1_000

/** See {@link Reader.keys}. */
interface Range {
  readonly start: string
  readonly end: string
  readonly limit: number
  readonly from: string | undefined
}

/**
 * Changes that lie above something and shadow it: those of a commit above what is committed, or committed ones above
 * what is in LMDB. A key that was added and is removed again leaves no trace.
 */
export class Layer implements Changes {
  readonly added = new Map<string, Buffer>()
  readonly changed = new Map<string, Buffer | null>()
  /** The keys that have a value, by their first character; made for a space when the first range asks for it. */
  readonly #present = new Map<number, PresentKeys>()
  readonly #windows = new Map<string, KeyWindow>()
  readonly #ahead: number
  readonly #isShadowed = (key: string): boolean => this.changed.has(key) || this.added.has(key)

  /** `ahead`: see {@link KeyWindow}. */
  constructor(ahead: number) {
    this.#ahead = ahead
  }

  get size(): number {
    return this.added.size + this.changed.size
  }

  /** `null` when the key is removed here, `undefined` when it is not changed here. */
  valueOf(key: string): Buffer | null | undefined {
    return this.added.get(key) ?? this.changed.get(key)
  }

  put(key: string, value: Buffer): void {
    if (this.added.has(key)) this.added.set(key, value)
    else this.changed.set(key, value)
    this.#present.get(key.charCodeAt(0))?.add(key)
  }

  insert(key: string, value: Buffer): void {
    if (this.changed.has(key)) this.changed.set(key, value)
    else this.added.set(key, value)
    this.#present.get(key.charCodeAt(0))?.add(key)
  }

  remove(key: string): void {
    if (!this.added.delete(key)) this.changed.set(key, null)
    this.#present.get(key.charCodeAt(0))?.delete(key)
  }

  /** Takes in the changes of a commit above this layer. */
  take({ added, changed }: Changes): void {
    for (const [key, value] of added) this.insert(key, value)
    for (const [key, value] of changed) {
      if (value) this.put(key, value)
      else this.remove(key)
    }
  }

  /** Puts back what was under a key. What ranges saw meanwhile is to be forgotten with {@link forgetWindows}. */
  restore(key: string, added: Buffer | undefined, changed: Buffer | null | undefined): void {
    if (added) this.added.set(key, added)
    else this.added.delete(key)
    if (changed === undefined) this.changed.delete(key)
    else this.changed.set(key, changed)
    const present = this.#present.get(key.charCodeAt(0))
    if (added ?? changed) present?.add(key)
    else present?.delete(key)
  }

  /** Keys are no longer shadowed. */
  forgetWindows(): void {
    this.#windows.clear()
  }

  get(below: Reader, key: string): Buffer | undefined {
    const value = this.valueOf(key)
    return value === undefined ? below.get(key) : (value ?? undefined)
  }

  keys(below: Reader, range: Range): string[] {
    const { start, end, limit, from = start } = range
    const present = this.#presentIn(start.charCodeAt(0)).range(from, end, limit)
    const others = this.#windowAt(start, limit).take(below, this.#isShadowed, { end, limit, from })
    if (others.length === 0) return present
    if (present.length === 0) return others
    return merged(present, others, limit, (key) => key)
  }

  /** Keys and values of a range that is read once: nothing is remembered of it, and nothing read ahead. */
  entries(
    below: Pick<CommittedReader, 'entries'>,
    { start, end, limit }: Omit<Range, 'from'>,
  ): [string, Buffer][] {
    const present = this.#presentIn(start.charCodeAt(0)).range(start, end, limit)
    // Behind the last one that there is room for nothing more is wanted from below.
    const others = this.#unshadowed(below, start, present.length < limit ? end : present.at(-1)!, limit)
    const own = present.map((key): [string, Buffer] => [key, Buffer.from(this.valueOf(key)!)])
    if (others.length === 0) return own
    if (own.length === 0) return others
    return merged(own, others, limit, ([key]) => key)
  }

  #unshadowed(
    below: Pick<CommittedReader, 'entries'>,
    start: string,
    end: string,
    limit: number,
  ): [string, Buffer][] {
    const found: [string, Buffer][] = []
    for (let from = start; found.length < limit;) {
      const asked = limit - found.length
      const entries = below.entries(from, end, asked)
      for (const entry of entries) if (!this.#isShadowed(entry[0])) found.push(entry)
      if (entries.length < asked) break
      from = `${entries.at(-1)![0]}\0`
    }
    return found
  }

  /**
   * How many keys more (or less) there are in a range than below. `isBeneath` says whether a key lies there: what was
   * added here does not, unless some of this layer was written there already.
   */
  countOver(
    isBeneath: (key: string) => boolean,
    start: string,
    end: string,
    isPartlyWritten: boolean,
  ): number {
    let difference = 0
    for (const key of this.added.keys()) {
      if (key >= start && key < end && !(isPartlyWritten && isBeneath(key))) difference++
    }
    for (const [key, value] of this.changed) {
      if (key >= start && key < end) difference += (value ? 1 : 0) - (isBeneath(key) ? 1 : 0)
    }
    return difference
  }

  #presentIn(space: number): PresentKeys {
    let present = this.#present.get(space)
    if (!present) {
      this.#present.set(space, (present = new PresentKeys()))
      for (const key of this.added.keys()) if (key.charCodeAt(0) === space) present.add(key)
      for (const [key, value] of this.changed) if (value && key.charCodeAt(0) === space) present.add(key)
    }
    return present
  }

  #windowAt(start: string, limit: number): KeyWindow {
    const known = this.#windows.get(start)
    if (!known && limit > LARGEST_KEPT) return new KeyWindow(start, this.#ahead)
    const window = known ?? new KeyWindow(start, this.#ahead)
    // The least recently used one goes first.
    if (known) this.#windows.delete(start)
    else if (this.#windows.size >= MOST_WINDOWS) this.#windows.delete(this.#windows.keys().next().value!)
    this.#windows.set(start, window)
    return window
  }
}

/** The first `limit` of two lists in order that have no key in common. */
function merged<Item>(
  left: readonly Item[],
  right: readonly Item[],
  limit: number,
  keyOf: (item: Item) => string,
): Item[] {
  const items: Item[] = []
  let atLeft = 0
  let atRight = 0
  while (items.length < limit) {
    const nextLeft = left[atLeft]
    const nextRight = right[atRight]
    const isLeft = nextLeft !== undefined && (nextRight === undefined || keyOf(nextLeft) < keyOf(nextRight))
    const next = isLeft ? nextLeft : nextRight
    if (next === undefined) break
    items.push(next)
    if (isLeft) atLeft++
    else atRight++
  }
  return items
}
