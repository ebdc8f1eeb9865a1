import type { LedgerEntry } from '../../system/index.ts'

/** What a handler or the platform printed, as the ledger has it. */
export type Line = Extract<LedgerEntry, { kind: 'logLine' }>

/** So much of one group's lines is kept at hand: some ten minutes of a busy function. */
export const MOST_LINES = 20_000
export const MOST_CHARACTERS = 8 * 1024 * 1024

/** The latest lines of one group. They are the ledger's own entries: keeping one costs a reference. */
export class LineRing {
  readonly #lines: (Line | undefined)[] = []
  readonly #most: number
  /** How many lines came so far, and how many of those are gone. */
  #came = 0
  #gone = 0
  #characters = 0

  constructor(most = MOST_LINES) {
    this.#most = most
  }

  note(line: Line): void {
    if (this.#came - this.#gone === this.#most) this.#dropOldest()
    this.#lines[this.#came++ % this.#most] = line
    this.#characters += line.text.length
    while (this.#characters > MOST_CHARACTERS && this.#came - this.#gone > 1) this.#dropOldest()
  }

  /** Oldest first. */
  lines(): Line[] {
    const found: Line[] = []
    for (let index = this.#gone; index < this.#came; index++) found.push(this.#lines[index % this.#most]!)
    return found
  }

  get lastSequence(): number {
    return this.#lines[(this.#came - 1) % this.#most]?.sequence ?? 0
  }

  #dropOldest(): void {
    const index = this.#gone++ % this.#most
    this.#characters -= this.#lines[index]?.text.length ?? 0
    this.#lines[index] = undefined
  }
}
