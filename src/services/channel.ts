/** From one writer to one reader: a write is over when its item was taken, or when nobody will take it any more. */
export class Channel<Item> {
  readonly #waiting: { readonly item: Item; readonly taken: () => void }[] = []
  #isOver = false
  #hasNoReader = false
  #wake: (() => void) | undefined

  /** Resolves once the reader asks for more. */
  write(item: Item): Promise<void> | void {
    if (this.#hasNoReader) return
    return new Promise((taken) => {
      this.#waiting.push({ item, taken })
      this.#wake?.()
    })
  }

  /** Nothing more will be written. */
  end(): void {
    this.#isOver = true
    this.#wake?.()
  }

  async *items(): AsyncGenerator<Item> {
    try {
      for (;;) {
        const next = this.#waiting[0]
        if (next) {
          yield next.item
          this.#waiting.shift()?.taken()
        } else if (this.#isOver) return
        else await new Promise<void>((resolve) => (this.#wake = resolve))
      }
    } finally {
      // The reader left, perhaps in the middle of an item.
      this.#hasNoReader = true
      for (const { taken } of this.#waiting.splice(0)) taken()
    }
  }
}
