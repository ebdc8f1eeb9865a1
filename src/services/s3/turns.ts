/** Lets work that has the same name happen one after the other, in the order in which it was asked for. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name)
    const mine = before ? before.then(work, work) : work()
    const last = mine
      .catch(() => {})
      .then(() => {
        if (this.#last.get(name) === last) this.#last.delete(name)
      })
    this.#last.set(name, last)
    return mine
  }

  /** Resolves when nobody has or waits for a turn. */
  async idle(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values())
  }
}
