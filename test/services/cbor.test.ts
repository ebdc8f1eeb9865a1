import http2 from 'node:http2'
import { decode, encode, Tagged } from 'cborg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ServiceError } from '../../src/services/operation.ts'
import { list, map, structure } from '../../src/services/protocol/shapes.ts'
import type { Service } from '../../src/services/service.ts'
import { createWorld } from './world.ts'

const record = structure({ Data: 'blob', At: 'timestamp', Key: 'string', Count: 'integer' })

const everything = structure({
  ...record.members,
  Records: list('member', record),
  ByName: map('entry', 'key', 'value', 'blob'),
})

/** Answers what it was given, beside the JSON form that the operation saw. */
const echo: Service = {
  name: 'echo',
  operations: {
    Echo: (input: Record<string, unknown>) => ({ ...input, Seen: JSON.stringify(input) }),
    Nothing: () => undefined,
    Fail: () => {
      throw new ServiceError('EchoException', 'No echo.', { details: { Reason: 'silence' } })
    },
  },
  notBuilt: ['Later'],
  maximumBodyBytes: 100_000,
  json: {
    target: 'Echo_1',
    version: '1.1',
    cbor: true,
    shapes: {
      Echo: {
        input: everything,
        output: structure({ ...everything.members, Seen: 'string' }),
      },
    },
  },
}

interface Answer {
  readonly status: number
  readonly type: string | null
  readonly bytes: Uint8Array
}

type Post = (url: string, target: string, body: Uint8Array) => Promise<Answer>

const headersOf = (target: string) => ({
  'content-type': 'application/x-amz-cbor-1.1',
  'x-amz-target': target,
})

const postHttp1: Post = async (url, target, body) => {
  const response = await fetch(url, { method: 'POST', headers: headersOf(target), body: Buffer.from(body) })
  const bytes = new Uint8Array(await response.arrayBuffer())
  return { status: response.status, type: response.headers.get('content-type'), bytes }
}

const postHttp2: Post = (url, target, body) =>
  new Promise((resolve, reject) => {
    const session = http2.connect(url)
    onTestFinished(() => session.destroy())
    const stream = session.request({ ':method': 'POST', ':path': '/', ...headersOf(target) })
    const chunks: Buffer[] = []
    let answer = { status: 0, type: null as string | null }
    stream.on('response', (headers) => {
      answer = { status: headers[':status'] ?? 0, type: headers['content-type'] ?? null }
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', reject)
    stream.on('end', () => resolve({ ...answer, bytes: Buffer.concat(chunks) }))
    stream.end(body)
  })

/** Times come back as the milliseconds below their tag. */
const tags = { 1: (content: () => unknown) => new Tagged(1, content()) }

const atMs = 1_772_000_000_123

for (const [version, post] of [
  ['HTTP/1.1', postHttp1],
  ['HTTP/2', postHttp2],
] as const) {
  const call = async (target: string, body: Uint8Array | object) => {
    const { url } = await createWorld({ extraServices: [echo] })
    const bytes = body instanceof Uint8Array ? body : encode(body)
    const answer = await post(url, target, bytes)
    return {
      ...answer,
      body: answer.bytes.length > 0 ? (decode(answer.bytes, { tags }) as Record<string, unknown>) : undefined,
    }
  }

  describe(`CBOR over ${version}`, () => {
    test('gives operations base64 and seconds, and callers bytes and milliseconds', async () => {
      const inner = { Data: Buffer.from('hello'), At: new Tagged(1, atMs), Key: 'k', Count: 3 }
      const input = { ...inner, Records: [inner, inner], ByName: { one: Buffer.from([0, 255]) } }
      const { status, type, body } = await call('Echo_1.Echo', input)
      expect([status, type]).toEqual([200, 'application/x-amz-cbor-1.1'])
      const seen = { Data: 'aGVsbG8=', At: atMs / 1_000, Key: 'k', Count: 3 }
      const { Seen, ...rest } = body ?? {}
      expect(JSON.parse(String(Seen))).toEqual({ ...seen, Records: [seen, seen], ByName: { one: 'AP8=' } })
      const back = { ...inner, Data: new Uint8Array(inner.Data) }
      const ByName = { one: new Uint8Array([0, 255]) }
      expect(rest).toEqual({ ...back, Records: [back, back], ByName })
    })

    test('answers errors with the members that they have in JSON', async () => {
      expect(await call('Echo_1.Fail', {})).toMatchObject({
        status: 400,
        type: 'application/x-amz-cbor-1.1',
        body: { __type: 'EchoException', message: 'No echo.', Reason: 'silence' },
      })
      const notBuilt = await call('Echo_1.Later', {})
      expect(notBuilt).toMatchObject({ status: 501, body: { __type: 'UnknownOperationException' } })
    })

    for (const [what, body] of [
      ['what is no CBOR', Buffer.from('{}')],
      ['what breaks off', Buffer.from('a16444', 'hex')],
      ['bytes after the end', Buffer.from('a0a0', 'hex')],
      ['a list', encode([])],
      ['a tag that nobody knows', Buffer.from('a16344617461d9ffff01', 'hex')],
      ['a list without an end to its depth', Buffer.alloc(50_000, 0x81)],
      ['a number for a text', encode({ Key: 1 })],
      ['bytes for a text', encode({ Key: Buffer.from('k') })],
      ['a text for a number', encode({ Count: '1' })],
      ['a text for a time', encode({ At: 'now' })],
    ] as const) {
      test(`refuses ${what}`, async () => {
        const { status, body: answered } = await call('Echo_1.Echo', body)
        expect(status).toBe(400)
        expect(answered).toMatchObject({ __type: 'SerializationException' })
      })
    }

    test('answers an empty body as an empty input, and nothing as an empty map', async () => {
      expect((await call('Echo_1.Echo', new Uint8Array())).body).toEqual({ Seen: '{}' })
      expect((await call('Echo_1.Nothing', {})).body).toEqual({})
    })

    test('refuses a body that is too large', async () => {
      const { status, body } = await call('Echo_1.Echo', Buffer.alloc(100_001))
      expect(status).toBe(413)
      expect(body).toMatchObject({ __type: 'RequestEntityTooLargeException' })
    })
  })
}

describe('CBOR', () => {
  for (const [what, hex, seen] of [
    ['64-bit integers', '1b00000000000000ff', 255],
    ['large numbers', 'c249010000000000000000', 2 ** 64],
    ['negative large numbers', 'c349010000000000000000', -1 - 2 ** 64],
    ['half floats', 'f93e00', 1.5],
    ['texts in pieces', '7f61616162ff', 'ab'],
    ['bytes in pieces', '5f41004101ff', 'AAE='],
    ['lists without a length', '9f01ff', [1]],
    ['maps without a length', 'bf616101ff', { a: 1 }],
    ['null', 'f6', null],
  ] as const) {
    test(`reads ${what}`, async () => {
      const { url } = await createWorld({ extraServices: [echo] })
      const input = Buffer.concat([Buffer.from('a1634f6e65', 'hex'), Buffer.from(hex, 'hex')])
      const { bytes } = await postHttp1(url, 'Echo_1.Echo', input)
      expect(JSON.parse((decode(bytes) as { Seen: string }).Seen)).toEqual({ One: seen })
    })
  }

  test('reads a time without a tag as milliseconds, and leaves out members that are null', async () => {
    const { url } = await createWorld({ extraServices: [echo] })
    const { bytes } = await postHttp1(url, 'Echo_1.Echo', encode({ At: atMs, Key: null }))
    expect((decode(bytes, { tags }) as { Seen: string }).Seen).toBe(`{"At":${atMs / 1_000}}`)
  })

  test('is for those who say so: JSON stays JSON', async () => {
    const { url } = await createWorld({ extraServices: [echo] })
    const headers = { ...headersOf('Echo_1.Echo'), 'content-type': 'application/x-amz-json-1.1' }
    const response = await fetch(url, { method: 'POST', headers, body: '{"Data":"aGVsbG8="}' })
    expect(await response.json()).toMatchObject({ Data: 'aGVsbG8=' })
  })
})
