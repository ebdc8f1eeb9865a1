/** One entry. `sequence` ascends from 1; `atMs` is the clock's time. */
export type LedgerEntry = {
  readonly sequence: number
  readonly atMs: number
  readonly cause?: string
} & LedgerFact

/** All that can happen, as a closed union: a reader that forgets a kind does not compile. */
export type LedgerFact =
  | {
      readonly kind: 'invocationAccepted'
      readonly functionName: string
      /** The version or alias that was named, if one was. */
      readonly qualifier?: string
      readonly requestId: string
      readonly invocationType: 'RequestResponse' | 'Event'
      /** Which door: `api`, `code`, `schedule`, `functionUrl`, `sqs`, `destination`, `replay`. */
      readonly door: string
      readonly payloadBytes: number
      /** Whether the payload can be had again: always, as long as its event is queued, or not at all. */
      readonly payloadKept: 'always' | 'whileQueued' | 'never'
      /** The caller's client context, JSON text. */
      readonly clientContext?: string
    }
  | {
      readonly kind: 'invocationEnded'
      readonly functionName: string
      readonly requestId: string
      readonly outcome: 'success' | 'functionError' | 'systemError'
      /** 1 for the first run. */
      readonly attempt: number
      readonly durationMs: number
      readonly initMs: number | undefined
      readonly maxMemoryMegabytes: number
      readonly errorType: string | undefined
      readonly errorMessage: string | undefined
    }
  | {
      readonly kind: 'invocationThrottled'
      readonly functionName: string
      readonly requestId: string
      readonly reason: string
    }
  | {
      readonly kind: 'retryScheduled'
      readonly functionName: string
      readonly requestId: string
      readonly dueMs: number
      readonly why: 'functionError' | 'throttled' | 'systemError'
      /** Of how many at most; of function errors, for nothing else uses one up. */
      readonly mostRetries?: number
    }
  | {
      readonly kind: 'eventGivenUp'
      readonly functionName: string
      readonly requestId: string
      readonly condition: string
    }
  | {
      readonly kind: 'delivered'
      readonly functionName: string
      readonly requestId: string
      readonly role: 'onSuccess' | 'onFailure' | 'deadLetter'
      readonly arn: string
    }
  | {
      readonly kind: 'deliveryFailed'
      readonly functionName: string
      readonly requestId: string
      readonly role: 'onSuccess' | 'onFailure' | 'deadLetter'
      readonly arn: string
      readonly reason: string
    }
  | {
      readonly kind: 'batchTaken'
      readonly functionName: string
      readonly requestId: string
      readonly queue: string
      readonly messageIds: readonly string[]
    }
  | {
      readonly kind: 'batchEnded'
      readonly functionName: string
      readonly requestId: string
      readonly queue: string
      readonly removed: number
      readonly left: number
      readonly why: string
    }
  /** A mapping deleted messages that none of its filters let through. */
  | {
      readonly kind: 'messagesFiltered'
      readonly functionName: string
      readonly queue: string
      readonly messageIds: readonly string[]
    }
  /** One call put records into a shard; the entry's cause is the request that led to it. */
  | {
      readonly kind: 'recordsPut'
      readonly stream: string
      readonly shardId: string
      readonly records: number
      readonly firstSequenceNumber: string
      readonly lastSequenceNumber: string
    }
  /** A mapping handed records of a shard to its function: those from the first to the last number, `records` of them. */
  | {
      readonly kind: 'streamBatchTaken'
      readonly functionName: string
      readonly requestId: string
      readonly stream: string
      readonly shardId: string
      readonly firstSequenceNumber: string
      readonly lastSequenceNumber: string
      readonly records: number
      /** The invocations whose handlers put them. */
      readonly causes: readonly string[]
    }
  /** The first `done` records are over; those that are left are tried again, or were given up. */
  | {
      readonly kind: 'streamBatchEnded'
      readonly functionName: string
      readonly requestId: string
      readonly stream: string
      readonly shardId: string
      readonly done: number
      readonly left: number
      readonly why: string
    }
  /** A mapping passed over records of a shard; what its on-failure destination got is told beside it. */
  | {
      readonly kind: 'streamRecordsGivenUp'
      readonly functionName: string
      readonly requestId: string
      readonly stream: string
      readonly shardId: string
      readonly firstSequenceNumber: string
      readonly lastSequenceNumber: string
      readonly records: number
      readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded'
    }
  /** A mapping passed over records that none of its filters let through: `records` of those from first to last. */
  | {
      readonly kind: 'streamRecordsFiltered'
      readonly functionName: string
      readonly stream: string
      readonly shardId: string
      readonly firstSequenceNumber: string
      readonly lastSequenceNumber: string
      readonly records: number
    }
  /** SQS moved messages that were received too often. */
  | {
      readonly kind: 'messagesDeadLettered'
      readonly queue: string
      readonly deadLetterQueue: string
      readonly messageIds: readonly string[]
    }
  /** One call or delivery put messages into a queue; the entry's cause is the request or message that led to it. */
  | { readonly kind: 'messageSent'; readonly queue: string; readonly messageIds: readonly string[] }
  /** A topic took a message; `endpoints` are those that get it. */
  | {
      readonly kind: 'messagePublished'
      readonly topic: string
      readonly messageId: string
      readonly endpoints: readonly string[]
    }
  /** A bus took an event; `rules` are those that match. */
  | {
      readonly kind: 'eventPut'
      readonly bus: string
      readonly eventId: string
      readonly source: string
      readonly detailType: string
      readonly rules: readonly string[]
    }
  /** An object was made or removed; `changeId` is what its notifications name as their cause. */
  | {
      readonly kind: 'objectChanged'
      readonly bucket: string
      readonly key: string
      /** `ObjectCreated:Put`, `ObjectRemoved:Delete`. */
      readonly event: string
      readonly changeId: string
    }
  /** A subscription, rule target or notification could not be reached; `messageId` is what was to be handed over. */
  | {
      readonly kind: 'handOverFailed'
      readonly from: string
      readonly to: string
      readonly messageId: string
      readonly reason: string
    }
  /** An invocation was started again by hand: `of` is the earlier one. */
  | {
      readonly kind: 'replayed'
      readonly functionName: string
      readonly requestId: string
      readonly of: string
    }
  /** A message move task moved messages; each got a new id, as at AWS. */
  | {
      readonly kind: 'messagesMoved'
      readonly from: string
      readonly to: string
      readonly moves: readonly { readonly messageId: string; readonly newMessageId: string }[]
    }
  /** A message move task ended. */
  | {
      readonly kind: 'moveTaskEnded'
      readonly queue: string
      readonly status: 'COMPLETED' | 'CANCELLED' | 'FAILED'
      readonly moved: number
      readonly failureReason: string | undefined
    }
  | {
      readonly kind: 'logLine'
      readonly functionName: string
      /** `/aws/lambda/<function>` unless another is named. */
      readonly logGroup?: string
      readonly requestId: string | undefined
      readonly logStream: string
      readonly source: 'platform' | 'function'
      readonly text: string
    }
  | {
      readonly kind: 'environmentStarted'
      readonly functionName: string
      readonly environmentId: string
      readonly initMs: number
    }
  | {
      readonly kind: 'environmentEnded'
      readonly functionName: string
      readonly environmentId: string
      readonly reason: string
    }
  /** The Lambda API made, changed or deleted a function. */
  | {
      readonly kind: 'functionChanged'
      readonly functionName: string
      readonly change: 'created' | 'updated' | 'deleted'
    }
  | {
      readonly kind: 'deployed'
      readonly functionName: string
      readonly generation: number
      readonly tookMs: number
    }
  | {
      readonly kind: 'deployFailed'
      readonly functionName: string
      readonly message: string
      readonly frame: string
    }
  | { readonly kind: 'executorCrashed'; readonly signal: string; readonly suspects: readonly string[] }
  | { readonly kind: 'specApplied'; readonly changes: readonly string[] }
  | { readonly kind: 'specRefused'; readonly message: string }
  /** A function was about to run once more in a chain that keeps coming back to it. */
  | {
      readonly kind: 'recursionStopped'
      readonly functionName: string
      readonly requestId: string
      readonly traceId: string
    }
