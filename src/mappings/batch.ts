/** A message and its record as it stands in the event. */
export interface Encoded<Message> {
  readonly message: Message
  readonly id: string
  readonly json: string
  readonly bytes: number
}

/** The serialised event may not pass this; a batch closes before it would. */
const MOST_EVENT_BYTES = 6 * 1024 * 1024
const HEAD = '{"Records":['
const TAIL = ']}'

/** A batch that is being gathered. */
export class OpenBatch<Message> {
  readonly #size: number
  readonly #messages = new Map<string, Encoded<Message>>()
  #bytes = HEAD.length + TAIL.length

  constructor(size: number) {
    this.#size = size
  }

  get count(): number {
    return this.#messages.size
  }

  /** How many more messages may come. */
  get room(): number {
    return this.#size - this.#messages.size
  }

  /**
   * Takes a message, or answers `false` when it has to go into the next batch. A message that became visible again
   * while its batch was gathered comes a second time, and only the latest receive can still delete it.
   */
  take(one: Encoded<Message>): boolean {
    const earlier = this.#messages.get(one.id)
    const bytes = this.#bytes + one.bytes + 1 - (earlier ? earlier.bytes + 1 : 0)
    const isFirst = this.#messages.size === 0
    if (!earlier && (this.room <= 0 || (bytes > MOST_EVENT_BYTES && !isFirst))) return false
    this.#messages.set(one.id, one)
    this.#bytes = bytes
    return true
  }

  messages(): Encoded<Message>[] {
    return [...this.#messages.values()]
  }
}

/** The event that the function gets. */
export const eventOf = (batch: readonly Encoded<unknown>[]): Uint8Array =>
  Buffer.from(`${HEAD}${batch.map(({ json }) => json).join(',')}${TAIL}`)
