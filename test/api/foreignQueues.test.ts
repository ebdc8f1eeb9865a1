import { createHash } from 'node:crypto'
import { type ClientRequest, createServer, type IncomingMessage, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readAll } from 'node:stream/consumers'
import { type App, type Log, type QueueSummary, start, type StartOptions } from 'lambent'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { receivedMessage } from '../../src/api/foreignQueues/receivedMessage.ts'
import { loadSqsPackage } from '../../src/api/foreignQueues/sqsPackage.ts'
import { createProject, startProject } from '../tools/project.ts'

// Where no credentials are, the SDK would look for those of a virtual machine.
beforeAll(() => void vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true'))

/** Another Lambent, whose queues are the foreign ones. */
const THERE = {
  'lambda.yml': `
functions: { idle: { handler: idle.handler } }
resources:
  queues: { orders: { visibilityTimeout: 60, redrive: { queue: dead, maxReceiveCount: 2 } }, dead: {}, done: {} }
`,
  'idle.js': 'exports.handler = async () => {}',
}

const here = (sqs: string, more = ''): Record<string, string> => ({
  'lambda.yml': `
functions:
  worker:
    handler: worker.handler
    maximumRetryAttempts: 0
    events: [{ sqs: { queue: orders, functionResponseType: ReportBatchItemFailures${more} } }]
    destinations: { onSuccess: sqs:done, onFailure: sqs:nowhere }
resources: { queues: { dead: {} } }
endpoints: { sqs: '${sqs}' }
`,
  'worker.js': `
exports.handler = async ({ Records, fails }) => {
  if (fails) throw new Error('no')
  const failed = (Records ?? []).filter(({ body }) => body === 'bad')
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
}`,
})

const HEADERS = { 'content-type': 'application/x-amz-json-1.0' }

/** Posts to the SQS of an application, over a connection of its own: none is left open for its end to wait for. */
const post = (
  app: App,
  action: string,
  body: string,
): Promise<IncomingMessage> & { request: ClientRequest } => {
  const headers = { ...HEADERS, 'x-amz-target': `AmazonSQS.${action}` }
  const request = httpRequest(app.url, { method: 'POST', agent: false, headers })
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    request.on('response', resolve).on('error', reject).end(body),
  )
  return Object.assign(answered, { request })
}

/** Asks the SQS of an application, as any client. */
const sqs = async (app: App, action: string, input: object): Promise<Record<string, unknown>> =>
  JSON.parse(await readAll(await post(app, action, JSON.stringify(input)))) as Record<string, unknown>

const send = (app: App, body: string, more: object = {}): Promise<Record<string, unknown>> =>
  sqs(app, 'SendMessage', { QueueUrl: 'orders', MessageBody: body, ...more })

const bodies = (app: App, queue: string): string[] =>
  app
    .queue(queue)
    .messages()
    .map(({ body }) => body)

/** A log that can be waited on. */
function watchedLog(): { log: Log; warned: (part: string) => Promise<void> } {
  const warnings: string[] = []
  const waiting = new Set<() => void>()
  return {
    log: {
      debug() {},
      info() {},
      error() {},
      warn(message) {
        warnings.push(message)
        for (const look of waiting) look()
      },
    },
    warned: (part) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!warnings.some((one) => one.includes(part))) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}

/** Resolves with the first entry from now on that is of a kind and has the facts. */
const nextEntry = (app: App, kind: string, facts: object = {}): Promise<object> =>
  new Promise((resolve) => {
    const unsubscribe = app.ledger.subscribe((entry) => {
      if (entry.kind !== kind || !isSubset(facts, entry)) return
      unsubscribe()
      resolve(entry)
    })
  })

const isSubset = (facts: object, entry: object): boolean =>
  Object.entries(facts).every(([key, value]) => (entry as Record<string, unknown>)[key] === value)

type Tamper = (action: string, input: Record<string, unknown>) => { status: number; body: object } | undefined

/** A server in front of `app` that answers in its place when `tamper` says so. */
async function startProxy(app: App, tamper: Tamper): Promise<string> {
  const server = createServer((request, response) => {
    void (async () => {
      const body = await readAll(request)
      const action = String(request.headers['x-amz-target']).slice('AmazonSQS.'.length)
      const answer = tamper(action, JSON.parse(body) as Record<string, unknown>)
      if (answer) {
        response.writeHead(answer.status, HEADERS).end(JSON.stringify(answer.body))
        return
      }
      const answered = post(app, action, body)
      response.on('close', () => answered.request.destroy())
      const real = await answered
      real.pipe(response.writeHead(real.statusCode ?? 500, HEADERS))
    })().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const startHere = (endpoint: string, options: StartOptions = {}, more?: string) =>
  startProject(here(endpoint, more), options)

test('messages of a foreign queue invoke functions here, as AWS’s events have them, and what failed stays', async () => {
  const there = await startProject(THERE)
  // The clock here stands still: waiting for the network is none of its business.
  const app = await startHere(there.url)
  const { MessageId } = await send(there, '{ "a": 1.0 }', {
    MessageAttributes: {
      kind: { DataType: 'String', StringValue: 'new' },
      blob: { DataType: 'Binary.raw', BinaryValue: 'AQID' },
    },
    MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-5e1b4151-1' } },
  })
  const first = await app.function('worker').next()
  const { Records } = first.event as { Records: { attributes: object; messageAttributes: object }[] }
  expect(first).toMatchObject({ door: 'sqs' })
  expect(Records).toEqual([
    {
      messageId: MessageId,
      receiptHandle: expect.any(String) as string,
      body: '{ "a": 1.0 }',
      attributes: {
        ApproximateReceiveCount: '1',
        AWSTraceHeader: 'Root=1-5e1b4151-1',
        SentTimestamp: String(there.clock.now()),
        SenderId: '000000000000',
        ApproximateFirstReceiveTimestamp: String(there.clock.now()),
      },
      messageAttributes: {
        kind: { stringValue: 'new', stringListValues: [], binaryListValues: [], dataType: 'String' },
        blob: { binaryValue: 'AQID', stringListValues: [], binaryListValues: [], dataType: 'Binary.raw' },
      },
      md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      md5OfBody: createHash('md5').update('{ "a": 1.0 }').digest('hex'),
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:orders',
      awsRegion: 'us-east-1',
    },
  ])

  const ended = nextEntry(app, 'batchEnded', { left: 1, removed: 0 })
  await send(there, 'bad')
  await ended
  expect(bodies(there, 'orders')).toEqual(['bad'])
  // The queue's own redrive policy decides what becomes of it: SQS does that, not the reader.
  const again = nextEntry(app, 'batchEnded', { left: 1 })
  await there.clock.advance('60s')
  await again
  await there.clock.advance('60s')
  await there.settle()
  expect([bodies(there, 'orders'), bodies(there, 'dead')]).toEqual([[], ['bad']])
})

test('what SQS could not delete is deleted again, and an expired handle is let go', async () => {
  const there = await startProject(THERE)
  const asked: unknown[][] = []
  const endpoint = await startProxy(there, (action, input) => {
    if (action !== 'DeleteMessageBatch') return undefined
    const entries = input['Entries'] as { Id: string }[]
    asked.push(entries.map(({ Id }) => Id))
    if (asked.length > 1) return undefined
    const [theirs, ours] = entries
    const failed = (entry: { Id: string } | undefined, SenderFault: boolean) => ({
      Id: entry?.Id,
      SenderFault,
      Code: SenderFault ? 'ReceiptHandleIsInvalid' : 'InternalError',
    })
    return { status: 200, body: { Successful: [], Failed: [failed(theirs, true), failed(ours, false)] } }
  })
  await sqs(there, 'SendMessageBatch', {
    QueueUrl: 'orders',
    Entries: ['expired', 'unlucky'].map((body, index) => ({ Id: String(index), MessageBody: body })),
  })
  const app = await startHere(endpoint)
  expect(await nextEntry(app, 'batchEnded')).toMatchObject({ removed: 2 })
  expect(asked).toEqual([['0', '1'], ['0']])
  expect(bodies(there, 'orders')).toEqual(['expired'])
})

test('what was only gathered for a batch is visible there again when Lambent stops', async () => {
  const there = await startProject(THERE)
  let received = 0
  let isGathering = (): void => {}
  const gathering = new Promise<void>((resolve) => (isGathering = resolve))
  const endpoint = await startProxy(there, (action) => {
    // With the first message in hand the mapping waits for more.
    if (action === 'ReceiveMessage' && ++received === 2) isGathering()
    return undefined
  })
  await send(there, 'early')
  const app = await startHere(endpoint, {}, ', batchSize: 100, maximumBatchingWindow: 300')
  await gathering
  expect(await sqs(there, 'ReceiveMessage', { QueueUrl: 'orders' })).toEqual({})
  await app.stop()
  expect(await sqs(there, 'ReceiveMessage', { QueueUrl: 'orders' })).toMatchObject({
    Messages: [{ Body: 'early' }],
  })
})

test('an endpoint that throttles, goes away or has no such queue is told, and read again once it can be', async () => {
  const first = await startProject({
    ...THERE,
    'lambda.yml': THERE['lambda.yml'].replace('orders:', 'later:'),
  })
  let isBusy = false
  let there: App = first
  const { log, warned } = watchedLog()
  const { port } = first
  const endpoint = await startProxy(
    new Proxy(first, { get: (_one, key) => there[key as keyof App] }),
    (action) =>
      isBusy && action === 'ReceiveMessage'
        ? { status: 400, body: { __type: 'com.amazonaws.sqs#RequestThrottled', message: 'slow down' } }
        : undefined,
  )
  const app = await startHere(endpoint, { clock: 1_000, log })
  await warned(`there is no queue orders at ${endpoint}`)
  const { queues } = (await (await fetch(`${app.url}/_lambent/queues`)).json()) as { queues: QueueSummary[] }
  expect(queues.find(({ name }) => name === 'orders')?.mappings).toEqual([
    {
      functionName: 'worker',
      qualifier: null,
      state: 'Enabled',
      lastProblem: `the queue cannot be read: QueueDoesNotExist: there is no queue orders at ${endpoint}`,
    },
  ])
  expect(first.status().queues.map(({ name }) => name)).toEqual(['dead', 'done', 'later'])
  await sqs(first, 'CreateQueue', { QueueName: 'orders' })
  await send(first, '1')
  await app.function('worker').next()

  isBusy = true
  await send(first, '2')
  await app.function('worker').next()
  await warned('slow down')
  isBusy = false
  await send(first, '3')
  await app.function('worker').next()

  await first.stop()
  await warned('cannot be reached')
  there = await startProject(THERE, { port })
  const ended = nextEntry(app, 'batchEnded')
  await send(there, '4')
  const { event } = await app.function('worker').next()
  expect(event).toMatchObject({ Records: [{ body: '4' }] })
  await ended
})

test('messages of a foreign FIFO queue keep the order of their groups, and bring their attributes', async () => {
  const there = await startProject({
    ...THERE,
    'lambda.yml': THERE['lambda.yml'].replace(
      /orders: \{[^}]*\} \}/,
      'orders.fifo: { contentBasedDeduplication: true }',
    ),
  })
  const lines = here(there.url)
  const app = await startProject({
    ...lines,
    'lambda.yml': (lines['lambda.yml'] ?? '').replace('queue: orders', 'queue: orders.fifo'),
  })
  for (const body of ['1', '2', '3'])
    await sqs(there, 'SendMessage', { QueueUrl: 'orders.fifo', MessageBody: body, MessageGroupId: 'ada' })
  const seen: { body: string; attributes: Record<string, string> }[] = []
  while (seen.length < 3) {
    const { event } = await app.function('worker').next()
    seen.push(...(event as { Records: typeof seen }).Records)
  }
  expect(seen.map(({ body }) => body)).toEqual(['1', '2', '3'])
  expect(Object.keys(seen[0]?.attributes ?? {})).toEqual([
    'ApproximateReceiveCount',
    'SentTimestamp',
    'SequenceNumber',
    'MessageGroupId',
    'SenderId',
    'MessageDeduplicationId',
    'ApproximateFirstReceiveTimestamp',
  ])
})

test('a batching window ends when the clock here says so', async () => {
  const there = await startProject(THERE)
  const app = await startHere(there.url, {}, ', maximumBatchingWindow: 300')
  await send(there, '1')
  await send(there, '2')
  await vi.waitFor(() =>
    expect(app.clock.timers().map(({ label }) => label)).toContain('batching window of orders'),
  )
  await vi.waitFor(() =>
    expect(
      sqs(there, 'GetQueueAttributes', {
        QueueUrl: 'orders',
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    ).resolves.toEqual({ Attributes: { ApproximateNumberOfMessages: '0' } }),
  )
  await app.clock.advance('5m')
  const { event } = await app.function('worker').next()
  expect(event).toMatchObject({ Records: [{ body: '1' }, { body: '2' }] })
})

test('destinations leave for foreign queues, once these can be reached; one without a queue is told', async () => {
  const there = await startProject(THERE)
  let isAway = true
  const endpoint = await startProxy(there, (action) =>
    isAway && action === 'SendMessage' ? { status: 503, body: { message: 'later' } } : undefined,
  )
  const { log, warned } = watchedLog()
  const app = await startHere(endpoint, { log })
  await app.invoke('worker', { id: 1 }, { type: 'Event' })
  await warned('could not be sent')
  await expect(app.settle()).rejects.toThrow(`1 message for ${endpoint}: waits until`)
  isAway = false
  await app.clock.advance('1s')
  await app.settle()
  expect(bodies(there, 'done').map((body) => JSON.parse(body) as unknown)).toMatchObject([
    { requestContext: { condition: 'Success' }, requestPayload: { id: 1 } },
  ])

  const failed = nextEntry(app, 'handOverFailed')
  await app.invoke('worker', { fails: true }, { type: 'Event' })
  expect(await failed).toMatchObject({
    to: 'arn:aws:sqs:us-east-1:000000000000:nowhere',
    reason: `there is no queue nowhere at ${endpoint}`,
  })
  await app.settle()
})

test('what waits for a foreign queue outlives a restart', async () => {
  const there = await startProject(THERE)
  let isAway = true
  const endpoint = await startProxy(there, (action) =>
    isAway && action === 'SendMessage' ? { status: 503, body: { message: 'later' } } : undefined,
  )
  const { config } = createProject(here(endpoint))
  const { log, warned } = watchedLog()
  const first = await start({ config, clock: 'frozen', log })
  await first.invoke('worker', { id: 1 }, { type: 'Event' })
  await warned('could not be sent')
  await first.stop()
  isAway = false
  const second = await start({ config, clock: 'frozen' })
  onTestFinished(() => second.stop())
  await second.settle()
  expect(bodies(there, 'done').map((body) => JSON.parse(body) as unknown)).toMatchObject([
    { requestPayload: { id: 1 } },
  ])
})

test('the control API shows foreign queues, and leaves their messages to whose they are', async () => {
  const there = await startProject(THERE)
  await sqs(there, 'SendMessage', { QueueUrl: 'done', MessageBody: '1' })
  const app = await startHere(there.url)
  const ask = async (path: string): Promise<unknown> => (await fetch(`${app.url}/_lambent/${path}`)).json()
  const elsewhere = { oldestAgeMs: null, deadLetterQueueOf: [], mappings: [] }
  expect(await ask('queues')).toEqual({
    queues: [
      {
        ...elsewhere,
        name: 'dead',
        url: `${there.url}/000000000000/dead`,
        visible: 0,
        inFlight: 0,
        delayed: 0,
        redrive: null,
        deadLetterQueueOf: ['orders'],
      },
      {
        ...elsewhere,
        name: 'done',
        url: `${there.url}/000000000000/done`,
        visible: 1,
        inFlight: 0,
        delayed: 0,
        redrive: null,
      },
      {
        ...elsewhere,
        name: 'nowhere',
        url: null,
        visible: null,
        inFlight: null,
        delayed: null,
        redrive: null,
        problem: `there is no queue nowhere at ${there.url}`,
      },
      {
        ...elsewhere,
        name: 'orders',
        url: `${there.url}/000000000000/orders`,
        visible: 0,
        inFlight: 0,
        delayed: 0,
        redrive: { deadLetterArn: 'arn:aws:sqs:us-east-1:000000000000:dead', maxReceiveCount: 2 },
        mappings: [{ functionName: 'worker', qualifier: null, state: 'Enabled', lastProblem: null }],
      },
    ],
  })
  expect(await ask('queues/orders/messages')).toEqual({
    message: `queues are at ${there.url} (\`endpoints.sqs\`), not here: ask there`,
  })
})

test('mappings made over the Lambda API read foreign queues as well, those that there are', async () => {
  const there = await startProject(THERE)
  const app = await startHere(there.url)
  const create = async (queue: string): Promise<[number, unknown]> => {
    const response = await fetch(`${app.url}/2015-03-31/event-source-mappings/`, {
      method: 'POST',
      body: JSON.stringify({
        EventSourceArn: `arn:aws:sqs:us-east-1:000000000000:${queue}`,
        FunctionName: 'worker',
      }),
    })
    return [response.status, await response.json()]
  }
  expect(await create('gone')).toMatchObject([400, { Type: 'User' }])
  expect(await create('dead')).toMatchObject([202, { State: 'Creating' }])
  await sqs(there, 'SendMessage', { QueueUrl: 'dead', MessageBody: 'letter' })
  expect((await app.function('worker').next()).event).toMatchObject({ Records: [{ body: 'letter' }] })
})

test('a package that is not installed is named', () => {
  expect(() => loadSqsPackage(['/nowhere/lambda.yml'])).toThrow(
    '`endpoints.sqs` needs the package @aws-sdk/client-sqs, which is not installed: npm install --save-dev @aws-sdk/client-sqs',
  )
  expect(loadSqsPackage(['/nowhere/lambda.yml', import.meta.url])).toHaveProperty('SQSClient')
})

test('AWS is reached by its own name, whatever the environment says of endpoints; handlers get the same', async () => {
  const app = await startProject({
    'lambda.yml': `
provider: { region: eu-west-1 }
functions: { look: { handler: look.handler } }
endpoints: { sqs: aws }
`,
    'look.js': 'exports.handler = async () => process.env.AWS_ENDPOINT_URL_SQS',
  })
  expect((await app.invoke('look')).payload).toBe('https://sqs.eu-west-1.amazonaws.com')
})

test('the attributes of a FIFO message come in AWS’s order, those that nobody knows last', () => {
  const { attributes, messageAttributes } = receivedMessage(
    {
      Attributes: {
        Other: 'x',
        MessageDeduplicationId: 'd',
        SenderId: 's',
        SequenceNumber: '18849496460467696128',
        MessageGroupId: 'g',
        SentTimestamp: '1',
        ApproximateFirstReceiveTimestamp: '2',
        ApproximateReceiveCount: '1',
      } as Record<string, string>,
    },
    0,
  )
  expect(Object.entries(attributes)).toEqual([
    ['ApproximateReceiveCount', '1'],
    ['SentTimestamp', '1'],
    ['SequenceNumber', '18849496460467696128'],
    ['MessageGroupId', 'g'],
    ['SenderId', 's'],
    ['MessageDeduplicationId', 'd'],
    ['ApproximateFirstReceiveTimestamp', '2'],
    ['Other', 'x'],
  ])
  expect(messageAttributes).toEqual({})
})
