import { once } from 'node:events'
import type http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import { KinesisClient } from '@aws-sdk/client-kinesis'
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import * as fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readBody } from '../../src/services/gateway/index.ts'
import { versionOf } from '../../src/services/gateway/preface.ts'
import { createWorld, region, sqsJson } from './world.ts'

/** The SDK's own HTTP/2 handler: that of a client that uses it by default. */
const http2Handler = () => new KinesisClient({ region }).config.requestHandler

function sqsOverHttp2(endpoint: string): SQSClient {
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }
  const client = new SQSClient({
    endpoint,
    region,
    credentials,
    maxAttempts: 1,
    requestHandler: http2Handler(),
  })
  onTestFinished(() => client.destroy())
  return client
}

async function connect(url: string, options?: http2.ClientSessionOptions): Promise<http2.ClientHttp2Session> {
  const session = http2.connect(url, options)
  session.on('error', () => {})
  onTestFinished(() => session.destroy())
  await new Promise((resolve) => session.once('connect', resolve))
  return session
}

interface Answer {
  readonly status: number
  readonly headers: http2.IncomingHttpHeaders
  readonly body: string
}

function answerOf(stream: http2.ClientHttp2Stream): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let headers: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader = {}
    const chunks: Buffer[] = []
    stream.on('response', (received) => (headers = received))
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', reject)
    stream.on('close', () => {
      resolve({ status: headers[':status'] ?? 0, headers, body: Buffer.concat(chunks).toString() })
    })
  })
}

const post = { ':method': 'POST', ':path': '/' }

const asJson = (operation: string) => ({
  ...post,
  'x-amz-target': `AmazonSQS.${operation}`,
  'content-type': 'application/x-amz-json-1.0',
})

function call(
  session: http2.ClientHttp2Session,
  operation: string,
  input: object = {},
  headers: http2.OutgoingHttpHeaders = {},
): Promise<Answer> {
  const stream = session.request({ ...asJson(operation), ...headers })
  stream.end(JSON.stringify(input))
  return answerOf(stream)
}

describe('HTTP/2 with prior knowledge', () => {
  test('serves an SDK client', async () => {
    const { url } = await createWorld()
    const sqs = sqsOverHttp2(url)
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }))
    expect(QueueUrl).toBe(`${url}/000000000000/orders`)
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x'.repeat(250_000) }))
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
    expect(Messages?.[0]?.Body).toHaveLength(250_000)
  })

  test('answers errors, request ids and no connection headers', async () => {
    const { url } = await createWorld()
    const { status, headers, body } = await call(await connect(url), 'GetQueueUrl', { QueueName: 'none' })
    expect(status).toBe(400)
    expect(JSON.parse(body)).toMatchObject({ __type: 'com.amazonaws.sqs#QueueDoesNotExist' })
    expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/)
    expect(headers).not.toHaveProperty('connection')
    expect(headers['content-length']).toBe(String(body.length))
  })

  test('shares the port with HTTP/1.1', async () => {
    const { url } = await createWorld()
    const session = await connect(url)
    await Promise.all([
      call(session, 'CreateQueue', { QueueName: 'two' }),
      sqsJson(url, 'CreateQueue', { QueueName: 'one' }),
    ])
    const { body } = await call(session, 'ListQueues')
    expect(JSON.parse(body)).toEqual({
      QueueUrls: [`${url}/000000000000/one`, `${url}/000000000000/two`],
    })
    expect((await sqsJson(url, 'ListQueues', {})).body).toEqual(JSON.parse(body))
  })

  test('answers many streams of one connection', async () => {
    const { url } = await createWorld()
    const session = await connect(url)
    const { body } = await call(session, 'CreateQueue', { QueueName: 'orders' })
    const { QueueUrl } = JSON.parse(body) as { QueueUrl: string }
    const MessageBody = 'x'.repeat(100_000)
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => call(session, 'SendMessage', { QueueUrl, MessageBody })),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ headers }) => headers['x-amzn-requestid'])).size).toBe(200)
  })

  test('takes a body that is larger than its window, and refuses one that is too large', async () => {
    const { url } = await createWorld()
    const session = await connect(url, { maxSessionMemory: 100 })
    const long = await call(session, 'SendMessage', { MessageBody: 'x'.repeat(2_500_000) })
    expect(long.body).toContain('MissingRequiredParameter')
    const tooLong = await call(session, 'SendMessage', { MessageBody: 'x'.repeat(20_000_000) })
    expect(tooLong.body).toContain('Request must be smaller than')
    expect((await call(session, 'ListQueues')).status).toBe(200)
  })

  test('gives extra routes requests and responses as HTTP/1.1 does', async () => {
    const { url } = await createWorld({
      extraRoutes: [
        {
          matches: (request) => request.url === '/mine',
          async handle(request, response) {
            const body = await readBody(request, 100)
            const { headers, method, rawHeaders, socket } = request
            const { remoteAddress } = socket
            response.writeHead(201, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Connection', 'close'])
            response.end(
              JSON.stringify({ headers, method, rawHeaders, remoteAddress, text: body?.toString() }),
            )
          },
        },
      ],
    })
    const session = await connect(url)
    const stream = session.request({ ':method': 'PUT', ':path': '/mine', 'x-own': 'yes' })
    stream.end('hello')
    const { status, headers, body } = await answerOf(stream)
    const host = url.slice('http://'.length)
    expect(status).toBe(201)
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2'])
    expect(headers).not.toHaveProperty('connection')
    expect(JSON.parse(body)).toEqual({
      headers: { host, 'x-own': 'yes' },
      method: 'PUT',
      rawHeaders: ['host', host, 'x-own', 'yes'],
      remoteAddress: '127.0.0.1',
      text: 'hello',
    })
  })

  test('answers HEAD without a body', async () => {
    const { url } = await createWorld()
    const session = await connect(url)
    const stream = session.request({ ':method': 'HEAD', ':path': '/nowhere' }, { endStream: true })
    expect(await answerOf(stream)).toMatchObject({ status: 501, body: '' })
  })
})

describe('over HTTP/2', () => {
  test('the authority is checked as a Host is', async () => {
    const { url, logged } = await createWorld()
    const session = await connect(url)
    const { status, body } = await call(session, 'ListQueues', {}, { ':authority': 'evil.example' })
    expect(status).toBe(403)
    expect(body).toContain("Requests for the host 'evil.example' are refused")
    expect(logged).toEqual(["refused a request for the host 'evil.example'"])
  })

  test('the authority counts where a Host says otherwise', async () => {
    const { url } = await createWorld()
    const headers = { ':authority': 'evil.example', host: 'localhost' }
    expect((await call(await connect(url), 'ListQueues', {}, headers)).status).toBe(403)
  })

  test('the page of another origin is refused', async () => {
    const { url } = await createWorld()
    const session = await connect(url)
    expect((await call(session, 'ListQueues', {}, { origin: 'http://evil.example' })).status).toBe(403)
    expect((await call(session, 'ListQueues', {}, { origin: url })).status).toBe(200)
  })

  test('a stream that is reset ends the wait of its request', async () => {
    const { url, sqs, activity } = await createWorld()
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }))
    const session = await connect(url)
    const stream = session.request(asJson('ReceiveMessage'))
    stream.end(JSON.stringify({ QueueUrl, WaitTimeSeconds: 20 }))
    // The session's next answer shows that the long poll has begun.
    await call(session, 'ListQueues')
    expect(activity.open()).not.toEqual([])
    stream.close(http2.constants.NGHTTP2_CANCEL)
    await expect.poll(() => activity.open()).toEqual([])
  })

  test('a request that is reset before its end is never run', async () => {
    const { url } = await createWorld()
    const session = await connect(url)
    const stream = session.request(asJson('CreateQueue'))
    stream.on('error', () => {})
    stream.write('{"QueueName":"orders"}')
    await call(session, 'ListQueues')
    // Unlike close(), which ends the body first.
    stream.destroy()
    await call(session, 'ListQueues')
    expect(JSON.parse((await call(session, 'ListQueues')).body)).toEqual({})
  })
})

describe('the first bytes of a connection', () => {
  test('tell the version as soon as they can, and never another one later', () => {
    const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    const start = fc
      .tuple(fc.nat(preface.length), fc.uint8Array({ maxLength: 30 }))
      .map(([length, rest]) => Buffer.concat([preface.subarray(0, length), rest]))
    fc.assert(
      fc.property(start, (bytes) => {
        const isPreface = bytes.subarray(0, 14).equals(preface.subarray(0, 14))
        for (let length = 0; length <= bytes.length; length++) {
          const some = bytes.subarray(0, length)
          const isOpen = some.equals(preface.subarray(0, length)) && length < 14
          expect(versionOf(some)).toBe(isOpen ? undefined : isPreface ? 2 : 1)
        }
      }),
    )
  })

  test('may come one by one', async () => {
    const { port } = await createWorld()
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
    onTestFinished(() => void socket.destroy())
    for (const byte of 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n') {
      socket.write(byte)
      await new Promise((resolve) => setImmediate(resolve))
    }
    // Settings, empty: what a client has to send first.
    socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer[3]).toBe(4)
  })

  test('may begin like HTTP/2 and be a request of HTTP/1.1', async () => {
    const { port } = await createWorld()
    const socket = net.connect({ port, host: '127.0.0.1' })
    onTestFinished(() => void socket.destroy())
    socket.write('P')
    await new Promise((resolve) => setImmediate(resolve))
    socket.write('UT /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    expect(await textOf(socket)).toContain('HTTP/1.1 501')
  })

  for (const [what, bytes] of [
    ['nothing', ''],
    ['a part of the preface', 'PRI * HT'],
    ['a preface and garbage', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nwhatever this may be, it is no frame'],
    ['a preface that breaks off', 'PRI * HTTP/2.0\r\n\r\nXX'],
    ['something else', '\x16\x03\x01\x02\x00'],
  ] as const) {
    test(`may be ${what}: the connection ends, others go on`, async () => {
      const { port, url, logged } = await createWorld()
      const socket = net.connect({ port, host: '127.0.0.1' })
      socket.end(bytes)
      await textOf(socket)
      expect((await sqsJson(url, 'ListQueues', {})).status).toBe(200)
      expect((await call(await connect(url), 'ListQueues')).status).toBe(200)
      expect(logged).toEqual([])
    })
  }
})

describe('stopping', () => {
  test('hangs up on sessions and connections that are idle', async () => {
    const { url, port, gateway } = await createWorld()
    const session = await connect(url)
    await call(session, 'ListQueues')
    const silent = net.connect({ port, host: '127.0.0.1' })
    silent.on('error', () => {})
    await new Promise((resolve) => silent.once('connect', resolve))
    const ended = Promise.all([closed(session), closed(silent)])
    await gateway.stop(60_000)
    await ended
    expect([session.destroyed, silent.destroyed]).toEqual([true, true])
  })

  test('lets the answers of open streams end', async () => {
    const { url, port, gateway } = await createWorld({ extraRoutes: [slowRoute] })
    const session = await connect(url)
    const stream = session.request({ ':method': 'POST', ':path': '/slow' })
    const answer = answerOf(stream)
    await new Promise((resolve) => stream.once('response', resolve))
    const stopped = gateway.stop(60_000)
    await new Promise((resolve) => session.once('goaway', resolve))
    await expect(refused(port)).resolves.toBe('ECONNREFUSED')
    stream.end('now')
    expect((await answer).body).toBe('begin now')
    await stopped
  })

  test('cuts what is open when the grace is over', async () => {
    const { url, gateway } = await createWorld({ extraRoutes: [slowRoute] })
    const session = await connect(url)
    const stream = session.request({ ':method': 'POST', ':path': '/slow' })
    stream.on('error', () => {})
    await new Promise((resolve) => stream.once('response', resolve))
    await gateway.stop(0)
    await closed(session)
    expect(stream.destroyed).toBe(true)
  })

  test('wakes a long poll', async () => {
    const { url, sqs, gateway } = await createWorld()
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }))
    const session = await connect(url)
    const waiting = call(session, 'ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 })
    await call(session, 'ListQueues')
    await gateway.stop(60_000)
    expect(await waiting).toMatchObject({ status: 200, body: '{}' })
  })
})

/** Answers its first bytes at once and the rest when the request has ended. */
const slowRoute = {
  matches: (request: http.IncomingMessage) => request.url === '/slow',
  async handle(request: http.IncomingMessage, response: http.ServerResponse) {
    response.write('begin ')
    response.end(await readBody(request, 100))
  },
}

const closed = (ending: net.Socket | http2.ClientHttp2Session): Promise<void> =>
  new Promise((resolve) => {
    if (ending.destroyed) resolve()
    else ending.once('close', () => resolve())
  })

const textOf = (socket: net.Socket): Promise<string> =>
  new Promise((resolve) => {
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })

const refused = (port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' })
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    socket.on('connect', () => resolve(undefined))
  })
