import type { FunctionFigures } from '../invoke/index.ts'
import type { Spec } from '../spec/index.ts'
import type { ClockMode, JsonObject, Ledger, Log } from '../system/index.ts'

/** How to start; every setting has a default fit for tests. */
export interface StartOptions {
  /** Path of `lambda.yml`, relative to the working directory. Default: `lambda.yml`. */
  readonly config?: string
  /** Port of the one HTTP server. Default 0: a free one. */
  readonly port?: number
  /** Address to listen on; loopback only. Default `127.0.0.1`. */
  readonly host?: string
  /** Folder of what must outlive the process. Default: `.lambent` beside `lambda.yml`. */
  readonly data?: string
  /** Keep everything in memory, write nothing. Default false. */
  readonly ephemeral?: boolean
  /** Open a damaged data folder with all that can be read, instead of refusing it. Default false. */
  readonly recover?: boolean
  /** `live`, `frozen`, or a factor. Default: what `lambda.yml` says, else `live`. */
  readonly clock?: ClockMode
  /** Reload handlers and the spec when files change. Default false. */
  readonly watch?: boolean
  /** Let a debugger attach to handlers; suspends their timeouts. Default false. */
  readonly inspect?: boolean
  /** Where the runner reports. Default: nowhere. */
  readonly log?: Log
  /** Stands in for `process.env` in `${env:NAME}`. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** A running application. */
export interface App {
  /** `http://127.0.0.1:PORT`: the endpoint for SDKs, `AWS_ENDPOINT_URL`. */
  readonly url: string
  readonly port: number
  /** The spec as it is running now. */
  readonly spec: () => Spec
  readonly clock: AppClock
  /** What happened, entry by entry. */
  readonly ledger: Ledger
  /**
   * Invokes a function by its name or its key in `lambda.yml`.
   * @example await app.invoke('checkout', { id: 1 }, { type: 'Event' })
   */
  invoke(functionName: string, event?: unknown, options?: InvokeOptions): Promise<InvokeResult>
  /**
   * Resolves when all queues, retries and deliveries are at rest.
   * Rejects with {@link NotSettledError} naming what is still open, when only the clock could release it or after
   * `timeoutMs` real milliseconds (default 10,000).
   */
  settle(options?: { timeoutMs?: number }): Promise<void>
  /** The invocations of a function that have ended, by its name or key; retries are invocations of their own. */
  function(name: string): Spy<SpiedInvocation>
  /** The messages that are in a queue now, in flight or not; nothing is consumed. */
  queue(name: string): Spy<SpiedMessage>
  /** The messages that were published to a topic. */
  topic(name: string): Spy<SpiedNotification>
  /** The events that came onto a bus, as rules see them. */
  bus(name: string): Spy<SpiedEvent>
  /** The objects that are in a bucket now; `next()` gives those that were put, in the order they came. */
  bucket(name: string): Spy<SpiedObject>
  /** The records of a stream, the latest 1,000 of each shard; `next()` gives those that were put, in the order they came. */
  stream(name: string): Spy<SpiedStreamRecord>
  /**
   * What a function and the platform have printed into its log group, as CloudWatch Logs shows it; with a filter pattern,
   * what matches it. The latest 20,000 events.
   * @example await app.logs('checkout', { filterPattern: 'ERROR' }).next()
   */
  logs(functionName: string, options?: { filterPattern?: string }): Spy<SpiedLogEvent>
  /** The records that a function's invocations have sent to a destination. */
  destination(functionName: string, condition: 'onSuccess' | 'onFailure'): Spy<SpiedRecord>
  /**
   * Puts a change of an item into the stream of a DynamoDB table, as the table itself would: for functions that read it. A table
   * without a stream gets one first; what is given of it counts then. Resolves once the record is durable, with its place;
   * with `undefined` where the change changes nothing.
   * @example
   * await app.putItemChange('carts', { newImage: { id: { S: 'c1' }, total: { N: '12' } } })
   */
  putItemChange(
    table: string | TableOfStream,
    change: ItemChange,
  ): Promise<{ readonly shardId: string; readonly sequenceNumber: string } | undefined>
  /** Builds functions anew from what is on disk; all of them unless named. */
  reload(functionNames?: readonly string[]): Promise<void>
  /** Reads `lambda.yml` again and applies the difference. Rejects with SpecError and keeps running when it is wrong. */
  reloadSpec(): Promise<readonly string[]>
  /**
   * Empties all queues, streams, the asynchronous events, the ledger and the spies. What is running is let end before, for up to
   * 2,000 real milliseconds: nothing of it comes after.
   */
  reset(): Promise<void>
  /** How functions, queues and mappings stand. */
  status(): AppStatus
  /** Ends what is running, closes the store. Stopping twice is harmless. */
  stop(): Promise<void>
}

export interface AppClock {
  now(): number
  readonly mode: ClockMode
  /** Milliseconds, or `90s`, `3m`, `1h30m`, `2d`. */
  advance(by: number | string): Promise<void>
  /** Runs the next timer, whenever it is due; answers which, or `undefined` when there is none. */
  advanceToNext(): Promise<{ label: string; dueMs: number } | undefined>
  timers(): readonly { label: string; dueMs: number }[]
}

/** A table as far as its stream depends on it. */
export interface TableOfStream {
  readonly name: string
  /** Names of the partition key and of the sort key, if it has one. Default: `['id']`. */
  readonly keys?: readonly [string, string?]
  /** Default: `NEW_AND_OLD_IMAGES`. */
  readonly viewType?: 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES'
}

/** An item before and after a change, in DynamoDB JSON: without the one it is new, without the other it is deleted. */
export interface ItemChange {
  readonly oldImage?: DynamoDbItem
  readonly newImage?: DynamoDbItem
  /** Who made the change, where it was DynamoDB itself (time to live). */
  readonly userIdentity?: { readonly type: string; readonly principalId: string }
}

/** `{ id: { S: 'a' }, count: { N: '1' } }`; binary values in base64. */
export type DynamoDbItem = Readonly<Record<string, JsonObject>>

export interface InvokeOptions {
  /** Default `RequestResponse`. */
  readonly type?: 'RequestResponse' | 'Event' | 'DryRun'
  /** A version, an alias or `$LATEST`. */
  readonly qualifier?: string
  readonly clientContext?: unknown
}

export interface InvokeResult {
  readonly statusCode: 200 | 202 | 204
  readonly requestId: string
  /** The handler's answer, parsed; `undefined` unless synchronous. */
  readonly payload: unknown
  readonly functionError: 'Unhandled' | undefined
  /** The last 4 KB of this invocation's log. */
  readonly logTail: string
}

/**
 * Watches one function, queue, topic, bus, bucket, stream or destination. Asking twice for the same one gives the same spy.
 * @example
 * const letter = await app.queue('orders-dead').next()
 * await app.queue('orders-dead').none()
 */
export interface Spy<Item> {
  /** What there is, oldest first: at most the latest 1,000 where things only pass by. */
  messages(): readonly Item[]
  /** The next one that `next()` has not given yet; rejects when none comes within 5,000 real milliseconds. */
  next(options?: { timeoutMs?: number }): Promise<Item>
  /**
   * Waits until everything is at rest, or only a clock that stands still could go on, and rejects, showing it, if
   * there is one that `next()` has not given.
   */
  none(): Promise<void>
}

export interface SpiedInvocation {
  readonly requestId: string
  /** The event, parsed. */
  readonly event: unknown
  /** Which door it came through: `api`, `code`, `schedule`, `url`, `sqs`, `sns`, `destination`. */
  readonly door: string
  /** The id of what led to it. */
  readonly cause: string | undefined
  /** 1 for the first run. */
  readonly attempt: number
  /** When it began, on the clock. */
  readonly atMs: number
  readonly outcome: 'success' | 'functionError' | 'throttled' | 'systemError' | 'recursionStopped'
  /** The handler's answer or the error's payload, parsed; `undefined` when it did not run. */
  readonly response: unknown
}

export interface SpiedNotification {
  readonly messageId: string
  readonly message: string
  readonly subject: string | undefined
  /** Message attributes as `{ name: value }`; binary values in base64. */
  readonly attributes: Readonly<Record<string, string>>
  /** The id of what led to it. */
  readonly cause: string | undefined
}

/** An event of EventBridge (EventBridge User Guide, "Events"). */
export interface SpiedEvent {
  readonly id: string
  readonly source: string
  readonly 'detail-type': string
  readonly detail: unknown
  readonly resources: readonly string[]
  readonly time: string
}

export interface SpiedObject {
  readonly key: string
  readonly size: number
  readonly contentType: string
  readonly metadata: Readonly<Record<string, string>>
  /** As UTF-8 text. */
  readonly body: string
}

export interface SpiedLogEvent {
  /** Epoch milliseconds, by the clock. */
  readonly timestamp: number
  /** With the end of the line; lines of one console call are one event. */
  readonly message: string
  readonly logStreamName: string
  /** `undefined` for what is printed while an environment starts. */
  readonly requestId: string | undefined
}

export interface SpiedStreamRecord {
  readonly shardId: string
  readonly sequenceNumber: string
  readonly partitionKey: string
  /** As UTF-8 text. */
  readonly data: string
  readonly arrivedMs: number
  /** The invocation that put it, if a handler did. */
  readonly cause: string | undefined
}

/** An invocation record as destinations get it (Lambda Developer Guide, "Retaining records of asynchronous invocations"). */
export interface SpiedRecord {
  readonly version: string
  readonly timestamp: string
  readonly requestContext: {
    readonly requestId: string
    readonly functionArn: string
    readonly condition: string
    readonly approximateInvokeCount: number
  }
  readonly requestPayload: unknown
  readonly responseContext?: {
    readonly statusCode: number
    readonly executedVersion: string
    readonly functionError?: string
  }
  readonly responsePayload?: unknown
}

export interface SpiedMessage {
  readonly messageId: string
  readonly body: string
  /** Message attributes as `{ name: value }`; binary values in base64. */
  readonly attributes: Readonly<Record<string, string>>
  readonly receiveCount: number
}

export interface AppStatus {
  readonly url: string
  readonly clock: { readonly mode: ClockMode; readonly nowMs: number }
  readonly functions: readonly {
    readonly name: string
    readonly arn: string
    readonly runtime: string
    readonly handler: string
    readonly url: string | null
    readonly environments: number
    /** Asynchronous events that wait for their time or for a free place. */
    readonly waitingEvents: number
    /** What CloudWatch would count, since the start. */
    readonly figures: FunctionFigures
  }[]
  readonly queues: readonly {
    readonly name: string
    readonly url: string
    readonly ready: number
    readonly inFlight: number
    readonly delayed: number
    /** Functions that read it. */
    readonly consumers: readonly string[]
  }[]
  readonly topics: readonly {
    readonly name: string
    readonly arn: string
    /** ARNs of functions and queues. */
    readonly subscribers: readonly string[]
  }[]
}

/** Thrown by `settle()`; names every item that is open and what it waits for. */
export class NotSettledError extends Error {
  override readonly name = 'NotSettledError'
  readonly open: readonly string[]
  /** Nothing is running: only the clock, which stands still, could go on. */
  readonly waitsForClock: boolean

  constructor(open: readonly string[], waitsForClock = false) {
    super(`not settled, still open:\n${open.map((item) => `  - ${item}`).join('\n')}`)
    this.open = open
    this.waitsForClock = waitsForClock
  }
}
