/**
 * One call: an action's name and its input. `{"$bytes": TEXT}` stands for the bytes of a text, `{"$size": N}` for so many
 * bytes, `{"$seconds": N}` for a time so long after the epoch. `Wait` lets the clock go on by so many `ms`.
 */
export type Step = readonly [operation: string, input: Readonly<Record<string, unknown>>]

/** A refusal as the reference has it; what it does not state is left out. */
export interface Refusal {
  readonly code: string
  readonly message?: string
}

/**
 * A request to Kinesis and what AWS answers. In texts `{s}` is a stream name of this case's own, `{arn}` its ARN;
 * `{iterator}`, `{token}` and `{consumer}` are the latest shard iterator, next token and consumer's ARN, `{sequence1}`, `{sequence2}`, ... the
 * sequence numbers of the records that were put. In answers `<56 digits>` and `<text>` stand for anything of that form;
 * data is text, and a time is in seconds after the epoch.
 */
export interface KinesisCase {
  readonly name: string
  readonly before?: readonly Step[]
  readonly request: Step
  readonly answer?: Readonly<Record<string, unknown>>
  readonly refusal?: Refusal
}

/** What a client made of an answer. */
export interface Ran {
  readonly answer?: Readonly<Record<string, unknown>>
  readonly refusal?: { readonly code: string; readonly message: string; readonly status: number }
  /** What stands in the places kept for them. */
  readonly known?: Readonly<Record<string, string>>
  /** Why the case could not be carried out at all. */
  readonly failure?: string
}

export const bytes = (text: string): object => ({ $bytes: text })

export const create = (ShardCount = 1, more: object = {}): Step => [
  'CreateStream',
  { StreamName: '{s}', ShardCount, ...more },
]

export const put = (PartitionKey: string, text: string, more: object = {}): Step => [
  'PutRecord',
  { StreamName: '{s}', PartitionKey, Data: bytes(text), ...more },
]

export const iterator = (ShardIteratorType: string, more: object = {}, shard = 0): Step => [
  'GetShardIterator',
  { StreamName: '{s}', ShardId: shardId(shard), ShardIteratorType, ...more },
]

export const get = (more: object = {}): Step => ['GetRecords', { ShardIterator: '{iterator}', ...more }]

export const split = (shard: number, NewStartingHashKey: string): Step => [
  'SplitShard',
  { StreamName: '{s}', ShardToSplit: shardId(shard), NewStartingHashKey },
]

export const merge = (shard: number, adjacent: number): Step => [
  'MergeShards',
  { StreamName: '{s}', ShardToMerge: shardId(shard), AdjacentShardToMerge: shardId(adjacent) },
]

export const wait = (ms: number): Step => ['Wait', { ms }]

export const shardId = (index: number): string => `shardId-${String(index).padStart(12, '0')}`

/** A record as it is read. */
export const record = (PartitionKey: string, Data: string, more: object = {}): object => ({
  SequenceNumber: '<56 digits>',
  ApproximateArrivalTimestamp: '<seconds>',
  Data,
  PartitionKey,
  ...more,
})

export const records = (...texts: string[]): object => ({
  Records: texts.map((text) => record(text, text)),
  NextShardIterator: '<text>',
  MillisBehindLatest: 0,
})

/** An open shard of the first generation, the only one if nothing else is said. */
export const shard = (index: number, from: string, to: string, more: object = {}): object => ({
  ShardId: shardId(index),
  HashKeyRange: { StartingHashKey: from, EndingHashKey: to },
  SequenceNumberRange: { StartingSequenceNumber: '<56 digits>' },
  ...more,
})

export const closed = {
  SequenceNumberRange: { StartingSequenceNumber: '<56 digits>', EndingSequenceNumber: '<56 digits>' },
}

export const LAST_KEY = '340282366920938463463374607431768211455'
export const HALF_KEY = '170141183460469231731687303715884105728'
export const BEFORE_HALF = '170141183460469231731687303715884105727'

export const invalidArgument = (message: string): Refusal => ({ code: 'InvalidArgumentException', message })
export const notFound = (message: string): Refusal => ({ code: 'ResourceNotFoundException', message })
export const validation = (message: string): Refusal => ({ code: 'ValidationException', message })

/** One member that breaks one constraint. */
export const violation = (value: string | null, path: string, constraint: string): Refusal =>
  validation(
    `1 validation error detected: Value ${value === null ? 'null' : `'${value}'`} at '${path}' failed to satisfy constraint: Member must ${constraint}`,
  )
