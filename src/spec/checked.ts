import { check, type CheckContext } from './check.ts'
import { type CheckedEvent, checkEvent } from './events.ts'
import { type Node, placeAt } from './nodes.ts'
import type { Report } from './report.ts'
import { buildGrammar } from './schema/build.ts'
import type { EventFragment } from './schema/event.ts'
import type { FifoSpec, LoggingSpec, StreamSpec } from './types.ts'
import { validatorsFor } from './validators.ts'

/** The file's content after the schema: right in shape, but without defaults, and with references as written. */
export interface CheckedFile {
  readonly service?: string
  readonly provider?: CheckedShared & {
    readonly region?: string
    readonly accountId?: string
    readonly accountConcurrency?: number
    readonly scalingRate?: number
    readonly requestRateLimit?: boolean
    readonly logs?: { readonly lambda?: CheckedLogs }
    readonly tracing?: { readonly lambda?: CheckedTracing }
  }
  readonly functions?: Readonly<Record<string, CheckedFunction>>
  readonly resources?: {
    readonly queues?: Readonly<Record<string, CheckedQueue | null>>
    readonly streams?: Readonly<Record<string, CheckedStream | null>>
    readonly topics?: Readonly<Record<string, CheckedTopic | null>>
    readonly buses?: Readonly<Record<string, Readonly<Record<string, never>> | null>>
    readonly buckets?: Readonly<Record<string, Readonly<Record<string, never>> | null>>
  }
  readonly endpoints?: Readonly<Record<string, string>>
  readonly clock?: string
  readonly layers?: Readonly<Record<string, CheckedLayer>>
}

interface CheckedShared {
  readonly runtime?: string
  readonly timeout?: number
  readonly memorySize?: number
  readonly logRetentionInDays?: number
  readonly environment?: Readonly<Record<string, string>>
  readonly layers?: readonly string[]
}

export interface CheckedLayer {
  readonly path?: string
  readonly name?: string
  readonly description?: string
}

/** The Serverless Framework's names of `LoggingSpec`. */
export interface CheckedLogs {
  readonly logFormat?: LoggingSpec['format']
  readonly applicationLogLevel?: LoggingSpec['applicationLevel']
  readonly systemLogLevel?: LoggingSpec['systemLevel']
  readonly logGroup?: string
}

export type CheckedTracing = boolean | 'Active' | 'PassThrough'

export interface CheckedFunction extends CheckedShared {
  readonly handler?: string
  readonly name?: string
  readonly description?: string
  readonly reservedConcurrency?: number
  readonly provisionedConcurrency?: number
  readonly isolation?: 'thread' | 'process'
  readonly logs?: CheckedLogs
  readonly tracing?: CheckedTracing
  readonly maximumRetryAttempts?: number
  readonly maximumEventAge?: number
  readonly onError?: string
  readonly destinations?: { readonly onSuccess?: CheckedDestination; readonly onFailure?: CheckedDestination }
  readonly url?:
    | boolean
    | { readonly cors?: boolean | CheckedCors; readonly invokeMode?: 'BUFFERED' | 'RESPONSE_STREAM' }
  readonly events?: readonly CheckedEvent[]
}

export type CheckedDestination = string | { readonly type?: DestinationType; readonly arn?: string }

/** The Serverless Framework's names, and one for what it lacks. */
export type DestinationType = 'sqs' | 'sns' | 'function' | 'eventBus' | 's3'

export interface CheckedCors {
  readonly allowedOrigins?: string | readonly string[] | null
  readonly allowedMethods?: string | readonly string[] | null
  readonly allowedHeaders?: string | readonly string[] | null
  readonly exposedResponseHeaders?: string | readonly string[] | null
  readonly allowCredentials?: boolean
  readonly maxAge?: number
}

export interface CheckedQueue {
  readonly fifo?: boolean
  readonly contentBasedDeduplication?: boolean
  readonly deduplicationScope?: FifoSpec['deduplicationScope']
  readonly fifoThroughputLimit?: FifoSpec['fifoThroughputLimit']
  readonly visibilityTimeout?: number
  readonly delay?: number
  readonly retention?: number
  readonly receiveWait?: number
  readonly maximumMessageSize?: number
  readonly redrive?: { readonly queue?: string; readonly maxReceiveCount?: number }
}

export interface CheckedStream {
  readonly shards?: number
  /** Seconds. */
  readonly retention?: number
  readonly mode?: StreamSpec['mode']
  readonly limitThroughput?: boolean
  readonly consumers?: readonly string[]
}

export interface CheckedTopic {
  readonly displayName?: string
}

/** Checks the whole file against its schema. */
export async function checkFile(
  root: Node,
  fragments: readonly EventFragment[],
  report: Report,
): Promise<CheckedFile> {
  const grammar = buildGrammar(fragments)
  const validators = await validatorsFor(grammar)
  const context: CheckContext = {
    definitions: grammar.definitions,
    report,
    placeAt: (path) => placeAt(root, path),
    readEvent: (node, path) => checkEvent(node, path, fragments, validators, context),
    fillsDefaults: false,
  }
  // The schema has spoken: from here on the types hold.
  const checked = check(root, grammar, validators.file, [], context) as CheckedFile | undefined
  return checked ?? {}
}
