import http2 from 'node:http2'
import { decode, encode, Tagged } from 'cborg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createKinesisWorld, startMs } from './kinesisWorld.ts'

/** What the SDK for Java sends and reads: bytes, and times as milliseconds below tag 1. */
type Call = (operation: string, input: object) => Promise<Record<string, unknown>>

const headersOf = (operation: string) => ({
  'content-type': 'application/x-amz-cbor-1.1',
  'x-amz-target': `Kinesis_20131202.${operation}`,
})

const tags = { 1: (content: () => unknown) => new Tagged(1, content()) }

const read = (bytes: Uint8Array): Record<string, unknown> =>
  bytes.length === 0 ? {} : (decode(bytes, { tags }) as Record<string, unknown>)

const callHttp1 =
  (url: string): Call =>
  async (operation, input) => {
    const body = Buffer.from(encode(input))
    const response = await fetch(url, { method: 'POST', headers: headersOf(operation), body })
    return read(new Uint8Array(await response.arrayBuffer()))
  }

function callHttp2(url: string): Call {
  const session = http2.connect(url)
  onTestFinished(() => session.destroy())
  return async (operation, input) => {
    const stream = session.request({ ':method': 'POST', ':path': '/', ...headersOf(operation) })
    stream.end(encode(input))
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    return read(Buffer.concat(chunks))
  }
}

for (const [version, open] of [
  ['HTTP/1.1', callHttp1],
  ['HTTP/2', callHttp2],
] as const) {
  describe(`CBOR over ${version}`, () => {
    const create = async () => {
      const world = await createKinesisWorld()
      const call = open(world.url)
      expect(await call('CreateStream', { StreamName: 'clicks', ShardCount: 1 })).toEqual({})
      return { ...world, call }
    }

    test('puts bytes and reads them back, with their times', async () => {
      const { call, clock } = await create()
      const Data = Buffer.from([0, 1, 254, 255])
      const put = await call('PutRecord', { StreamName: 'clicks', PartitionKey: 'a', Data })
      expect(put).toMatchObject({ ShardId: 'shardId-000000000000' })
      await clock.advance(1_000)
      const Records = [
        { PartitionKey: 'b', Data: Buffer.from('one') },
        { PartitionKey: 'c', Data: new Uint8Array() },
      ]
      expect(await call('PutRecords', { StreamName: 'clicks', Records })).toMatchObject({
        FailedRecordCount: 0,
      })
      const from = async (position: object) => {
        const where = { StreamName: 'clicks', ShardId: 'shardId-000000000000', ...position }
        return call('GetRecords', await call('GetShardIterator', where))
      }
      const all = await from({ ShardIteratorType: 'TRIM_HORIZON' })
      expect(all).toMatchObject({ MillisBehindLatest: 0 })
      expect(all['Records']).toMatchObject([
        { Data: new Uint8Array(Data), ApproximateArrivalTimestamp: new Tagged(1, startMs) },
        {
          Data: new Uint8Array(Buffer.from('one')),
          ApproximateArrivalTimestamp: new Tagged(1, startMs + 1_000),
        },
        { Data: new Uint8Array() },
      ])
      const Timestamp = new Tagged(1, startMs + 1)
      const later = await from({ ShardIteratorType: 'AT_TIMESTAMP', Timestamp })
      expect(later['Records']).toHaveLength(2)
    })

    test('describes streams, and refuses in the words of JSON', async () => {
      const { call } = await create()
      const { StreamDescription } = await call('DescribeStream', { StreamName: 'clicks' })
      expect(StreamDescription).toMatchObject({
        StreamStatus: 'ACTIVE',
        StreamCreationTimestamp: new Tagged(1, startMs),
      })
      expect(await call('DescribeStream', { StreamName: 'none' })).toEqual({
        __type: 'ResourceNotFoundException',
        message: 'Stream none under account 000000000000 not found.',
      })
      expect(await call('PutRecord', { StreamName: 'clicks', PartitionKey: 'a', Data: 1 })).toMatchObject({
        __type: 'SerializationException',
      })
    })
  })
}
