/**
 * What may be committed of one partition: messages end in any order, and a committed offset says that all before it are
 * done. After a change in the consumer group a partition is read from its committed offset again, so that messages come
 * twice; what is done or still with the function by then is not handed out once more.
 */
export class KafkaOffsets {
  /** Received, the oldest first, and whether it is done. */
  readonly #received = new Map<bigint, boolean>()
  #next: bigint | undefined
  #committed: bigint | undefined

  /** Notes a message; answers whether it is new. */
  receive(offset: bigint): boolean {
    if (this.#received.has(offset)) return false
    if (this.#committed !== undefined && offset < this.#committed) return false
    this.#received.set(offset, false)
    this.#next = offset + 1n
    return true
  }

  /** Forgets messages that are to come again. */
  forget(offset: bigint): void {
    if (this.#received.get(offset) === false) this.#received.delete(offset)
  }

  end(offset: bigint): void {
    if (this.#received.has(offset)) this.#received.set(offset, true)
  }

  /** The offset to commit now; `undefined` when there is nothing new to say. */
  take(): bigint | undefined {
    let first: bigint | undefined
    for (const [offset, isDone] of this.#received) {
      if (!isDone) {
        first = offset
        break
      }
      this.#received.delete(offset)
    }
    const offset = first ?? this.#next
    if (offset === undefined || offset === this.#committed) return undefined
    this.#committed = offset
    return offset
  }
}
