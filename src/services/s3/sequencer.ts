const TIME_DIGITS = 12
const COUNT_DIGITS = 6

/**
 * Gives the numbers by which changes of a key can be put in order: the time, and a counter for changes at the same
 * time. Greater than all given before, and than the one that the key has, also when the clock stands or goes back.
 */
export class Sequencers {
  #last = ''

  next(nowMs: number, before: string | undefined): string {
    const floor = before !== undefined && before > this.#last ? before : this.#last
    const now = hex(BigInt(Math.floor(nowMs)), TIME_DIGITS) + hex(0n, COUNT_DIGITS)
    this.#last = now > floor ? now : hex(BigInt(`0x${floor}`) + 1n, TIME_DIGITS + COUNT_DIGITS)
    return this.#last
  }
}

const hex = (value: bigint, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0')
