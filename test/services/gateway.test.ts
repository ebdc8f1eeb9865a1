import http from 'node:http'
import type net from 'node:net'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { describe, expect, test } from 'vitest'
import { readBody } from '../../src/services/gateway/index.ts'
import type { Service } from '../../src/services/service.ts'
import { accountId, createWorld, query, sqsJson } from './world.ts'

/** A request with headers that fetch would not let through. */
const request = (
  port: number,
  options: http.RequestOptions & { body?: string | Buffer },
): Promise<{ status: number; headers: http.IncomingHttpHeaders; body: string }> =>
  new Promise((resolve, reject) => {
    const outgoing = http.request({ host: '127.0.0.1', port, agent: false, ...options }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(options.body)
  })

const asJson = { 'X-Amz-Target': 'AmazonSQS.ListQueues', 'Content-Type': 'application/x-amz-json-1.0' }

describe('the Host header', () => {
  const listQueues = (port: number, host: string) =>
    request(port, { method: 'POST', headers: { ...asJson, Host: host }, body: '{}' })

  for (const host of [
    'localhost',
    '127.0.0.1:9000',
    '[::1]:9000',
    '192.168.1.7',
    'LOCALHOST.',
    'x.lambda-url.us-east-1.localhost',
    'sqs.us-east-1.amazonaws.com',
    'host.docker.internal:9000',
  ]) {
    test(`may be ${host}`, async () => {
      const { port } = await createWorld()
      expect((await listQueues(port, host)).status).toBe(200)
    })
  }

  for (const host of [
    'evil.example',
    'localhost.evil.example',
    'amazonaws.com.evil.example',
    '127.0.0.1.evil.example',
  ]) {
    test(`may not be ${host}`, async () => {
      const { port, logged } = await createWorld()
      const answer = await listQueues(port, host)
      expect(answer.status).toBe(403)
      expect(answer.body).toContain(`Requests for the host '${host}' are refused`)
      expect(logged).toEqual([`refused a request for the host '${host}'`])
    })
  }

  test('decides the queue URLs that are given out', async () => {
    const { port } = await createWorld()
    const headers = { ...asJson, 'X-Amz-Target': 'AmazonSQS.CreateQueue', Host: 'host.docker.internal:9000' }
    const { body } = await request(port, { method: 'POST', headers, body: '{"QueueName":"orders"}' })
    expect(JSON.parse(body)).toEqual({ QueueUrl: `http://host.docker.internal:9000/${accountId}/orders` })
  })
})

describe('dispatch', () => {
  test('answers an operation that AWS has and we have not with 501 and a log line', async () => {
    const { url, logged } = await createWorld()
    const { status, xml } = await query(url, { Action: 'AddPermission', Version: '2010-03-31' })
    expect(status).toBe(501)
    expect(xml).toContain('<Code>UnknownOperation')
    expect(xml).toContain('The sns operation AddPermission is not supported here. Supported: CreateTopic, ')
    expect(logged).toHaveLength(1)
  })

  test('answers an operation that does not exist as AWS does', async () => {
    const { url, logged } = await createWorld()
    expect(await sqsJson(url, 'Frobnicate', {})).toMatchObject({
      status: 400,
      body: { __type: 'com.amazonaws.sqs#UnknownOperationException' },
    })
    expect(logged).toEqual(["sqs has no operation 'Frobnicate'"])
  })

  test('never takes an operation from the prototype', async () => {
    const { url } = await createWorld()
    expect((await sqsJson(url, 'constructor', {})).status).toBe(400)
  })

  test('says which services are served when another is asked for', async () => {
    const { url } = await createWorld()
    const headers = { 'X-Amz-Target': 'DynamoDB_20120810.ListTables' }
    const response = await fetch(url, { method: 'POST', headers, body: '{}' })
    expect(response.status).toBe(501)
    expect(await response.json()).toEqual({
      __type: 'UnknownServiceException',
      message: "The service 'DynamoDB_20120810' is not served here. Served: lambda, sqs, sns, sts.",
    })
  })

  test('knows the service of a form by its signature or its version', async () => {
    const { url, sts } = await createWorld()
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: accountId,
      Arn: `arn:aws:iam::${accountId}:root`,
      UserId: accountId,
    })
    expect(await query(url, { Action: 'GetCallerIdentity', Version: '2011-06-15' })).toEqual({
      status: 200,
      xml: `<?xml version="1.0"?><GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${accountId}:root</Arn><UserId>${accountId}</UserId><Account>${accountId}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId><uuid></RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
    })
    const other = await query(url, { Action: 'DescribeInstances', Version: '2016-11-15' })
    expect(other.status).toBe(501)
  })
})

describe('requests', () => {
  const echo: Service = {
    name: 'echo',
    operations: {
      Echo: (input: object) => input,
      Fail: () => {
        throw new Error('a bug')
      },
    },
    notBuilt: [],
    maximumBodyBytes: 10,
    json: { target: 'Echo', version: '1.1', namespace: 'com.example' },
  }
  const call = (url: string, operation: string, body: string | ReadableStream, more: object = {}) =>
    fetch(url, { method: 'POST', headers: { 'X-Amz-Target': `Echo.${operation}` }, body, ...more })

  test('that are too large are refused before they are read, also without a length', async () => {
    const { url } = await createWorld({ extraServices: [echo] })
    const refused = await call(url, 'Echo', '{"a":"123456"}')
    expect(refused.status).toBe(413)
    expect(await refused.json()).toMatchObject({ __type: 'com.example#RequestEntityTooLargeException' })
    const stream = new ReadableStream({
      start(controller) {
        for (let count = 0; count < 10; count++) controller.enqueue(Buffer.from('{"a":'))
        controller.close()
      },
    })
    expect((await call(url, 'Echo', stream, { duplex: 'half' })).status).toBe(413)
    expect((await call(url, 'Echo', '{"a":1}')).status).toBe(200)
  })

  test('that fail by our own fault are 500, with the cause in the log only', async () => {
    const { url, logged } = await createWorld({ extraServices: [echo] })
    const failed = await call(url, 'Fail', '{}')
    expect(failed.status).toBe(500)
    expect(await failed.text()).not.toContain('a bug')
    expect(logged).toEqual(['echo Fail failed: Error: a bug'])
  })

  test('of a web page from elsewhere are refused unless they are signed', async () => {
    const { port } = await createWorld()
    const headers = { Origin: 'https://evil.example', 'Content-Type': 'application/x-www-form-urlencoded' }
    const body = 'Action=ListQueues&Version=2012-11-05'
    expect((await request(port, { method: 'POST', headers, body })).status).toBe(403)
    const own = { ...headers, Origin: `http://127.0.0.1:${port}` }
    expect((await request(port, { method: 'POST', headers: own, body })).status).toBe(200)
    const Authorization = 'AWS4-HMAC-SHA256 Credential=key/20260102/us-east-1/sqs/aws4_request, x=y'
    expect(
      (await request(port, { method: 'POST', headers: { ...headers, Authorization }, body })).status,
    ).toBe(200)
  })

  test('reuse one connection', async () => {
    const { port } = await createWorld()
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    const sockets = new Set<net.Socket | null>()
    for (let count = 0; count < 3; count++) {
      const answer = await request(port, { method: 'POST', headers: asJson, body: '{}', agent })
      expect(answer.headers.connection).toBe('keep-alive')
      sockets.add(Object.values(agent.freeSockets)[0]?.[0] ?? null)
    }
    expect(sockets.size).toBe(1)
    agent.destroy()
  })

  test('every answer has a request id', async () => {
    const { port } = await createWorld()
    for (const headers of [asJson, { Host: 'evil.example' }, { 'X-Amz-Target': 'No.Such' }, {}]) {
      const answer = await request(port, { method: 'POST', headers, body: '{}' })
      expect(answer.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/)
    }
  })
})

test('extra routes come first, read bodies themselves, and their failures are 500', async () => {
  const { url, logged } = await createWorld({
    extraRoutes: [
      {
        matches: ({ url: path }) => path?.startsWith('/_lambent/') === true,
        async handle(incoming, response) {
          if (incoming.url === '/_lambent/fail') throw new Error('no')
          response.end((await readBody(incoming, 5))?.toString() ?? 'too large')
        },
      },
    ],
  })
  const post = async (path: string, body: string) =>
    (await fetch(url + path, { method: 'POST', body })).text()
  expect(await post('/_lambent/echo', 'hello')).toBe('hello')
  expect(await post('/_lambent/echo', 'hello!')).toBe('too large')
  expect(await post('/_lambent/fail', '')).toBe('The request failed; the log says why.\n')
  expect(logged).toEqual(['POST /_lambent/fail failed: Error: no'])
})

test('a port that is taken is named, with the cure', async () => {
  const { port } = await createWorld()
  const { gateway } = await createWorld()
  await gateway.stop()
  await expect(gateway.start(port, '127.0.0.1')).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is taken by another program. Stop that program, or choose another port with --port (0 picks a free one).`,
  )
})

test('stopping lets an answer in progress end and closes idle connections', async () => {
  let began: (answer: () => void) => void = () => {}
  const beginning = new Promise<() => void>((resolve) => (began = resolve))
  const { port, gateway } = await createWorld({
    extraRoutes: [{ matches: () => true, handle: (_, response) => began(() => response.end('done')) }],
  })
  const agent = new http.Agent({ keepAlive: true })
  const pending = request(port, { agent })
  const answer = await beginning
  const stopped = gateway.stop()
  answer()
  expect((await pending).body).toBe('done')
  await stopped
  await gateway.stop()
  agent.destroy()
})
