import type {
  DynamoDBStreamsClient,
  GetShardIteratorCommandInput,
  Shard,
} from '@aws-sdk/client-dynamodb-streams'
import type * as Sdk from '@aws-sdk/client-dynamodb-streams'
import type { DynamoDbStreamRecord } from '../../services/dynamodbStreams/index.ts'
import type { ShardFacts } from '../../sources/index.ts'
import { dynamodbRecord } from './dynamodbRecord.ts'
import type { ForeignApi, Start } from './foreignApi.ts'
import { optionsOf } from './kinesisApi.ts'

/** Four times a second for each shard (Lambda Developer Guide, "Using Lambda with Amazon DynamoDB"). */
const POLL_MS = 250
const MOST_RECORDS = 1_000
const RETENTION_MS = 24 * 3_600_000

/** The way to foreign DynamoDB Streams. */
export interface DynamoDbConnection {
  readonly sdk: typeof Sdk
  readonly client: DynamoDBStreamsClient
  readonly url: string
}

/** A foreign stream of a table, or the newest one of a table where the ARN names none. */
export function dynamodbApi(
  { sdk, client, url }: DynamoDbConnection,
  arn: string,
): ForeignApi<DynamoDbStreamRecord> {
  const [, table = '', label] = /:table\/([^/]+)(?:\/stream\/(.+))?$/.exec(arn) ?? []
  let streamArn = label === undefined ? undefined : arn

  async function findNewest(signal: AbortSignal | undefined): Promise<string> {
    const found: Sdk._Stream[] = []
    let after: string | undefined
    do {
      const command = new sdk.ListStreamsCommand({ TableName: table, ExclusiveStartStreamArn: after })
      const page = await client.send(command, optionsOf(signal))
      found.push(...(page.Streams ?? []))
      after = page.LastEvaluatedStreamArn
    } while (after !== undefined)
    const newest = found.toSorted((a, b) => ((a.StreamLabel ?? '') < (b.StreamLabel ?? '') ? -1 : 1)).at(-1)
    if (newest?.StreamArn === undefined) throw noStream(table)
    return newest.StreamArn
  }

  const arnOf = async (signal: AbortSignal | undefined): Promise<string> =>
    (streamArn ??= await findNewest(signal))

  return {
    streamName: label === undefined ? `of table ${table}` : arn,
    url,
    pollMs: POLL_MS,
    mostRecords: MOST_RECORDS,
    async shards(signal) {
      // Looked up again each time: the table may have got another stream.
      if (label === undefined) streamArn = await findNewest(signal)
      const StreamArn = await arnOf(signal)
      const found: Shard[] = []
      let after: string | undefined
      do {
        const command = new sdk.DescribeStreamCommand({ StreamArn, ExclusiveStartShardId: after })
        const { StreamDescription: page } = await client.send(command, optionsOf(signal))
        found.push(...(page?.Shards ?? []))
        after = page?.LastEvaluatedShardId
      } while (after !== undefined)
      return found.map(factsOf)
    },
    async iterator(shardId, start, signal) {
      const input = { StreamArn: await arnOf(signal), ShardId: shardId, ...startInput(start) }
      const { ShardIterator = '' } = await client.send(
        new sdk.GetShardIteratorCommand(input),
        optionsOf(signal),
      )
      return ShardIterator
    },
    async records(iterator, limit, signal) {
      const command = new sdk.GetRecordsCommand({ ShardIterator: iterator, Limit: limit })
      const page = await client.send(command, optionsOf(signal))
      const from = await arnOf(signal)
      return {
        records: (page.Records ?? []).map((record) => dynamodbRecord(record, from)),
        next: page.NextShardIterator ?? undefined,
        millisBehindLatest: 0,
      }
    },
    // Its times are whole seconds.
    isBefore: ({ arrivedMs }, ms) => arrivedMs < Math.floor(ms / 1_000) * 1_000,
    sequenceNumber: ({ sequenceNumber }) => sequenceNumber,
    retentionMs: () => RETENTION_MS,
  }
}

/** Named as the service names it, so that it is told the same way. */
const noStream = (table: string): Error =>
  Object.assign(new Error(`table ${table} has no stream`), { name: 'ResourceNotFoundException' })

const factsOf = ({ ShardId = '', ParentShardId, SequenceNumberRange }: Shard): ShardFacts => ({
  id: ShardId,
  parents: ParentShardId === undefined ? [] : [ParentShardId],
  isClosed: SequenceNumberRange?.EndingSequenceNumber !== undefined,
})

/** There is no position by time: from the oldest on, and what is too early is left out. */
function startInput(
  start: Start,
): Pick<GetShardIteratorCommandInput, 'ShardIteratorType' | 'SequenceNumber'> {
  if (start.kind === 'after')
    return { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: start.sequenceNumber }
  return { ShardIteratorType: start.kind === 'latest' ? 'LATEST' : 'TRIM_HORIZON' }
}
