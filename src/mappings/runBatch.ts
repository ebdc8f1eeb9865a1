import type { Outcome } from '../invoke/index.ts'
import type { QueueMappingSettings, QueueReader, QueueSource } from '../sources/index.ts'
import { type Clock, type Ids, type Ledger, parkedWhile, sleep, type Work } from '../system/index.ts'
import { type Encoded, eventOf } from './batch.ts'
import { type BatchDecision, decideBatch } from './decideBatch.ts'
import type { CountedFigures } from './figures.ts'
import { growingPauses } from './trouble.ts'

export interface RunDependencies<Message> {
  readonly clock: Clock
  readonly ids: Ids
  readonly ledger: Ledger
  readonly functionName: string
  readonly source: Pick<QueueSource<never, Message>, 'visibleAgainMs' | 'traceId'>
  readonly reader: QueueReader<Message>
  readonly figures: CountedFigures
  /** `traceIds` are those of the batch's messages that have one. */
  readonly invoke: (
    event: Uint8Array,
    requestId: string,
    cause: string | undefined,
    traceIds: readonly string[],
  ) => Promise<Outcome>
}

/** How a batch ended. */
export interface BatchResult<Message> {
  readonly kind: BatchDecision['kind']
  /** What the function is not done with, in order. */
  readonly left: readonly Encoded<Message>[]
}

/**
 * Hands a batch to the function, and deletes what it is done with. When the function is throttled, the same batch is
 * tried again with growing pauses until its first message is no longer ours, or until `stopping`.
 */
export async function runBatch<Message>(
  batch: readonly Encoded<Message>[],
  settings: QueueMappingSettings,
  on: RunDependencies<Message>,
  work: Work,
  stopping: AbortSignal,
): Promise<BatchResult<Message>> {
  const requestId = on.ids.uuid()
  const { functionName, figures } = on
  const queue = settings.queueArn
  on.ledger.write({
    kind: 'batchTaken',
    functionName,
    requestId,
    queue,
    messageIds: batch.map(({ id }) => id),
  })
  const decision = await parkedWhile(work, runUntilDecided(batch, requestId, settings, on, stopping))
  const doneIds = decision.kind === 'commit' ? new Set(decision.done) : new Set<string>()
  const done = batch.filter(({ id }) => doneIds.has(id))
  const left = batch.filter(({ id }) => !doneIds.has(id))
  if (decision.kind !== 'again') figures.failedInvoke += left.length
  if (done.length > 0) await on.reader.remove(done.map(({ message }) => message))
  figures.deleted += done.length
  on.ledger.write({
    kind: 'batchEnded',
    functionName,
    requestId,
    queue,
    removed: done.length,
    left: left.length,
    why: whyLeft(decision, stopping),
  })
  return { kind: decision.kind, left }
}

async function runUntilDecided<Message>(
  batch: readonly Encoded<Message>[],
  requestId: string,
  { reportsItemFailures }: QueueMappingSettings,
  { clock, source, figures, invoke, functionName }: RunDependencies<Message>,
  stopping: AbortSignal,
): Promise<BatchDecision> {
  const event = eventOf(batch)
  const ids = batch.map(({ id }) => id)
  const oursUntilMs = batch.reduce(
    (earliestMs, { message }) => Math.min(earliestMs, source.visibleAgainMs(message)),
    Infinity,
  )
  const traceIds = batch.flatMap(({ message }) => source.traceId(message) ?? [])
  const pauses = growingPauses()
  for (;;) {
    const outcome = await invoke(event, requestId, ids[0], traceIds)
    const decision = decideBatch({
      outcome: outcome.kind,
      response: outcome.kind === 'success' ? Buffer.from(outcome.payload).toString() : '',
      reportsItemFailures,
      ids,
    })
    if (outcome.kind === 'success' || outcome.kind === 'functionError') figures.invoked += batch.length
    const pauseMs = pauses.next().value
    if (decision.kind !== 'again' || clock.now() + pauseMs >= oursUntilMs || stopping.aborted) return decision
    await sleep(clock, pauseMs, `throttled batch for ${functionName}`, stopping).catch(() => {})
    if (stopping.aborted) return decision
  }
}

function whyLeft(decision: BatchDecision, stopping: AbortSignal): string {
  if (decision.kind === 'fail') return decision.why
  if (decision.kind === 'commit') return ''
  return stopping.aborted ? 'the mapping stopped' : 'throttled until visible again'
}
