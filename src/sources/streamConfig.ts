import type { StartingPosition, StreamMappingSettings } from './defineStream.ts'
import { type FilterPatterns, filtersOf } from './filterPatterns.ts'

/** `stream:` under `events:`; references are full ARNs by now. */
export interface StreamConfig {
  /** Also under `arn` and, for a table of DynamoDB, `table`, as long as the references are as written. */
  readonly stream?: string
  readonly arn?: string
  readonly table?: string
  readonly type?: StreamKind
  /** Reads by enhanced fan-out: as a consumer of this name, or of the function's own for `true`. */
  readonly consumer?: boolean | string
  readonly batchSize?: number
  readonly batchWindow?: number
  readonly maximumBatchingWindow?: number
  readonly startingPosition?: StartingPosition
  /** Seconds since 1970, or ISO 8601. */
  readonly startingPositionTimestamp?: number | string
  readonly parallelizationFactor?: number
  readonly maximumRetryAttempts?: number
  readonly maximumRecordAgeInSeconds?: number
  readonly bisectBatchOnFunctionError?: boolean
  readonly tumblingWindowInSeconds?: number
  readonly functionResponseType?: 'ReportBatchItemFailures'
  readonly destinations?: { readonly onFailure?: string | { readonly type?: string; readonly arn: string } }
  readonly filterPatterns?: FilterPatterns
  readonly metricsConfig?: { readonly metrics: readonly 'EventCount'[] }
  readonly enabled?: boolean
}

export type StreamKind = 'kinesis' | 'dynamodb'

/** AWS's default for streams. */
const USUAL_BATCH_SIZE = 100
const LONGEST_CONSUMER_NAME = 128
/** AWS's word for "until the record expires". */
const FOREVER = -1

/** What the file says of a mapping, with AWS's defaults filled in. The position is the Serverless Framework's default. */
export function streamSettings(config: StreamConfig): StreamMappingSettings {
  const { maximumRetryAttempts = FOREVER, maximumRecordAgeInSeconds = FOREVER } = config
  return {
    streamArn: config.stream ?? '',
    startingPosition: config.startingPosition ?? 'TRIM_HORIZON',
    startingTimestampMs: msOfTimestamp(config.startingPositionTimestamp),
    batchSize: config.batchSize ?? USUAL_BATCH_SIZE,
    windowMs: (config.batchWindow ?? config.maximumBatchingWindow ?? 0) * 1_000,
    parallelizationFactor: config.parallelizationFactor ?? 1,
    maximumRetryAttempts: maximumRetryAttempts === FOREVER ? null : maximumRetryAttempts,
    maximumRecordAgeMs: maximumRecordAgeInSeconds === FOREVER ? null : maximumRecordAgeInSeconds * 1_000,
    bisectsOnError: config.bisectBatchOnFunctionError ?? false,
    tumblingWindowMs: (config.tumblingWindowInSeconds ?? 0) * 1_000,
    onFailureArn: onFailureOf(config),
    reportsItemFailures: config.functionResponseType === 'ReportBatchItemFailures',
    filters: filtersOf(config.filterPatterns),
    metrics: config.metricsConfig?.metrics ?? [],
    isEnabled: config.enabled ?? true,
  }
}

/** Epoch milliseconds; not a number for what is no time. */
function msOfTimestamp(given: number | string | undefined): number | null {
  if (given === undefined) return null
  return typeof given === 'number' ? given * 1_000 : Date.parse(given)
}

function onFailureOf({ destinations }: StreamConfig): string | null {
  const given = destinations?.onFailure
  return (typeof given === 'object' ? given.arn : given) ?? null
}

/** What kind of stream a reference or an ARN leads to, with or without `type`. */
export function streamKindOf({ type, stream, arn, table }: StreamConfig): StreamKind {
  const reference = stream ?? arn
  if (table !== undefined) return 'dynamodb'
  const service = /^(?:arn:aws:)?(kinesis|dynamodb):/.exec(reference ?? '')?.[1]
  return (service as StreamKind | undefined) ?? type ?? 'kinesis'
}

/**
 * The consumer that a function reads a stream as, by enhanced fan-out: its name, or its ARN where the file gives one.
 * `undefined`: the function shares the stream with others.
 */
export function consumerOf(config: StreamConfig, functionName: string): string | undefined {
  if (typeof config.consumer === 'string') return config.consumer
  if (config.consumer !== true) return undefined
  return `${functionName}-${nameIn(config.stream ?? '')}`.slice(0, LONGEST_CONSUMER_NAME)
}

const nameIn = (streamArn: string): string => streamArn.slice(streamArn.lastIndexOf('/') + 1)
