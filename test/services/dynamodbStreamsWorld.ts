import { DynamoDBStreams } from '@aws-sdk/client-dynamodb-streams'
import { onTestFinished } from 'vitest'
import { createDynamoDbStreamsService, type NewStream } from '../../src/services/dynamodbStreams/index.ts'
import { createGateway } from '../../src/services/gateway/index.ts'
import { createMemoryStore, type Store } from '../../src/store/index.ts'
import { createActivity, createClock, createIds, silentLog } from '../../src/system/index.ts'

export const identity = { accountId: '000000000000', region: 'us-east-1' }
export const startMs = Date.parse('2026-01-02T03:04:05.678Z')
export const tableArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/orders'
export const streamArn = `${tableArn}/stream/2026-01-02T03:04:05.678`

export const orders: NewStream = {
  tableName: 'orders',
  tableArn,
  keySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  viewType: 'NEW_AND_OLD_IMAGES',
}

/** An item that is new. */
export const added = (id: string) => ({ newImage: { id: { S: id } } })

/** DynamoDB Streams behind a gateway on a free port, over a store in memory, on a frozen clock; gone when the test is over. */
export async function createDynamoDbStreamsWorld(options: { readonly store?: Store } = {}) {
  const activity = createActivity()
  const clock = createClock({ mode: 'frozen', startMs, idle: activity.idle })
  const ids = createIds()
  const store = options.store ?? createMemoryStore()
  const puts: object[] = []
  const edges = {
    store,
    clock,
    ids,
    activity,
    identity,
    onPut: (fact: object, cause: string | undefined) => void puts.push({ ...fact, cause }),
  }
  const streams = createDynamoDbStreamsService(edges)
  const gateway = createGateway({ services: [streams.service], log: silentLog, activity, ids, identity })
  const { url } = await gateway.start(0, '127.0.0.1')
  const client = new DynamoDBStreams({
    endpoint: url,
    region: identity.region,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
  })
  onTestFinished(async () => {
    client.destroy()
    await gateway.stop()
    clock.stop()
    if (!options.store) await store.close()
  })
  return { client, streams, activity, clock, store, puts, url, edges }
}
