import type { ShardPosition } from '../../sources/index.ts'
import type { Mark } from './record.ts'

/**
 * How far a shard has been worked on. With several lanes records end out of order; the checkpoint stands below the lowest
 * that has not ended, so that a restart skips nothing.
 */
export class Progress {
  /** What was read and is not below the checkpoint, in order. */
  #marks: Mark[] = []
  /** Index of the first that counts; those before it are cut off now and then. */
  #head = 0
  #checkpoint: ShardPosition
  /** Behind all that was read. */
  #readTo: ShardPosition

  constructor(position: ShardPosition) {
    this.#checkpoint = position
    this.#readTo = position
  }

  /** Where reading goes on after a restart. */
  get checkpoint(): ShardPosition {
    return this.#checkpoint
  }

  /** Where reading goes on now. */
  get readTo(): ShardPosition {
    return this.#readTo
  }

  /** Records above the checkpoint, done ones among them. */
  get held(): number {
    return this.#marks.length - this.#head
  }

  /** The oldest record that is not done. */
  get oldest(): Mark | undefined {
    return this.#marks[this.#head]
  }

  /** The next record that was read. Runs of records that are done from the start (filtered) take one place. */
  add(mark: Mark): void {
    const last = this.#marks.at(-1)
    if (mark.isDone && last?.isDone && this.held > 0) this.#marks[this.#marks.length - 1] = mark
    else this.#marks.push(mark)
  }

  /** All records of a page have been added. */
  endPage(next: ShardPosition): void {
    this.#readTo = next
    this.advance()
  }

  /** Moves the checkpoint over all that is done; answers whether it moved. */
  advance(): boolean {
    const before = this.#checkpoint
    let last: Mark | undefined
    /** The last one with another number than `last`. */
    let earlier: Mark | undefined
    for (let mark = this.#marks[this.#head]; mark?.isDone; mark = this.#marks[++this.#head]) {
      if (last && last.sequenceNumber !== mark.sequenceNumber) earlier = last
      last = mark
    }
    // Records that were one for their stream have one number, and are over when all of them are.
    const isCut = last?.sequenceNumber === this.oldest?.sequenceNumber
    const reached = isCut ? earlier : last
    if (this.held === 0) this.#checkpoint = this.#readTo
    else if (reached) this.#checkpoint = { kind: 'after', sequenceNumber: reached.sequenceNumber }
    if (this.#head * 2 > this.#marks.length) {
      this.#marks = this.#marks.slice(this.#head)
      this.#head = 0
    }
    return this.#checkpoint !== before
  }
}
