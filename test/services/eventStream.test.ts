import http from 'node:http'
import http2 from 'node:http2'
import type { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import {
  KinesisClient,
  SubscribeToShardCommand,
  type SubscribeToShardEventStream,
} from '@aws-sdk/client-kinesis'
import { SQSClient } from '@aws-sdk/client-sqs'
import { decode, Tagged } from 'cborg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type AnswerEvent, EventAnswer } from '../../src/services/eventAnswer.ts'
import { type RequestContext, ServiceError } from '../../src/services/operation.ts'
import { list, structure } from '../../src/services/protocol/shapes.ts'
import type { Service } from '../../src/services/service.ts'
import { createWorld, region } from './world.ts'

type Events = (context: RequestContext) => AsyncIterable<AnswerEvent>

const record = structure({ Data: 'blob', ApproximateArrivalTimestamp: 'timestamp' })
const event = structure({ Records: list('member', record), MillisBehindLatest: 'integer' })

/** A service that answers these events to the SDK's Kinesis client. */
const streaming = (events: Events): Service => ({
  name: 'streaming',
  operations: { SubscribeToShard: (_input, context) => new EventAnswer(events(context)) },
  notBuilt: [],
  maximumBodyBytes: 1_000,
  json: {
    target: 'Kinesis_20131202',
    version: '1.1',
    cbor: true,
    shapes: {
      SubscribeToShard: {
        input: structure({}),
        output: structure({ EventStream: structure({ SubscribeToShardEvent: event }) }),
      },
    },
  },
})

const eventOf = (number: number): AnswerEvent => ({
  type: 'SubscribeToShardEvent',
  payload: {
    Records: [{ Data: Buffer.from(`record ${number}`).toString('base64'), ApproximateArrivalTimestamp: 1.5 }],
    MillisBehindLatest: number,
  },
})

/** Two events, then what `end` does. */
const twoEvents = (end: () => void = () => {}): Events =>
  async function* events() {
    yield eventOf(1)
    yield eventOf(2)
    end()
  }

async function subscribe(url: string, handler: 'http1' | 'http2') {
  const requestHandler = handler === 'http1' ? new SQSClient({ region }).config.requestHandler : undefined
  const client = new KinesisClient({
    endpoint: url,
    region,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
    ...(requestHandler && { requestHandler }),
  })
  onTestFinished(() => client.destroy())
  const input = { ConsumerARN: 'arn:c', ShardId: 's', StartingPosition: { Type: 'LATEST' as const } }
  const { EventStream } = await client.send(new SubscribeToShardCommand(input))
  return EventStream as AsyncIterable<SubscribeToShardEventStream>
}

async function textsOf(events: AsyncIterable<SubscribeToShardEventStream>, into: string[]): Promise<void> {
  for await (const { SubscribeToShardEvent: found } of events)
    for (const { Data } of found?.Records ?? []) into.push(Buffer.from(Data ?? []).toString())
}

for (const handler of ['http1', 'http2'] as const) {
  describe(`events over ${handler}`, () => {
    test('arrive one by one, and then the end', async () => {
      const { url, activity } = await createWorld({ extraServices: [streaming(twoEvents())] })
      const texts: string[] = []
      await textsOf(await subscribe(url, handler), texts)
      expect(texts).toEqual(['record 1', 'record 2'])
      await expect.poll(() => activity.open()).toEqual([])
    })

    test('end with an exception', async () => {
      const fail = twoEvents(() => {
        throw new ServiceError('ResourceNotFoundException', 'It is gone.')
      })
      const { url } = await createWorld({ extraServices: [streaming(fail)] })
      const texts: string[] = []
      const read = textsOf(await subscribe(url, handler), texts)
      await expect(read).rejects.toMatchObject({ name: 'ResourceNotFoundException', message: 'It is gone.' })
      expect(texts).toEqual(['record 1', 'record 2'])
    })

    test('end with a failure, of which the log tells more', async () => {
      const fail = twoEvents(() => {
        throw new Error('a bug')
      })
      const { url, logged } = await createWorld({ extraServices: [streaming(fail)] })
      const read = textsOf(await subscribe(url, handler), [])
      await expect(read).rejects.toThrow('The service failed on this request; its log says why.')
      expect(logged).toEqual(['streaming SubscribeToShard failed: Error: a bug'])
    })

    test('end when the gateway stops', async () => {
      const told: string[] = []
      const { url, gateway } = await createWorld({ extraServices: [streaming(untilHangUp(told))] })
      const events = await subscribe(url, handler)
      const texts: string[] = []
      const read = textsOf(events, texts)
      await expect.poll(() => texts).toEqual(['record 1'])
      await gateway.stop(60_000)
      await read
      expect(told).toEqual(['over'])
    })
  })
}

/** One event, and a wait for the end. */
const untilHangUp = (told: string[]): Events =>
  async function* events({ signal, work }) {
    yield eventOf(1)
    work.park()
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
    work.unpark()
    told.push('over')
  }

for (const [version, open] of [
  ['HTTP/1.1', openHttp1],
  ['HTTP/2', openHttp2],
] as const) {
  describe(`a caller over ${version}`, () => {
    test('that hangs up ends the events', async () => {
      const told: string[] = []
      const { url, activity } = await createWorld({ extraServices: [streaming(untilHangUp(told))] })
      const body = await open(url, 'json')
      await new Promise((resolve) => body.once('data', resolve))
      body.destroy()
      await expect.poll(() => told).toEqual(['over'])
      await expect.poll(() => activity.open()).toEqual([])
    })

    test('that does not read gets no more events than fit', async () => {
      let made = 0
      let isOver = false
      const endless: Events = async function* events() {
        try {
          for (;;) {
            yield { type: 'SubscribeToShardEvent', payload: { Text: 'x'.repeat(100_000), number: ++made } }
          }
        } finally {
          isOver = true
        }
      }
      const { url, activity } = await createWorld({ extraServices: [streaming(endless)] })
      const body = await open(url, 'json')
      // Parked, since only the caller can move it on.
      await activity.idle()
      await expect.poll(() => activity.open().map(({ isParked }) => isParked)).toEqual([true])
      expect(made).toBeLessThan(1_000)
      body.destroy()
      await expect.poll(() => isOver).toBe(true)
      await expect.poll(() => activity.open()).toEqual([])
    })
  })
}

describe('the frames', () => {
  const framesIn = async (format: 'json' | 'cbor', end?: () => void) => {
    const { url } = await createWorld({ extraServices: [streaming(twoEvents(end))] })
    const chunks: Buffer[] = []
    for await (const chunk of await openHttp1(url, format)) chunks.push(chunk as Buffer)
    return [...framesOf(Buffer.concat(chunks))]
  }

  test('begin with the initial response, and are intact', async () => {
    const type = { ':content-type': 'application/x-amz-json-1.1' }
    const [first, second, third, ...others] = await framesIn('json')
    expect(first?.headers).toEqual({
      ...type,
      ':message-type': 'event',
      ':event-type': 'initial-response',
    })
    expect(first?.payload.toString()).toBe('{}')
    expect(second?.headers).toMatchObject({ ...type, ':event-type': 'SubscribeToShardEvent' })
    expect(JSON.parse(second?.payload.toString() ?? '')).toEqual(eventOf(1).payload)
    expect(JSON.parse(third?.payload.toString() ?? '')).toEqual(eventOf(2).payload)
    expect(others).toEqual([])
  })

  test('carry CBOR to callers that speak it', async () => {
    const tags = { 1: (content: () => unknown) => new Tagged(1, content()) }
    const [, second, , exception] = await framesIn('cbor', () => {
      throw new ServiceError('ResourceInUseException', 'Taken.')
    })
    expect(second?.headers).toMatchObject({ ':content-type': 'application/x-amz-cbor-1.1' })
    expect(decode(second?.payload ?? noBytes, { tags })).toEqual({
      Records: [
        {
          Data: new Uint8Array(Buffer.from('record 1')),
          ApproximateArrivalTimestamp: new Tagged(1, 1_500),
        },
      ],
      MillisBehindLatest: 1,
    })
    expect(exception?.headers).toMatchObject({
      ':message-type': 'exception',
      ':exception-type': 'ResourceInUseException',
    })
    expect(decode(exception?.payload ?? noBytes)).toMatchObject({ message: 'Taken.' })
  })
})

const noBytes = new Uint8Array()

interface Frame {
  readonly headers: Record<string, string>
  readonly payload: Buffer
}

/** The frames of an answer, their lengths and checksums checked. */
function* framesOf(bytes: Buffer): Generator<Frame> {
  for (let start = 0; start < bytes.length;) {
    const length = bytes.readUInt32BE(start)
    const frame = bytes.subarray(start, start + length)
    const headersEnd = 12 + frame.readUInt32BE(4)
    expect(frame.readUInt32BE(8)).toBe(crc32(frame.subarray(0, 8)))
    expect(frame.readUInt32BE(length - 4)).toBe(crc32(frame.subarray(0, length - 4)))
    yield {
      headers: headersOf(frame.subarray(12, headersEnd)),
      payload: frame.subarray(headersEnd, length - 4),
    }
    start += length
  }
}

function headersOf(bytes: Buffer): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let at = 0; at < bytes.length;) {
    const nameEnd = at + 1 + (bytes[at] ?? 0)
    expect(bytes[nameEnd]).toBe(7)
    const valueEnd = nameEnd + 3 + bytes.readUInt16BE(nameEnd + 1)
    headers[bytes.toString('utf8', at + 1, nameEnd)] = bytes.toString('utf8', nameEnd + 3, valueEnd)
    at = valueEnd
  }
  return headers
}

const requestHeaders = (format: 'json' | 'cbor') => ({
  'x-amz-target': 'Kinesis_20131202.SubscribeToShard',
  'content-type': `application/x-amz-${format}-1.1`,
})

function openHttp1(url: string, format: 'json' | 'cbor'): Promise<Readable> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', headers: requestHeaders(format), agent: false })
    request.on('response', resolve)
    request.on('error', reject)
    request.end()
  })
}

async function openHttp2(url: string, format: 'json' | 'cbor'): Promise<Readable> {
  const session = http2.connect(url)
  onTestFinished(() => session.destroy())
  const stream = session.request({ ':method': 'POST', ':path': '/', ...requestHeaders(format) })
  stream.on('error', () => {})
  stream.end()
  await new Promise((resolve) => stream.once('response', resolve))
  return stream
}
