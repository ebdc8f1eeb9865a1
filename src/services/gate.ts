interface Waiting {
  readonly isAlone: boolean
  start(): void
}

/** Lets any number in together, or one alone; in the order in which they came, so whoever waits holds up those behind. */
export class Gate {
  readonly #waiting: Waiting[] = []
  #inside = 0
  #isOneAlone = false

  /** Runs `work` beside others of its kind; within this very call unless somebody is, or waits to be, alone. */
  together<T>(work: () => Promise<T>): Promise<T> {
    const isFree = !this.#isOneAlone && this.#waiting.length === 0
    return isFree ? this.#enter(work) : this.#wait(work, false)
  }

  /** Runs `work` when nobody else is inside. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#wait(work, true)
  }

  #wait<T>(work: () => Promise<T>, isAlone: boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ isAlone, start: () => void this.#enter(work).then(resolve, reject) })
      this.#admit()
    })
  }

  #admit(): void {
    for (;;) {
      const [first] = this.#waiting
      if (!first || this.#isOneAlone || (first.isAlone && this.#inside > 0)) return
      this.#waiting.shift()
      this.#isOneAlone = first.isAlone
      first.start()
    }
  }

  #enter<T>(work: () => Promise<T>): Promise<T> {
    this.#inside++
    return work().finally(() => {
      this.#inside--
      this.#isOneAlone = false
      this.#admit()
    })
  }
}
