import type { DynamoDbStreamsService, Placed } from '../services/dynamodbStreams/index.ts'
import type { Spec } from '../spec/index.ts'
import type { ItemChange, TableOfStream } from './types.ts'

/**
 * Puts a change of an item into the newest stream of a table, as the table itself would; a table without a stream gets one
 * first. Resolves with the place of the record once it is durable, with `undefined` where the change changes nothing.
 */
export async function putItemChange(
  on: { readonly dynamodbStreams: DynamoDbStreamsService; readonly spec: () => Spec },
  given: string | TableOfStream,
  change: ItemChange,
): Promise<Placed | undefined> {
  const { dynamodbStreams: streams } = on
  const { region, accountId } = on.spec()
  const table = typeof given === 'string' ? { name: given } : given
  const tableArn = `arn:aws:dynamodb:${region}:${accountId}:table/${table.name}`
  const streamArn =
    streams.newestOf(tableArn) ??
    (await streams.open({
      tableName: table.name,
      tableArn,
      keySchema: keySchemaOf(table.keys),
      viewType: table.viewType ?? 'NEW_AND_OLD_IMAGES',
    }))
  const [placed] = await streams.put(streamArn, [change])
  return placed
}

const keySchemaOf = ([partitionKey, sortKey]: TableOfStream['keys'] = ['id']) => [
  { AttributeName: partitionKey, KeyType: 'HASH' as const },
  ...(sortKey === undefined ? [] : [{ AttributeName: sortKey, KeyType: 'RANGE' as const }]),
]
