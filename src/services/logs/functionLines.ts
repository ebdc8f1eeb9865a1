import type { History } from '../../store/index.ts'
import { type Line, LineRing } from './lineRing.ts'

/** Where functions write unless they are told otherwise. */
const PREFIX = '/aws/lambda/'

/**
 * What functions print. Nothing is copied, written or sorted when a line comes; who reads pays. Lines from before this
 * process started are read from the history, once, when somebody first asks.
 */
export class FunctionLines {
  readonly #history: History
  readonly #lastBefore: number
  readonly #onGroup: (name: string, createdMs: number) => void
  /** By function, where the group is the function's own, and by group elsewhere: no name is put together for a line. */
  readonly #byFunction = new Map<string, LineRing>()
  readonly #byGroup = new Map<string, LineRing>()
  readonly #listeners = new Set<(group: string) => void>()
  #before: Promise<ReadonlyMap<string, LineRing>> | undefined

  /** `onGroup` is told when the first line of a group comes. */
  constructor(history: History, onGroup: (name: string, createdMs: number) => void) {
    this.#history = history
    this.#lastBefore = history.lastSequence
    this.#onGroup = onGroup
  }

  note(line: Line): void {
    const { logGroup, functionName } = line
    const rings = logGroup === undefined ? this.#byFunction : this.#byGroup
    const ring = rings.get(logGroup ?? functionName) ?? this.#begin(line)
    ring?.note(line)
    if (this.#listeners.size > 0) for (const listener of this.#listeners) listener(groupOf(line))
  }

  /** The lines of a group, oldest first, that came after a sequence number. */
  async linesOf(group: string, afterSequence: number): Promise<Line[]> {
    const before = (await this.#linesBefore()).get(group)?.lines() ?? []
    const lines = [...before, ...this.latest(group)]
    return afterSequence === 0 ? lines : lines.filter(({ sequence }) => sequence > afterSequence)
  }

  /** Those that came since this process started. */
  latest(group: string): Line[] {
    const rings = this.#ringsOf(group)
    const lines = rings.flatMap((ring) => ring.lines())
    return rings.length > 1 ? lines.sort((one, other) => one.sequence - other.sequence) : lines
  }

  /** Forgets a group; answers the sequence number up to which nothing of it is to be shown any more. */
  forget(group: string): number {
    const sequences = this.#ringsOf(group).map(({ lastSequence }) => lastSequence)
    this.#byGroup.delete(group)
    if (group.startsWith(PREFIX)) this.#byFunction.delete(group.slice(PREFIX.length))
    return Math.max(this.#lastBefore, ...sequences)
  }

  /** Forgets everything, after the history was emptied. */
  clear(): void {
    this.#byFunction.clear()
    this.#byGroup.clear()
    this.#before = Promise.resolve(new Map())
  }

  /** Calls `listener` with the group of each line that comes. */
  subscribe(listener: (group: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #begin(line: Line): LineRing | undefined {
    if (line.functionName === '') return undefined
    const ring = new LineRing()
    if (line.logGroup === undefined) this.#byFunction.set(line.functionName, ring)
    else this.#byGroup.set(line.logGroup, ring)
    this.#onGroup(groupOf(line), line.atMs)
    return ring
  }

  /** Two where another function writes into the group of a function. */
  #ringsOf(group: string): LineRing[] {
    const own = group.startsWith(PREFIX) ? this.#byFunction.get(group.slice(PREFIX.length)) : undefined
    return [own, this.#byGroup.get(group)].filter((ring) => ring !== undefined)
  }

  #linesBefore(): Promise<ReadonlyMap<string, LineRing>> {
    this.#before ??=
      this.#lastBefore === 0 ? Promise.resolve(new Map()) : readLines(this.#history, this.#lastBefore)
    return this.#before
  }
}

/** The group that a line belongs to. */
export const groupOf = ({ logGroup, functionName }: Line): string => logGroup ?? PREFIX + functionName

async function readLines(history: History, lastSequence: number): Promise<ReadonlyMap<string, LineRing>> {
  const rings = new Map<string, LineRing>()
  for await (const block of history.blocks({ order: 'oldestFirst', withRoutine: true }))
    for (const entry of block) {
      if (entry.kind !== 'logLine' || entry.sequence > lastSequence) continue
      const group = groupOf(entry)
      let ring = rings.get(group)
      if (!ring) rings.set(group, (ring = new LineRing()))
      ring.note(entry)
    }
  return rings
}
