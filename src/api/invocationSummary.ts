import type { LedgerEntry } from '../system/index.ts'

/**
 * How an invocation stands. `queued`: accepted, and no attempt has ended yet; `waiting`: it is retried at `dueMs`;
 * `interrupted`: it was running when the process was killed, and nobody waits for it any more.
 */
export type InvocationState =
  | 'queued'
  | 'running'
  | 'waiting'
  | 'succeeded'
  | 'failed'
  | 'throttled'
  | 'givenUp'
  | 'interrupted'

/** An invocation in one row. Members that do not apply are absent. */
export interface InvocationSummary {
  readonly requestId: string
  readonly functionName: string
  readonly invocationType: 'RequestResponse' | 'Event'
  readonly door: string
  readonly acceptedMs: number
  readonly state: InvocationState
  /** Runs that have ended. */
  readonly attempts: number
  readonly payloadBytes: number
  readonly payloadKept: 'always' | 'whileQueued' | 'never'
  readonly cause?: string
  readonly replayOf?: string
  /** Of the last attempt. */
  readonly endedMs?: number
  readonly durationMs?: number
  readonly error?: { readonly type: string; readonly message: string }
  /** When the next attempt is due. */
  readonly dueMs?: number
  /** Why it was given up. */
  readonly condition?: string
  readonly batch?: BatchSummary
  readonly deliveries: readonly DeliverySummary[]
}

export interface BatchSummary {
  /** The queue or stream, by its ARN. */
  readonly queue: string
  readonly messages: number
  /** Known once the batch has ended. */
  readonly removed?: number
  readonly left?: number
}

export interface DeliverySummary {
  readonly role: 'onSuccess' | 'onFailure' | 'deadLetter'
  readonly arn: string
  /** Why it failed; absent when it was delivered. */
  readonly reason?: string
}

type Draft = { -readonly [Member in keyof InvocationSummary]?: InvocationSummary[Member] } & {
  requestId: string
  state: InvocationState
  attempts: number
  deliveries: DeliverySummary[]
  acceptedIn?: number
}

/**
 * The invocations that entries (oldest first) tell of, in order of acceptance. What was accepted up to the sequence
 * `startedAfter` belongs to an earlier process.
 */
export function summariesOf(entries: readonly LedgerEntry[], startedAfter: number): InvocationSummary[] {
  const drafts = new Map<string, Draft>()
  for (const entry of entries) {
    if (!('requestId' in entry) || entry.requestId === undefined || entry.kind === 'logLine') continue
    const draft = drafts.get(entry.requestId) ?? emptyDraft(entry.requestId)
    drafts.set(entry.requestId, draft)
    learn(draft, entry)
  }
  return [...drafts.values()]
    .flatMap((draft) => finished(draft, startedAfter))
    .sort((a, b) => a.acceptedMs - b.acceptedMs)
}

const emptyDraft = (requestId: string): Draft => ({
  requestId,
  state: 'running',
  attempts: 0,
  deliveries: [],
})

/** The summary; nothing when the acceptance is not among the entries. */
function finished({ acceptedIn, ...draft }: Draft, startedAfter: number): InvocationSummary[] {
  if (acceptedIn === undefined) return []
  const isFromBefore = draft.state === 'running' && acceptedIn <= startedAfter
  return [{ ...(draft as InvocationSummary), ...(isFromBefore && { state: 'interrupted' }) }]
}

function learn(draft: Draft, entry: LedgerEntry): void {
  switch (entry.kind) {
    case 'invocationAccepted':
      // A batch that was throttled comes again under the same id.
      draft.acceptedMs ??= entry.atMs
      draft.acceptedIn = entry.sequence
      draft.functionName = entry.functionName
      draft.invocationType = entry.invocationType
      draft.door = entry.door
      draft.payloadBytes = entry.payloadBytes
      draft.payloadKept = entry.payloadKept
      if (entry.cause !== undefined) draft.cause = entry.cause
      if (entry.invocationType === 'RequestResponse') draft.state = 'running'
      else if (draft.attempts === 0 && draft.state === 'running') draft.state = 'queued'
      break
    case 'invocationEnded':
      draft.attempts++
      draft.endedMs = entry.atMs
      draft.durationMs = entry.durationMs
      draft.state = entry.outcome === 'success' ? 'succeeded' : 'failed'
      delete draft.dueMs
      delete draft.error
      if (entry.outcome !== 'success')
        draft.error = { type: entry.errorType ?? 'Error', message: entry.errorMessage ?? '' }
      break
    case 'invocationThrottled':
      draft.state = 'throttled'
      draft.error = { type: 'Throttled', message: entry.reason }
      break
    case 'retryScheduled':
      draft.state = 'waiting'
      draft.dueMs = entry.dueMs
      break
    case 'eventGivenUp':
      draft.state = 'givenUp'
      draft.condition = entry.condition
      delete draft.dueMs
      break
    case 'delivered':
      draft.deliveries.push({ role: entry.role, arn: entry.arn })
      break
    case 'deliveryFailed':
      draft.deliveries.push({ role: entry.role, arn: entry.arn, reason: entry.reason })
      break
    case 'batchTaken':
      draft.batch = { queue: entry.queue, messages: entry.messageIds.length }
      break
    case 'batchEnded':
      draft.batch = {
        queue: entry.queue,
        messages: entry.removed + entry.left,
        removed: entry.removed,
        left: entry.left,
      }
      break
    case 'streamBatchTaken':
      draft.batch = { queue: entry.stream, messages: entry.records }
      break
    case 'streamBatchEnded':
      draft.batch = {
        queue: entry.stream,
        messages: entry.done + entry.left,
        removed: entry.done,
        left: entry.left,
      }
      break
    case 'streamRecordsGivenUp':
      draft.condition = entry.condition
      break
    case 'replayed':
      draft.replayOf = entry.of
      break
    case 'recursionStopped':
      draft.state = 'failed'
      draft.error = { type: 'RecursiveInvocationException', message: 'stopped in a loop' }
      break
    default:
    // The rest tells nothing of how an invocation stands.
  }
}

/** Whether something went wrong that has not come right since. */
export const isFailed = ({ state, batch, deliveries }: InvocationSummary): boolean =>
  !(state === 'succeeded' || state === 'queued' || state === 'running') ||
  (batch?.left ?? 0) > 0 ||
  deliveries.some(({ reason }) => reason !== undefined)
