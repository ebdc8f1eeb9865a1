import type { KinesisClient, GetShardIteratorCommandInput, Shard, _Record } from '@aws-sdk/client-kinesis'
import type * as Sdk from '@aws-sdk/client-kinesis'
import type { KinesisRecord } from '../../services/kinesis/index.ts'
import type { ShardFacts } from '../../sources/index.ts'
import type { ForeignApi, Start } from './foreignApi.ts'

/** Once a second for each shard (Lambda Developer Guide, "Using Lambda with Amazon Kinesis"). */
const POLL_MS = 1_000
const MOST_RECORDS = 10_000

/** The way to a foreign Kinesis. */
export interface KinesisConnection {
  readonly sdk: typeof Sdk
  readonly client: KinesisClient
  readonly url: string
}

/** A stream of a foreign Kinesis, found by its name: in whose account it is, its server knows. */
export function kinesisApi(
  { sdk, client, url }: KinesisConnection,
  streamName: string,
): ForeignApi<KinesisRecord> {
  const StreamName = streamName
  let retentionMs: number | undefined

  async function learnRetention(abortSignal: AbortSignal | undefined): Promise<void> {
    const command = new sdk.DescribeStreamSummaryCommand({ StreamName })
    try {
      const { StreamDescriptionSummary: summary } = await client.send(command, optionsOf(abortSignal))
      const hours = summary?.RetentionPeriodHours
      if (hours !== undefined) retentionMs = hours * 3_600_000
    } catch {
      // Allowed is what Lambda needs, and that need not be this: it is nothing that reading depends on.
    }
  }

  return {
    streamName,
    url,
    pollMs: POLL_MS,
    mostRecords: MOST_RECORDS,
    async shards(signal) {
      const found: Shard[] = []
      let NextToken: string | undefined
      do {
        const input = NextToken === undefined ? { StreamName } : { NextToken }
        const page = await client.send(new sdk.ListShardsCommand(input), optionsOf(signal))
        found.push(...(page.Shards ?? []))
        ;({ NextToken } = page)
      } while (NextToken !== undefined)
      await learnRetention(signal)
      return found.map(factsOf)
    },
    async iterator(shardId, start, signal) {
      const input = { StreamName, ShardId: shardId, ...startInput(start) }
      const { ShardIterator = '' } = await client.send(
        new sdk.GetShardIteratorCommand(input),
        optionsOf(signal),
      )
      return ShardIterator
    },
    async records(iterator, limit, signal) {
      const command = new sdk.GetRecordsCommand({ ShardIterator: iterator, Limit: limit })
      const page = await client.send(command, optionsOf(signal))
      return {
        records: (page.Records ?? []).map(recordOf),
        next: page.NextShardIterator ?? undefined,
        millisBehindLatest: page.MillisBehindLatest ?? 0,
      }
    },
    isBefore: ({ arrivedMs }, ms) => arrivedMs < ms,
    sequenceNumber: ({ sequenceNumber }) => sequenceNumber,
    retentionMs: () => retentionMs,
  }
}

export const optionsOf = (abortSignal: AbortSignal | undefined): { abortSignal?: AbortSignal } =>
  abortSignal ? { abortSignal } : {}

const factsOf = ({ ShardId = '', SequenceNumberRange, ...shard }: Shard): ShardFacts => ({
  id: ShardId,
  parents: [shard.ParentShardId, shard.AdjacentParentShardId].flatMap((parent) => parent ?? []),
  isClosed: SequenceNumberRange?.EndingSequenceNumber !== undefined,
})

type StartInput = Pick<
  GetShardIteratorCommandInput,
  'ShardIteratorType' | 'StartingSequenceNumber' | 'Timestamp'
>

function startInput(start: Start): StartInput {
  switch (start.kind) {
    case 'after':
      return { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: start.sequenceNumber }
    case 'time':
      return { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(start.ms) }
    case 'iterator':
      return { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(start.takenMs) }
    case 'latest':
      return { ShardIteratorType: 'LATEST' }
    case 'oldest':
      return { ShardIteratorType: 'TRIM_HORIZON' }
  }
}

const recordOf = (record: _Record): KinesisRecord => ({
  sequenceNumber: record.SequenceNumber ?? '',
  partitionKey: record.PartitionKey ?? '',
  data: record.Data ?? new Uint8Array(),
  arrivedMs: record.ApproximateArrivalTimestamp?.getTime() ?? 0,
  cause: undefined,
})
