import type { Outcome } from '../../invoke/index.ts'
import type { BrokerMappingSettings, BrokerReader, BrokerSource } from '../../sources/index.ts'
import { type Clock, type Ids, type Ledger, parkedWhile, sleep, type Work } from '../../system/index.ts'
import type { CountedFigures } from '../figures.ts'
import { growingPauses } from '../trouble.ts'
import { type BrokerEntry, eventOf } from './brokerBatch.ts'
import { decideMessages, type MessagesDecision } from './decideMessages.ts'

export interface RunMessagesDependencies<Message> {
  readonly clock: Clock
  readonly ids: Ids
  readonly ledger: Ledger
  readonly functionName: string
  /** As the ledger calls it: `rabbitmq:orders`. */
  readonly channel: string
  readonly source: Omit<BrokerSource<never, Message>, 'config' | 'examples' | 'settings'>
  readonly reader: BrokerReader<Message>
  readonly figures: CountedFigures
  /** Invokes the function; `cause` names the batch's first message. */
  readonly invoke: (event: Uint8Array, requestId: string, cause: string | undefined) => Promise<Outcome>
}

/** How a batch ended: nothing is left, or the broker got it back because the function failed or the mapping stopped. */
export type MessagesResult = 'done' | 'failed' | 'stopped'

type Entries<Message> = readonly BrokerEntry<Message>[]

/**
 * Hands a batch to the function until it is done with it. Where the broker itself redelivers, a batch that fails goes
 * back; a log is not read on before the batch is done, given up by the settings, or `stopping`.
 */
export async function runMessages<Message>(
  batch: Entries<Message>,
  settings: BrokerMappingSettings,
  on: RunMessagesDependencies<Message>,
  work: Work,
  stopping: AbortSignal,
): Promise<MessagesResult> {
  const pauses = growingPauses()
  let rest = batch
  for (let failures = 0; rest.length > 0;) {
    rest = await withoutOld(rest, settings, on)
    if (rest.length === 0) break
    const { decision, left } = await runOnce(rest, settings, on, work, stopping)
    if (decision.kind === 'again') {
      await giveBack(left, { tried: false }, on)
      return 'stopped'
    }
    if (decision.kind === 'commit') {
      if (left.length > 0) await parkedWhile(work, pause(on, pauses.next().value, stopping))
      rest = left
      // What has got on has its attempts anew.
      failures = 0
    } else {
      if (on.source.retries === 'broker') {
        await giveBack(rest, { tried: true }, on)
        return 'failed'
      }
      // Splitting is no retry.
      if (settings.bisectsOnError && rest.length > 1 && !stopping.aborted)
        return runHalves(rest, settings, on, work, stopping)
      failures++
      if (settings.maximumRetryAttempts !== null && failures > settings.maximumRetryAttempts) {
        await giveUp(rest, 'RetryAttemptsExhausted', on)
        return 'done'
      }
      await parkedWhile(work, pause(on, pauses.next().value, stopping))
    }
    if (stopping.aborted && rest.length > 0) {
      await giveBack(rest, { tried: true }, on)
      return 'stopped'
    }
  }
  return 'done'
}

async function runHalves<Message>(
  batch: Entries<Message>,
  settings: BrokerMappingSettings,
  on: RunMessagesDependencies<Message>,
  work: Work,
  stopping: AbortSignal,
): Promise<MessagesResult> {
  const middle = Math.ceil(batch.length / 2)
  const first = await runMessages(batch.slice(0, middle), settings, on, work, stopping)
  if (first === 'done') return runMessages(batch.slice(middle), settings, on, work, stopping)
  await giveBack(batch.slice(middle), { tried: true }, on)
  return first
}

/** One run, with throttled attempts before it. */
async function runOnce<Message>(
  batch: Entries<Message>,
  settings: BrokerMappingSettings,
  on: RunMessagesDependencies<Message>,
  work: Work,
  stopping: AbortSignal,
): Promise<{ readonly decision: MessagesDecision; readonly left: Entries<Message> }> {
  const requestId = on.ids.uuid()
  const { functionName, channel: queue, figures } = on
  const messageIds = batch.map(({ id }) => id)
  on.ledger.write({ kind: 'batchTaken', functionName, requestId, queue, messageIds })
  const decision = await parkedWhile(work, runUntilDecided(batch, requestId, settings, on, stopping))
  const leftAt = new Set(decision.kind === 'commit' ? decision.left : batch.keys())
  const left = batch.filter((_, index) => leftAt.has(index))
  const done = batch.filter((_, index) => !leftAt.has(index))
  if (decision.kind !== 'again') figures.failedInvoke += left.length
  if (done.length > 0) await on.reader.acknowledge(done.map(({ message }) => message))
  figures.deleted += done.length
  on.ledger.write({
    kind: 'batchEnded',
    functionName,
    requestId,
    queue,
    removed: done.length,
    left: left.length,
    why: whyLeft(decision),
  })
  return { decision, left }
}

async function runUntilDecided<Message>(
  batch: Entries<Message>,
  requestId: string,
  settings: BrokerMappingSettings,
  on: RunMessagesDependencies<Message>,
  stopping: AbortSignal,
): Promise<MessagesDecision> {
  const event = eventOf(batch, settings, on.source)
  const pauses = growingPauses()
  for (;;) {
    const outcome = await on.invoke(event, requestId, batch[0]?.id)
    const decision = decideMessages({
      outcome: outcome.kind,
      response: outcome.kind === 'success' ? Buffer.from(outcome.payload).toString() : '',
      reportsItemFailures: settings.reportsItemFailures,
      positions: batch.map(({ message }) => on.source.position?.(message)),
    })
    if (outcome.kind === 'success' || outcome.kind === 'functionError') on.figures.invoked += batch.length
    if (decision.kind !== 'again' || stopping.aborted) return decision
    await pause(on, pauses.next().value, stopping)
    if (stopping.aborted) return decision
  }
}

/** Leaves out what is older than the settings allow: it is done without the function. */
async function withoutOld<Message>(
  batch: Entries<Message>,
  { maximumRecordAgeMs }: BrokerMappingSettings,
  on: RunMessagesDependencies<Message>,
): Promise<Entries<Message>> {
  if (maximumRecordAgeMs === null) return batch
  const oldestMs = on.clock.now() - maximumRecordAgeMs
  const isOld = ({ message }: BrokerEntry<Message>): boolean =>
    (on.source.arrivedMs(message) ?? Infinity) < oldestMs
  const old = batch.filter(isOld)
  if (old.length > 0) await giveUp(old, 'RecordAgeExceeded', on)
  return batch.filter((entry) => !isOld(entry))
}

async function giveUp<Message>(
  entries: Entries<Message>,
  why: string,
  { reader, ledger, ids, functionName, channel: queue }: RunMessagesDependencies<Message>,
): Promise<void> {
  await reader.acknowledge(entries.map(({ message }) => message))
  const requestId = ids.uuid()
  ledger.write({ kind: 'batchEnded', functionName, requestId, queue, removed: entries.length, left: 0, why })
}

/** Messages that cannot be given back come back by themselves. */
const giveBack = <Message>(
  entries: Entries<Message>,
  options: { readonly tried: boolean },
  { reader }: RunMessagesDependencies<Message>,
): Promise<void> =>
  reader.giveBack(
    entries.map(({ message }) => message),
    options,
  )

const pause = (
  { clock, functionName }: { readonly clock: Clock; readonly functionName: string },
  ms: number,
  stopping: AbortSignal,
): Promise<void> => sleep(clock, ms, `next attempt of a batch for ${functionName}`, stopping).catch(() => {})

function whyLeft(decision: MessagesDecision): string {
  if (decision.kind === 'fail') return decision.why
  return decision.kind === 'commit' ? '' : 'the mapping stopped'
}
