import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import {
  Kinesis,
  type SubscribeToShardCommandInput,
  type SubscribeToShardEvent,
  type SubscribeToShardEventStream,
} from '@aws-sdk/client-kinesis'
import { SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createKinesisWorld, identity, startMs } from './kinesisWorld.ts'

const StreamName = 'clicks'
const StreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`
const shardId = 'shardId-000000000000'
const seconds = Math.floor(startMs / 1_000)

async function createConsumers(handler: 'http1' | 'http2' = 'http2', shards = 1) {
  const world = await createKinesisWorld()
  await world.streams.declare([{ name: StreamName, shards }])
  // By default the client speaks HTTP/2.
  const kinesis = new Kinesis({
    endpoint: world.url,
    region: identity.region,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
    ...(handler === 'http1' && {
      requestHandler: new SQSClient({ region: identity.region }).config.requestHandler,
    }),
  })
  onTestFinished(() => kinesis.destroy())
  return { ...world, kinesis }
}

describe('consumers', () => {
  test('are registered, described, listed and deregistered', async () => {
    const { kinesis } = await createConsumers()
    const ConsumerARN = `${StreamARN}/consumer/one:${seconds}`
    const consumer = {
      ConsumerName: 'one',
      ConsumerARN,
      ConsumerStatus: 'ACTIVE',
      ConsumerCreationTimestamp: new Date(startMs),
    }
    const registered = await kinesis.registerStreamConsumer({
      StreamARN,
      ConsumerName: 'one',
      Tags: { team: 'a' },
    })
    expect(registered.Consumer).toEqual({ ...consumer, ConsumerStatus: 'CREATING' })
    for (const name of [{ ConsumerARN }, { StreamARN, ConsumerName: 'one' }])
      expect((await kinesis.describeStreamConsumer(name)).ConsumerDescription).toEqual({
        ...consumer,
        StreamARN,
      })
    expect((await kinesis.listStreamConsumers({ StreamARN })).Consumers).toEqual([consumer])
    const { Tags } = await kinesis.listTagsForResource({ ResourceARN: ConsumerARN })
    expect(Tags).toEqual([{ Key: 'team', Value: 'a' }])
    const { StreamDescriptionSummary } = await kinesis.describeStreamSummary({ StreamName })
    expect(StreamDescriptionSummary?.ConsumerCount).toBe(1)
    await kinesis.deregisterStreamConsumer({ ConsumerARN })
    expect((await kinesis.listStreamConsumers({ StreamARN })).Consumers).toEqual([])
  })

  test('are twenty at most', async () => {
    const { kinesis } = await createConsumers()
    for (let number = 0; number < 20; number++)
      await kinesis.registerStreamConsumer({ StreamARN, ConsumerName: `c${number}` })
    const more = kinesis.registerStreamConsumer({ StreamARN, ConsumerName: 'more' })
    await expect(more).rejects.toMatchObject({ name: 'LimitExceededException' })
  })
})

/** A subscription whose events are taken one by one. */
async function subscribe(
  { kinesis }: { kinesis: Kinesis },
  input: Partial<SubscribeToShardCommandInput> = {},
): Promise<{ readonly next: () => Promise<SubscribeToShardEvent | undefined> }> {
  const { EventStream } = await kinesis.subscribeToShard({
    ConsumerARN: `${StreamARN}/consumer/one:${seconds}`,
    ShardId: shardId,
    StartingPosition: { Type: 'TRIM_HORIZON' },
    ...input,
  })
  const events = (EventStream as AsyncIterable<SubscribeToShardEventStream>)[Symbol.asyncIterator]()
  return {
    next: async () => {
      const { value, done } = await events.next()
      return done === true ? undefined : value.SubscribeToShardEvent
    },
  }
}

/** Reads what another subscription brought to an end: over HTTP/2 a client holds its connection for what it has not read. */
async function drain({ next }: Awaited<ReturnType<typeof subscribe>>): Promise<void> {
  const read = async (): Promise<void> => {
    while (await next());
  }
  await expect(read()).rejects.toMatchObject({ name: 'ResourceInUseException' })
}

const textsOf = (event: SubscribeToShardEvent | undefined): string[] =>
  (event?.Records ?? []).map(({ Data }) => Buffer.from(Data ?? []).toString())

for (const handler of ['http1', 'http2'] as const) {
  const createSubscribers = async (shards = 1) => {
    const world = await createConsumers(handler, shards)
    await world.kinesis.registerStreamConsumer({ StreamARN, ConsumerName: 'one' })
    const put = (text: string) =>
      world.streams.put(StreamName, { partitionKey: 'key', data: Buffer.from(text) })
    return { ...world, put }
  }

  describe(`SubscribeToShard over ${handler}`, () => {
    test('brings what is there, and then what comes', async () => {
      const world = await createSubscribers()
      const { sequenceNumber } = await world.put('one')
      const { next } = await subscribe(world)
      expect(await next()).toEqual({
        Records: [
          {
            SequenceNumber: sequenceNumber,
            ApproximateArrivalTimestamp: new Date(startMs),
            Data: new Uint8Array(Buffer.from('one')),
            PartitionKey: 'key',
          },
        ],
        ContinuationSequenceNumber: sequenceNumber,
        MillisBehindLatest: 0,
      })
      await world.put('two')
      expect(textsOf(await next())).toEqual(['two'])
    })

    test('says that there is nothing, at once and every five seconds, and ends after five minutes', async () => {
      const world = await createSubscribers()
      const { next } = await subscribe(world)
      const first = await next()
      expect(first).toMatchObject({ Records: [], MillisBehindLatest: 0 })
      for (let second = 5; second < 300; second += 5) {
        await world.clock.advance(5_000)
        expect(await next()).toEqual(first)
      }
      await world.clock.advance(5_000)
      expect(await next()).toBeUndefined()
      await expect.poll(() => world.activity.open()).toEqual([])
      expect(world.clock.timers().filter(({ label }) => label.includes('subscriber'))).toEqual([])
    })

    test('is as long for a clock that leaps', async () => {
      const world = await createSubscribers()
      const { next } = await subscribe(world)
      await world.clock.advance(86_400_000)
      let events = 0
      while (await next()) events++
      expect(events).toBe(60)
    })

    test('keeps nobody waiting while it waits', async () => {
      const world = await createSubscribers()
      const { next } = await subscribe(world)
      await next()
      await world.activity.idle()
      expect(world.activity.open()).toEqual([{ label: 'kinesis SubscribeToShard', isParked: true }])
      expect(world.clock.timers().every(({ recurring }) => recurring)).toBe(true)
    })

    test('goes on where the one before ended', async () => {
      const world = await createSubscribers()
      await world.put('one')
      const before = await subscribe(world)
      const ContinuationSequenceNumber = (await before.next())?.ContinuationSequenceNumber
      await world.put('two')
      await world.clock.advance(5_000)
      const StartingPosition = {
        Type: 'AFTER_SEQUENCE_NUMBER' as const,
        SequenceNumber: ContinuationSequenceNumber,
      }
      const after = await subscribe(world, { StartingPosition })
      expect(textsOf(await after.next())).toEqual(['two'])
      await drain(before)
    })

    test('begins where it is told', async () => {
      const world = await createSubscribers()
      const first = await world.put('one')
      await world.clock.advance(10_000)
      await world.put('two')
      let before: Awaited<ReturnType<typeof subscribe>> | undefined
      for (const [StartingPosition, texts] of [
        [{ Type: 'LATEST' }, []],
        [{ Type: 'AT_SEQUENCE_NUMBER', SequenceNumber: first.sequenceNumber }, ['one', 'two']],
        [{ Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: first.sequenceNumber }, ['two']],
        [{ Type: 'AT_TIMESTAMP', Timestamp: new Date(startMs + 1_000) }, ['two']],
        [{ Type: 'TRIM_HORIZON' }, ['one', 'two']],
      ] as const) {
        if (before) await world.clock.advance(5_000)
        const subscription = await subscribe(world, { StartingPosition })
        if (before) await drain(before)
        before = subscription
        expect(textsOf(await subscription.next())).toEqual(texts)
      }
    })

    test('names the children at the end of a shard, and ends', async () => {
      const world = await createSubscribers(2)
      await world.put('one')
      const open = { StartingPosition: { Type: 'TRIM_HORIZON' as const } }
      const { next } = await subscribe(world, open)
      await next()
      await world.kinesis.mergeShards({
        StreamName,
        ShardToMerge: shardId,
        AdjacentShardToMerge: 'shardId-000000000001',
      })
      const last = await next()
      expect(last).toMatchObject({
        Records: [],
        ChildShards: [{ ShardId: 'shardId-000000000002', ParentShards: [shardId, 'shardId-000000000001'] }],
      })
      expect(last?.ContinuationSequenceNumber ?? undefined).toBeUndefined()
      expect(await next()).toBeUndefined()
    })

    test('is refused within five seconds of the one before, and takes its place after', async () => {
      const world = await createSubscribers()
      const before = await subscribe(world)
      await before.next()
      await world.clock.advance(4_999)
      await expect(subscribe(world)).rejects.toMatchObject({ name: 'ResourceInUseException' })
      await world.clock.advance(1)
      const after = await subscribe(world)
      expect(await after.next()).toMatchObject({ Records: [] })
      await drain(before)
      await world.put('one')
      expect(textsOf(await after.next())).toEqual(['one'])
    })

    test('ends with its consumer, and with its stream', async () => {
      const world = await createSubscribers()
      const one = await subscribe(world)
      await one.next()
      await world.kinesis.deregisterStreamConsumer({ StreamARN, ConsumerName: 'one' })
      await expect(one.next()).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
      await world.kinesis.registerStreamConsumer({ StreamARN, ConsumerName: 'one' })
      const again = await subscribe(world)
      await again.next()
      await world.kinesis.deleteStream({ StreamName, EnforceConsumerDeletion: true })
      await expect(again.next()).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
      // Another of its name knows nothing of all that, though no time has passed.
      await world.streams.declare([{ name: StreamName, shards: 1 }])
      await world.kinesis.registerStreamConsumer({ StreamARN, ConsumerName: 'one' })
      expect(await (await subscribe(world)).next()).toMatchObject({ Records: [] })
    })

    test('ends when the gateway stops', async () => {
      const world = await createSubscribers()
      const { next } = await subscribe(world)
      await next()
      const stopped = world.gateway.stop(60_000)
      expect(await next()).toBeUndefined()
      await stopped
    })
  })
}

const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0

const python = `
import boto3, json, sys
kinesis = boto3.client('kinesis', endpoint_url=sys.argv[1], region_name='us-east-1',
    aws_access_key_id='key', aws_secret_access_key='secret')
answer = kinesis.subscribe_to_shard(ConsumerARN=sys.argv[2], ShardId='shardId-000000000000',
    StartingPosition={'Type': 'TRIM_HORIZON'})
seen = []
for event in answer['EventStream']:
    found = event['SubscribeToShardEvent']
    seen.append([[record['Data'].decode() for record in found['Records']],
        [child['ShardId'] for child in found.get('ChildShards', [])]])
print(json.dumps(seen))
`

test.skipIf(!hasBoto3)('boto3 reads a shard to its end', async () => {
  const world = await createConsumers('http1')
  const { Consumer } = await world.kinesis.registerStreamConsumer({ StreamARN, ConsumerName: 'one' })
  await world.streams.put(StreamName, { partitionKey: 'key', data: Buffer.from('one') })
  await world.kinesis.updateShardCount({
    StreamName,
    TargetShardCount: 2,
    ScalingType: 'UNIFORM_SCALING',
  })
  const { stdout } = await promisify(execFile)('python3', [
    '-c',
    python,
    world.url,
    Consumer?.ConsumerARN ?? '',
  ])
  expect(JSON.parse(stdout)).toEqual([[['one'], ['shardId-000000000001', 'shardId-000000000002']]])
})
