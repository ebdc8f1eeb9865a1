import { Kinesis } from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { onTestFinished } from 'vitest'
import { createGateway } from '../../src/services/gateway/index.ts'
import { createKinesisService } from '../../src/services/kinesis/index.ts'
import { createMemoryStore, type Store } from '../../src/store/index.ts'
import { createActivity, createClock, createIds, silentLog } from '../../src/system/index.ts'

export const identity = { accountId: '000000000000', region: 'us-east-1' }
export const startMs = Date.parse('2026-01-02T03:04:05.678Z')

export interface PutFact {
  readonly stream: string
  readonly shardId: string
  readonly count: number
  readonly cause: string | undefined
}

/** Kinesis behind a gateway on a free port, over a store in memory, on a frozen clock; gone when the test is over. */
export async function createKinesisWorld(
  options: { readonly store?: Store; readonly enforceThroughput?: boolean } = {},
) {
  const activity = createActivity()
  const clock = createClock({ mode: 'frozen', startMs, idle: activity.idle })
  const ids = createIds()
  const store = options.store ?? createMemoryStore()
  const puts: PutFact[] = []
  const edges = {
    store,
    clock,
    ids,
    activity,
    identity,
    onPut: ({ stream, shardId, count }: Omit<PutFact, 'cause'>, cause: string | undefined) =>
      void puts.push({ stream, shardId, count, cause }),
    ...(options.enforceThroughput && { enforceThroughput: true }),
  }
  const streams = createKinesisService(edges)
  const gateway = createGateway({
    services: [streams.service],
    log: silentLog,
    activity,
    ids,
    identity,
  })
  const { url } = await gateway.start(0, '127.0.0.1')
  const kinesis = new Kinesis({
    endpoint: url,
    region: identity.region,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  })
  onTestFinished(async () => {
    kinesis.destroy()
    await gateway.stop()
    clock.stop()
    if (!options.store) await store.close()
  })
  return { kinesis, streams, activity, clock, store, puts, url, edges, gateway }
}
