import type { CommittedReader, Transaction } from './keyValue.ts'
import { numberIn, numberValue } from './numberValue.ts'

export const NUMBERS_KEY = 'm-numbers'

/** How many numbers one written reservation covers, and so how many a crash may skip. */
const BLOCK = 65_536

/**
 * Ascending numbers that are never given twice, not even after a crash: item sequences and fences. Whatever was given
 * is covered by a reservation that is committed no later than the transaction that uses it.
 */
export class Numbers {
  #last: number
  #reserved: number

  constructor(committed: CommittedReader) {
    this.#last = numberIn(committed.get(NUMBERS_KEY))
    this.#reserved = this.#last
  }

  next(tx: Transaction): number {
    const number = ++this.#last
    if (number > this.#reserved) {
      this.#reserved = number + BLOCK
      tx.put(NUMBERS_KEY, numberValue(this.#reserved))
    }
    return number
  }

  /** Writes were undone, perhaps the reservation with them: the next number makes a new one. */
  forget(): void {
    this.#reserved = 0
  }

  /** What must outlive a clear. */
  reservation(): [string, Buffer] {
    this.#reserved = this.#last + BLOCK
    return [NUMBERS_KEY, numberValue(this.#reserved)]
  }
}
