import type { Outcome } from '../../invoke/index.ts'
import { deliverOrRefuse } from '../../invoke/index.ts'
import type { Delivery, Effect } from '../../store/index.ts'
import { parkedWhile, type Work } from '../../system/index.ts'
import { growingPauses } from '../trouble.ts'
import { type AttemptDecision, decideAttempt } from './decideAttempt.ts'
import { failureRecord, type GivenUpCondition, type LastAnswer } from './failureRecord.ts'
import { type BufferedRecord, rangeOf, type RecordRange } from './record.ts'
import { retryPauseMs } from './retryPauses.ts'
import type { ShardContext } from './shardContext.ts'
import { streamEvent } from './streamEvent.ts'
import { newWindow, taken, type TumblingWindow, type WindowEnd } from './tumbling.ts'
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
    change: { readonly window: TumblingWindow | undefined; readonly effects: readonly Effect[] },
  ): Promise<boolean>
  /** Counts the batches that wait for another attempt. */
  blocked(by: 1 | -1): void
  readonly stopping: AbortSignal
}

/** Records that go to the function together, and what has come of that so far. */
interface Piece {
  readonly records: readonly BufferedRecord[]
  /** The final invocation of a window: then there are no records. */
  readonly end: WindowEnd | undefined
  /** Of the latest attempt, or of the first that is to come. */
  readonly requestId: string
  readonly dueMs: number
  /** Failures that count against the retries. */
  readonly failures: number
  readonly lastAnswer: LastAnswer | undefined
  /** The pauses between attempts that did not come to the code, while there are any. */
  readonly refusalPauses: Iterator<number, never> | undefined
  /** It is tried earlier when a place becomes free. */
  readonly waitsForPlace: boolean
}

/** Works on one batch until each of its records is done or given up, or until the shard stops. */
export class StreamBatchRun<StreamRecord> {
  readonly #on: ShardContext<StreamRecord>
  readonly #shard: BatchShard
  readonly #work: Work

  constructor(on: ShardContext<StreamRecord>, shard: BatchShard, work: Work) {
    this.#on = on
    this.#shard = shard
    this.#work = work
  }

  /** Without records it is the final invocation of the shard's window. */
  async run(records: readonly BufferedRecord[], end?: WindowEnd): Promise<void> {
    const todo = [this.#piece(records, end)]
    for (let piece = todo.pop(); piece && !this.#shard.stopping.aborted; piece = todo.pop()) {
      const next = await this.#attempt(piece)
      // The first half goes first: what is behind waits until it is over.
      todo.push(...next.toReversed())
    }
  }

  #piece(records: readonly BufferedRecord[], end?: WindowEnd): Piece {
    return {
      records,
      end,
      requestId: this.#on.ids.uuid(),
      dueMs: -Infinity,
      failures: 0,
      lastAnswer: undefined,
      refusalPauses: undefined,
      waitsForPlace: false,
    }
  }

  /** One attempt, and what is left to be done after it. */
  async #attempt(early: Piece): Promise<readonly Piece[]> {
    const due = await this.#whenDue(early)
    if (!due) return []
    // A retry is an invocation of its own; one that was refused is still the same.
    const piece = due.failures > 0 && !due.refusalPauses ? { ...due, requestId: this.#on.ids.uuid() } : due
    if (!piece.refusalPauses) this.#tellTaken(piece)
    const outcome = await this.#invoke(piece)
    const { settings } = this.#on
    const decision = decideAttempt({
      outcome: outcome.kind,
      response: outcome.kind === 'success' ? Buffer.from(outcome.payload).toString() : '',
      records: piece.records,
      reportsItemFailures: settings.reportsItemFailures,
      bisectsOnError: settings.bisectsOnError,
      expectsState: settings.tumblingWindowMs > 0,
      maximumRetryAttempts: settings.maximumRetryAttempts,
      failures: piece.failures,
    })
    this.#count(piece, outcome, decision)
    return this.#follow({ ...piece, lastAnswer: answerOf(outcome) ?? piece.lastAnswer }, decision)
  }

  async #follow(piece: Piece, decision: AttemptDecision): Promise<readonly Piece[]> {
    const { records } = piece
    switch (decision.kind) {
      case 'done':
        await this.#complete(piece, records, decision.state)
        return []
      case 'partly': {
        const [done, left] = [records.slice(0, decision.done), records.slice(decision.done)]
        if (!(await this.#complete(piece, done, decision.state, decision.why))) return []
        return [{ ...this.#piece(left), lastAnswer: piece.lastAnswer, dueMs: this.#after(1) }]
      }
      case 'split':
        this.#tellEnded(piece, 0, `${decision.why}: in halves now`)
        return [records.slice(0, decision.at), records.slice(decision.at)].map((half) => this.#piece(half))
      case 'retry': {
        const failures = piece.failures + 1
        this.#tellEnded(piece, 0, decision.why)
        return [
          {
            ...piece,
            failures,
            refusalPauses: undefined,
            waitsForPlace: false,
            dueMs: this.#after(failures),
          },
        ]
      }
      case 'giveUp':
        this.#tellEnded(piece, 0, decision.why)
        await this.#giveUp({ ...piece, failures: piece.failures + 1 }, records, 'RetryAttemptsExhausted')
        return []
      case 'again': {
        const refusalPauses = piece.refusalPauses ?? growingPauses()
        const dueMs = this.#on.clock.now() + refusalPauses.next().value
        return [{ ...piece, refusalPauses, waitsForPlace: decision.waitsForPlace, dueMs }]
      }
    }
  }

  // ---- time --------------------------------------------------------------------------------------------------------

  /** Waits until the piece may be tried. Records that get too old meanwhile are given up; the others wait on. */
  async #whenDue(early: Piece): Promise<Piece | undefined> {
    const { clock, onPlaceFreed, functionName } = this.#on
    for (let piece = early; ;) {
      const left = await this.#withoutExpired(piece)
      if (!left || this.#shard.stopping.aborted) return undefined
      piece = left
      if (piece.dueMs <= clock.now()) return piece
      const untilMs = Math.min(piece.dueMs, this.#expiresMs(piece))
      const wait = until(clock, untilMs, `retry of ${functionName}`, {
        signal: this.#shard.stopping,
        ...(piece.waitsForPlace && { onEvent: onPlaceFreed }),
      })
      this.#shard.blocked(1)
      const came = await parkedWhile(this.#work, wait)
      this.#shard.blocked(-1)
      if (came === 'event') piece = { ...piece, dueMs: clock.now() }
    }
  }

  async #withoutExpired(piece: Piece): Promise<Piece | undefined> {
    const nowMs = this.#on.clock.now()
    if (this.#expiresMs(piece) > nowMs) return piece
    const limitMs = this.#mostAgeMs()
    const isExpired = ({ mark }: BufferedRecord): boolean => mark.arrivedMs + limitMs <= nowMs
    const left = piece.records.filter((record) => !isExpired(record))
    const isKept = await this.#giveUp(piece, piece.records.filter(isExpired), 'RecordAgeExceeded')
    return isKept && left.length > 0 ? { ...piece, records: left } : undefined
  }

  /** When the first of its records gets too old; a window is as old as its last record. */
  #expiresMs({ records, end }: Piece): number {
    const limitMs = this.#mostAgeMs()
    if (limitMs === Infinity) return Infinity
    if (end) return (this.#shard.window?.range?.lastArrivedMs ?? Infinity) + limitMs
    return records.reduce((firstMs, { mark }) => Math.min(firstMs, mark.arrivedMs), Infinity) + limitMs
  }

  #mostAgeMs(): number {
    const { settings, reader } = this.#on
    return Math.min(settings.maximumRecordAgeMs ?? Infinity, reader.retentionMs() ?? Infinity)
  }

  #after(failures: number): number {
    return this.#on.clock.now() + retryPauseMs(failures)
  }

  // ---- the function ------------------------------------------------------------------------------------------------

  #invoke({ records, end, requestId }: Piece): Promise<Outcome> {
    const event = Buffer.from(this.#eventOf(records, end))
    const cause = records.find((record) => record.cause !== undefined)?.cause
    return parkedWhile(this.#work, this.#on.invoke(event, requestId, cause))
  }

  #eventOf(records: readonly BufferedRecord[], end: WindowEnd | undefined): string {
    const { settings } = this.#on
    return streamEvent(records, {
      window: this.#shard.window,
      end,
      lengthMs: settings.tumblingWindowMs,
      shardId: this.#shard.id,
      streamArn: settings.streamArn,
    })
  }

  #count({ records }: Piece, outcome: Outcome, decision: AttemptDecision): void {
    if (decision.kind === 'again') return
    const { figures, noteResult } = this.#on
    if (outcome.kind !== 'recursionStopped') figures.invoked += records.length
    const done = decision.kind === 'done' ? records.length : decision.kind === 'partly' ? decision.done : 0
    figures.failedInvoke += records.length - done
    noteResult(decision.kind === 'done')
  }

  // ---- what comes of it --------------------------------------------------------------------------------------------

  async #complete(
    piece: Piece,
    done: readonly BufferedRecord[],
    state: string | undefined,
    why = '',
  ): Promise<boolean> {
    const window = this.#windowAfter(piece, done, state)
    const isKept = await this.#keep(done, window, [])
    if (isKept) this.#tellEnded(piece, done.length, why)
    return isKept
  }

  /** What is being stored is work of its own, and may have to wait for the clock. */
  #keep(
    records: readonly BufferedRecord[],
    window: TumblingWindow | undefined,
    effects: readonly Effect[],
  ): Promise<boolean> {
    return parkedWhile(this.#work, this.#shard.complete(records, { window, effects }))
  }

  /** A window that ended early begins anew, without state. */
  #windowAfter(
    { end }: Piece,
    done: readonly BufferedRecord[],
    state: string | undefined,
  ): TumblingWindow | undefined {
    const { window } = this.#shard
    if (!window || end === 'inTime') return undefined
    if (end === 'early') return newWindow(window.startMs)
    return state === undefined ? window : taken(window, rangeOf(done), state)
  }

  /** Passes over records, and tells the on-failure destination in the same transaction. */
  async #giveUp(
    piece: Piece,
    records: readonly BufferedRecord[],
    condition: GivenUpCondition,
  ): Promise<boolean> {
    const { figures, ledger, functionName, settings } = this.#on
    const { requestId } = piece
    const range = this.#rangeOf(records)
    const delivery = this.#deliver(piece, records, condition)
    const effects = delivery?.kind === 'effects' ? delivery.effects : []
    const window = this.#windowAfter(piece, records, undefined)
    if (!(await this.#keep(records, window, effects))) return false
    if (delivery?.kind === 'effects') figures.delivered += records.length
    else figures.dropped += records.length
    const told = { functionName, requestId, stream: settings.streamArn, shardId: this.#shard.id }
    ledger.write({ kind: 'streamRecordsGivenUp', ...told, ...namesOf(range), condition })
    if (delivery) this.#tellDelivery(requestId, delivery)
    return true
  }

  #deliver(
    piece: Piece,
    records: readonly BufferedRecord[],
    condition: GivenUpCondition,
  ): Delivery | undefined {
    const { settings, clock, functionName, functionArn, deliver, source, uuid } = this.#on
    const { onFailureArn, streamArn } = settings
    if (onFailureArn === null) return undefined
    const shardId = this.#shard.id
    const body = failureRecord(
      {
        atMs: clock.now(),
        requestId: piece.requestId,
        functionArn,
        condition,
        invokeCount: piece.failures,
        lastAnswer: piece.lastAnswer,
        shardId,
        streamArn,
        range: this.#rangeOf(records),
        ...(onFailureArn.startsWith('arn:aws:s3:') && { payload: this.#eventOf(records, piece.end) }),
      },
      source.failure,
    )
    return deliverOrRefuse(onFailureArn, deliver, {
      body: Buffer.from(body),
      attributes: [],
      traceId: '',
      cause: piece.requestId,
      record: { functionName, functionArn, isSuccess: false, folder: `aws/lambda/${uuid}/${shardId}` },
    })
  }

  // ---- what is told ------------------------------------------------------------------------------------------------

  /** The final invocation of a window is about all that went into it. */
  #rangeOf(records: readonly BufferedRecord[]): RecordRange {
    return records.length > 0 ? rangeOf(records) : (this.#shard.window?.range ?? rangeOf([]))
  }

  #tellTaken({ records, requestId }: Piece): void {
    const { ledger, functionName, settings } = this.#on
    ledger.write({
      kind: 'streamBatchTaken',
      functionName,
      requestId,
      stream: settings.streamArn,
      shardId: this.#shard.id,
      ...namesOf(this.#rangeOf(records)),
      records: records.length,
      causes: [...new Set(records.flatMap(({ cause }) => cause ?? []))],
    })
  }

  #tellEnded({ records, requestId }: Piece, done: number, why: string): void {
    const { ledger, functionName, settings } = this.#on
    ledger.write({
      kind: 'streamBatchEnded',
      functionName,
      requestId,
      stream: settings.streamArn,
      shardId: this.#shard.id,
      done,
      left: records.length - done,
      why,
    })
  }

  #tellDelivery(requestId: string, delivery: Delivery): void {
    const { ledger, functionName, settings } = this.#on
    const told = { functionName, requestId, role: 'onFailure', arn: settings.onFailureArn ?? '' } as const
    if (delivery.kind === 'refused')
      ledger.write({ kind: 'deliveryFailed', ...told, reason: delivery.reason })
    else {
      ledger.write({ kind: 'delivered', ...told })
      delivery.committed?.()
    }
  }
}

const namesOf = ({ firstSequenceNumber, lastSequenceNumber, count }: RecordRange) => ({
  firstSequenceNumber,
  lastSequenceNumber,
  records: count,
})

function answerOf(outcome: Outcome): LastAnswer | undefined {
  if (outcome.kind === 'functionError')
    return { executedVersion: outcome.executedVersion, functionError: 'Unhandled' }
  return outcome.kind === 'success'
    ? { executedVersion: outcome.executedVersion, functionError: null }
    : undefined
}
