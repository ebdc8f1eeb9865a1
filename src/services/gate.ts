/** Lets any number in together, or one alone. Whoever waits to be alone holds up those who come later. */
export class Gate {
  #inside = 0
  #last: Promise<void> | undefined
  #emptied: (() => void) | undefined

  /** Runs `work` beside others of its kind; within this very call unless somebody is, or waits to be, alone. */
  together<T>(work: () => Promise<T>): Promise<T> {
    return this.#last ? this.#last.then(() => this.together(work)) : this.#enter(work)
  }

  /** Runs `work` when nobody else is inside. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#last ?? Promise.resolve()
    const mine = before.then(() => this.#empty()).then(work)
    const last: Promise<void> = mine
      .then(
        () => {},
        () => {},
      )
      .then(() => {
        if (this.#last === last) this.#last = undefined
      })
    this.#last = last
    return mine
  }

  #enter<T>(work: () => Promise<T>): Promise<T> {
    this.#inside++
    return work().finally(() => {
      if (--this.#inside === 0) this.#emptied?.()
    })
  }

  #empty(): Promise<void> {
    return this.#inside === 0 ? Promise.resolve() : new Promise((resolve) => (this.#emptied = resolve))
  }
}
