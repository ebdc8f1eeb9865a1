/** How much is remembered of one thing that is watched: plenty for a test, nothing to speak of for a service. */
const MOST_ITEMS = 1_000
const MOST_BYTES = 4 * 1024 * 1024
/** So many are dropped at once: dropping each for itself would move all the others. */
const SPARE_ITEMS = 100

/** Something that can be watched: what there is, what comes after a position, and word of what is new. */
export interface Watched<Item> {
  /** As people call it: `queue orders`. */
  readonly label: string
  /** Oldest first. */
  all(): readonly Item[]
  /** The first item after a position; positions ascend, the first is above 0. */
  after(position: number): { readonly item: Item; readonly position: number } | undefined
  subscribe(listener: () => void): () => void
}

interface Recording<Raw> {
  readonly entries: { readonly raw: Raw; readonly bytes: number; readonly position: number }[]
  readonly listeners: Set<() => void>
  bytes: number
  position: number
}

/** The latest of what came by, under the name of what it came to; shown only when somebody looks. */
export class Recordings<Raw, Item> {
  readonly #noun: string
  readonly #show: (raw: Raw) => Item
  readonly #byName = new Map<string, Recording<Raw>>()

  constructor(noun: string, show: (raw: Raw) => Item) {
    this.#noun = noun
    this.#show = show
  }

  note(name: string, raw: Raw, bytes: number): void {
    const recording = this.#named(name)
    recording.entries.push({ raw, bytes, position: ++recording.position })
    recording.bytes += bytes
    if (recording.entries.length > MOST_ITEMS + SPARE_ITEMS || recording.bytes > MOST_BYTES) trim(recording)
    for (const listener of recording.listeners) listener()
  }

  of(name: string): Watched<Item> {
    const recording = this.#named(name)
    return {
      label: `${this.#noun} ${name}`,
      all: () => recording.entries.slice(-MOST_ITEMS).map(({ raw }) => this.#show(raw)),
      after: (position) => {
        const entry = recording.entries.find((each) => each.position > position)
        return entry && { item: this.#show(entry.raw), position: entry.position }
      },
      subscribe(listener) {
        recording.listeners.add(listener)
        return () => recording.listeners.delete(listener)
      },
    }
  }

  /** Forgets what came by; positions go on, so that nobody takes something new for something seen. */
  clear(): void {
    for (const recording of this.#byName.values()) {
      recording.entries.length = 0
      recording.bytes = 0
    }
  }

  #named(name: string): Recording<Raw> {
    let recording = this.#byName.get(name)
    if (!recording) {
      recording = { entries: [], listeners: new Set(), bytes: 0, position: 0 }
      this.#byName.set(name, recording)
    }
    return recording
  }
}

function trim(recording: Recording<unknown>): void {
  const { entries } = recording
  let dropped = Math.max(0, entries.length - MOST_ITEMS)
  let bytes = entries.slice(0, dropped).reduce((sum, entry) => sum + entry.bytes, 0)
  while (recording.bytes - bytes > MOST_BYTES && dropped < entries.length - 1) {
    bytes += entries[dropped++]?.bytes ?? 0
  }
  entries.splice(0, dropped)
  recording.bytes -= bytes
}
