import type { Outcome } from '../../invoke/index.ts'
import type { Effect } from '../../store/index.ts'
import { parkedWhile, type Work } from '../../system/index.ts'
import { growingPauses } from '../trouble.ts'
import { type AttemptDecision, decideAttempt } from './decideAttempt.ts'
import type { GivenUpCondition, LastAnswer } from './failureRecord.ts'
import { giveUp } from './givenUp.ts'
import { expiryOf, failedOnce, newPiece, type Piece } from './piece.ts'
import { type BufferedRecord, namesOf, rangeOf, type RecordRange } from './record.ts'
import { retryPauseMs } from './retryPauses.ts'
import type { ShardContext } from './shardContext.ts'
import { streamEvent } from './streamEvent.ts'
import { type TumblingWindow, windowAfter, type WindowEnd } from './tumbling.ts'
import { until } from './until.ts'

/** What a batch sees of its shard. */
export interface BatchShard {
  readonly id: string
  /** The tumbling window that is open, if the mapping has windows. */
  readonly window: TumblingWindow | undefined
  /**
   * Makes it durable, all or nothing, that records are over and what follows from it. `false`: the shard is another's
   * now, and nothing has happened.
   */
  complete(
    records: readonly BufferedRecord[],
    window: TumblingWindow | undefined,
    effects: readonly Effect[],
  ): Promise<boolean>
  /**
   * Resolves once all that was completed before now is durable. The next batch need not wait for the one before it, or
   * a shard would stand still for each write; but it waits for those before that, or a store that cannot write would not
   * be noticed until many have run that would run again after a crash.
   */
  readonly stored: Promise<unknown>
  /** A batch waits for another attempt until then; answers what ends the wait. */
  blocked(untilMs: number): () => void
  readonly stopping: AbortSignal
}

/** Works on one batch until each of its records is done or given up, or until the shard stops. */
export class BatchRun<StreamRecord> {
  readonly #on: ShardContext<StreamRecord>
  readonly #shard: BatchShard
  /** Parked while the function, the clock or the store is at work. */
  readonly #work: Work

  constructor(on: ShardContext<StreamRecord>, shard: BatchShard, work: Work) {
    this.#on = on
    this.#shard = shard
    this.#work = work
  }

  /** Without records it is the final invocation of the shard's window. */
  async run(records: readonly BufferedRecord[], end: WindowEnd | undefined): Promise<void> {
    const todo = [this.#newPiece(records, end)]
    for (let piece = todo.pop(); piece && !this.#shard.stopping.aborted; piece = todo.pop()) {
      const left = await this.#attempt(piece)
      // What comes first goes first: what is behind waits until it is over.
      todo.push(...left.toReversed())
    }
  }

  /** One attempt, and what is left to be done after it. */
  async #attempt(waiting: Piece): Promise<readonly Piece[]> {
    const due = await this.#whenDue(waiting)
    if (!due) return []
    const { settings, ids } = this.#on
    // A retry is an invocation of its own; one that did not come to the code is still the same.
    const piece = due.failures > 0 && !due.refusalPauses ? { ...due, requestId: ids.uuid() } : due
    if (!piece.refusalPauses) this.#tellTaken(piece)
    const outcome = await this.#invoke(piece)
    const decision = decideAttempt({
      ...settings,
      outcome: outcome.kind,
      response: outcome.kind === 'success' ? Buffer.from(outcome.payload).toString() : '',
      records: piece.records,
      expectsState: settings.tumblingWindowMs > 0,
      failures: piece.failures,
    })
    this.#count(piece, outcome, decision)
    return this.#follow({ ...piece, lastAnswer: answerOf(outcome) ?? piece.lastAnswer }, decision)
  }

  async #follow(piece: Piece, decision: AttemptDecision): Promise<readonly Piece[]> {
    const { records, lastAnswer } = piece
    switch (decision.kind) {
      case 'done': {
        const { stored } = this.#shard
        void this.#complete(piece, records, decision.state)
        await parkedWhile(this.#work, stored)
        return []
      }
      case 'partly': {
        const [done, left] = [records.slice(0, decision.done), records.slice(decision.done)]
        if (!(await this.#complete(piece, done, decision.state, decision.why))) return []
        return [{ ...this.#newPiece(left), lastAnswer, dueMs: this.#dueAfter(1) }]
      }
      case 'split':
        this.#tellEnded(piece, 0, `${decision.why}: in halves now`)
        return [records.slice(0, decision.at), records.slice(decision.at)].map((half) => this.#newPiece(half))
      case 'retry': {
        const failed = failedOnce(piece)
        this.#tellEnded(piece, 0, decision.why)
        return [{ ...failed, dueMs: this.#dueAfter(failed.failures) }]
      }
      case 'giveUp':
        this.#tellEnded(piece, 0, decision.why)
        await this.#giveUp(failedOnce(piece), records, 'RetryAttemptsExhausted')
        return []
      case 'again': {
        const refusalPauses = piece.refusalPauses ?? growingPauses()
        const dueMs = this.#on.clock.now() + refusalPauses.next().value
        return [{ ...piece, refusalPauses, waitsForPlace: decision.waitsForPlace, dueMs }]
      }
    }
  }

  #newPiece(records: readonly BufferedRecord[], end?: WindowEnd): Piece {
    return newPiece(records, end, this.#on.ids.uuid())
  }

  // ---- before an attempt -------------------------------------------------------------------------------------------

  /** Waits until the piece may be tried. Records that get too old meanwhile are given up; the others wait on. */
  async #whenDue(waiting: Piece): Promise<Piece | undefined> {
    const { clock } = this.#on
    for (let piece = waiting; ;) {
      const left = await this.#withoutExpired(piece)
      if (!left || this.#shard.stopping.aborted) return undefined
      if (left.dueMs <= clock.now()) return left
      const isPlaceFree = (await this.#rest(left)) === 'event'
      piece = isPlaceFree ? { ...left, dueMs: clock.now() } : left
    }
  }

  async #rest(piece: Piece): Promise<'time' | 'event' | 'abort'> {
    const { clock, functionName, onPlaceFreed } = this.#on
    const untilMs = Math.min(piece.dueMs, this.#expiresMs(piece))
    const unblock = this.#shard.blocked(untilMs)
    const wait = until(clock, untilMs, `next attempt at a batch from ${this.#shard.id} for ${functionName}`, {
      signal: this.#shard.stopping,
      ...(piece.waitsForPlace && { onEvent: onPlaceFreed }),
    })
    return parkedWhile(this.#work, wait).finally(unblock)
  }

  async #withoutExpired(piece: Piece): Promise<Piece | undefined> {
    const nowMs = this.#on.clock.now()
    if (this.#expiresMs(piece) > nowMs) return piece
    const [expired, left] = parted(piece.records, (one) => expiryOf([one], this.#mostAgeMs) <= nowMs)
    const isKept = await this.#giveUp(piece, expired, 'RecordAgeExceeded')
    return isKept && left.length > 0 ? { ...piece, records: left } : undefined
  }

  /** When the first of its records gets too old; a window is as old as its last record. */
  #expiresMs({ records, end }: Piece): number {
    if (!end) return expiryOf(records, this.#mostAgeMs)
    return (this.#shard.window?.range?.lastArrivedMs ?? Infinity) + this.#mostAgeMs
  }

  /** No record is kept for longer than its stream keeps it. */
  get #mostAgeMs(): number {
    const { settings, reader } = this.#on
    return Math.min(settings.maximumRecordAgeMs ?? Infinity, reader.retentionMs() ?? Infinity)
  }

  // ---- the attempt -------------------------------------------------------------------------------------------------

  #invoke({ records, end, requestId }: Piece): Promise<Outcome> {
    const event = Buffer.from(this.#eventOf(records, end))
    const cause = records.find((record) => record.cause !== undefined)?.cause
    return parkedWhile(this.#work, this.#on.invoke(event, requestId, cause))
  }

  #eventOf(records: readonly BufferedRecord[], end: WindowEnd | undefined): string {
    const { tumblingWindowMs: lengthMs, streamArn } = this.#on.settings
    const { window, id: shardId } = this.#shard
    return streamEvent(records, { window, end, lengthMs, shardId, streamArn })
  }

  #count({ records }: Piece, outcome: Outcome, decision: AttemptDecision): void {
    if (decision.kind === 'again') return
    const { figures, noteResult } = this.#on
    const done = decision.kind === 'done' ? records.length : decision.kind === 'partly' ? decision.done : 0
    if (outcome.kind !== 'recursionStopped') figures.invoked += records.length
    figures.failedInvoke += records.length - done
    noteResult(decision.kind === 'done')
  }

  // ---- after it ----------------------------------------------------------------------------------------------------

  #dueAfter(failures: number): number {
    return this.#on.clock.now() + retryPauseMs(failures)
  }

  async #complete(
    piece: Piece,
    done: readonly BufferedRecord[],
    state: string | undefined,
    why = '',
  ): Promise<boolean> {
    const isKept = await this.#keep(piece, done, state, [])
    if (isKept) this.#tellEnded(piece, done.length, why)
    return isKept
  }

  /** Passes over records of the piece, and tells the on-failure destination in the same transaction. */
  async #giveUp(
    piece: Piece,
    records: readonly BufferedRecord[],
    condition: GivenUpCondition,
  ): Promise<boolean> {
    const { figures, ledger } = this.#on
    const { requestId, failures: invokeCount, lastAnswer } = piece
    const event = (): string => this.#eventOf(records, piece.end)
    const range = this.#rangeOf(records)
    const shardId = this.#shard.id
    const givenUp = giveUp({ shardId, range, condition, requestId, invokeCount, lastAnswer, event }, this.#on)
    if (!(await this.#keep(piece, records, undefined, givenUp.effects))) return false
    figures[givenUp.isDelivered ? 'delivered' : 'dropped'] += records.length
    for (const fact of givenUp.facts) ledger.write(fact)
    givenUp.committed()
    return true
  }

  /** What is being stored is work of its own, and may have to wait for the clock. */
  #keep(
    { end }: Piece,
    over: readonly BufferedRecord[],
    state: string | undefined,
    effects: readonly Effect[],
  ): Promise<boolean> {
    const window = windowAfter(this.#shard.window, end, over, state)
    return parkedWhile(this.#work, this.#shard.complete(over, window, effects))
  }

  // ---- what is told ------------------------------------------------------------------------------------------------

  /** The final invocation of a window is about all that went into it. */
  #rangeOf(records: readonly BufferedRecord[]): RecordRange {
    return records.length > 0 ? rangeOf(records) : (this.#shard.window?.range ?? rangeOf([]))
  }

  #tellTaken({ records, requestId }: Piece): void {
    const causes = [...new Set(records.flatMap(({ cause }) => cause ?? []))]
    const range = { ...namesOf(this.#rangeOf(records)), records: records.length }
    this.#on.ledger.write({ kind: 'streamBatchTaken', ...this.#names(requestId), ...range, causes })
  }

  #tellEnded({ records, requestId }: Piece, done: number, why: string): void {
    const left = records.length - done
    this.#on.ledger.write({ kind: 'streamBatchEnded', ...this.#names(requestId), done, left, why })
  }

  #names(requestId: string) {
    const { functionName, settings } = this.#on
    return { functionName, requestId, stream: settings.streamArn, shardId: this.#shard.id }
  }
}

function answerOf(outcome: Outcome): LastAnswer | undefined {
  if (outcome.kind !== 'success' && outcome.kind !== 'functionError') return undefined
  const { executedVersion } = outcome
  return { executedVersion, functionError: outcome.kind === 'functionError' ? 'Unhandled' : null }
}

/** Those for which `test` holds, and the others. */
function parted<Thing>(things: readonly Thing[], test: (thing: Thing) => boolean): [Thing[], Thing[]] {
  return [things.filter(test), things.filter((thing) => !test(thing))]
}
