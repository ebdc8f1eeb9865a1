import { Kinesis } from '@aws-sdk/client-kinesis'
import { onTestFinished } from 'vitest'
import { createGateway, type ExtraRoute } from '../../src/services/gateway/index.ts'
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

export interface KinesisWorldOptions {
  readonly store?: Store
}

/** Kinesis behind a gateway on a free port, over a store in memory, on a frozen clock; gone when the test is over. */
export async function createKinesisWorld(options: KinesisWorldOptions = {}) {
  const { stop, ...world } = await openKinesisWorld(options)
  onTestFinished(stop)
  return world
}

/** The same, until it is stopped. */
export async function openKinesisWorld(options: KinesisWorldOptions = {}) {
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
  }
  const streams = createKinesisService(edges)
  const gateway = createGateway({
    services: [streams.service],
    log: silentLog,
    activity,
    ids,
    identity,
    extraRoutes: [waitRoute((ms) => clock.advance(ms))],
  })
  const { url } = await gateway.start(0, '127.0.0.1')
  const kinesis = new Kinesis({
    endpoint: url,
    region: identity.region,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
  })
  const stop = async (): Promise<void> => {
    kinesis.destroy()
    await gateway.stop()
    clock.stop()
    if (!options.store) await store.close()
  }
  return { stop, kinesis, streams, activity, clock, store, puts, url, edges, gateway }
}

/** `POST /wait/1000` lets the clock go on by a second, for clients that are not in this process. */
const waitRoute = (advance: (ms: number) => Promise<void>): ExtraRoute => ({
  matches: ({ url = '' }) => url.startsWith('/wait/'),
  async handle({ url = '' }, response) {
    await advance(Number(url.slice('/wait/'.length)))
    response.end()
  },
})

/** All that a shard holds, oldest first. */
export async function readAll(kinesis: Kinesis, StreamName: string, ShardId: string): Promise<string[]> {
  const texts: string[] = []
  let { ShardIterator } = await kinesis.getShardIterator({
    StreamName,
    ShardId,
    ShardIteratorType: 'TRIM_HORIZON',
  })
  for (;;) {
    const { Records = [], NextShardIterator } = await kinesis.getRecords({ ShardIterator })
    texts.push(...Records.map(({ Data }) => Buffer.from(Data ?? []).toString()))
    if (Records.length === 0 || NextShardIterator === undefined) return texts
    ShardIterator = NextShardIterator
  }
}
