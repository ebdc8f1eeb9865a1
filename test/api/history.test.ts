import { once } from 'node:events'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import {
  type App,
  type EventLife,
  type InvocationSummary,
  type LedgerEntry,
  type LifeNode,
  start,
} from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { createProject, startProject } from '../tools/project.ts'
import { startProcess } from '../tools/runnerProcess.ts'

/** A message leads to a batch, that to an event, that to a destination's function. */
const PROJECT = {
  'lambda.yml': `
service: shop
functions:
  worker: { handler: handlers.worker, events: [{ sqs: { queue: orders } }] }
  notify: { handler: handlers.notify, destinations: { onSuccess: lambda:audit, onFailure: sqs:failed }, maximumRetryAttempts: 1 }
  audit: { handler: handlers.audit }
resources:
  queues: { orders: {}, failed: {} }
`,
  'handlers.js': `
const http = require('node:http')
const invoke = (name, event) => new Promise((resolve, reject) => {
  const credential = 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20260101/us-east-1/lambda/aws4_request'
  const request = http.request(process.env.AWS_ENDPOINT_URL + '/2015-03-31/functions/' + name + '/invocations',
    { method: 'POST', agent: false, headers: { 'x-amz-invocation-type': 'Event', authorization: credential + ', SignedHeaders=host, Signature=0' } },
    (response) => response.resume().on('end', resolve))
  request.on('error', reject)
  request.end(JSON.stringify(event))
})
exports.worker = async ({ Records }) => { for (const { body } of Records) await invoke('notify', JSON.parse(body)) }
exports.notify = async ({ to }) => { console.log('sending to ' + to); if (to === 'nobody') throw new Error('no such address') }
exports.audit = async ({ requestContext }) => requestContext.condition
`,
}

async function send(app: App, body: object): Promise<string> {
  const client = new SQSClient({
    endpoint: app.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  })
  onTestFinished(() => client.destroy())
  const QueueUrl = `${app.url}/000000000000/orders`
  const { MessageId } = await client.send(
    new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }),
  )
  await app.settle()
  return MessageId ?? ''
}

async function ask<Result>(app: { url: string }, question: string): Promise<Result> {
  const response = await fetch(`${app.url}/_lambent/${question}`)
  return (await response.json()) as Result
}

const invocationsOf = async (app: { url: string }, query = ''): Promise<InvocationSummary[]> =>
  (await ask<{ invocations: InvocationSummary[] }>(app, `invocations?${query}`)).invocations

/** A tree as nested arrays: `[what, [of what comes next]]`. */
type Branch = [string, ...Branch[]]
const nameOf = ({ kind, invocation, queues }: LifeNode): string =>
  invocation?.functionName ?? queues?.join('+') ?? kind
const downwards = (node: EventLife['caused'][number]): Branch => [nameOf(node), ...node.caused.map(downwards)]
const upwards = (node: EventLife['causedBy'][number]): Branch => [nameOf(node), ...node.causedBy.map(upwards)]

test('a message, its batch, the event and its destination are one chain, from wherever it is looked at', async () => {
  const app = await startProject(PROJECT)
  const messageId = await send(app, { to: 'ada' })
  const [worker, notify, audit] = await invocationsOf(app)
  expect([worker?.functionName, notify?.functionName, audit?.functionName]).toEqual([
    'worker',
    'notify',
    'audit',
  ])

  const first = await ask<EventLife>(app, `invocations/${messageId}`)
  expect(first).toMatchObject({ kind: 'message', queues: ['orders'], causedBy: [] })
  expect(first.caused.map(downwards)).toEqual([['worker', ['notify', ['audit']]]])
  const last = await ask<EventLife>(app, `invocations/${audit?.requestId}`)
  expect(last.causedBy.map(upwards)).toEqual([['notify', ['worker', ['orders']]]])
  expect(last.caused).toEqual([])
  const middle = await ask<EventLife>(app, `invocations/${notify?.requestId.slice(0, 8)}`)
  expect(middle.id).toBe(notify?.requestId)
  expect(middle.causedBy.map(upwards)).toEqual([['worker', ['orders']]])
  expect(middle.caused.map(downwards)).toEqual([['audit']])
})

test('a life tells of attempts with their log, retries with their time, and where the event went', async () => {
  const app = await startProject(PROJECT)
  const acceptedMs = app.clock.now()
  const { requestId } = await app.invoke('notify', { to: 'nobody' }, { type: 'Event' })
  await app.clock.advance(0)
  expect((await invocationsOf(app))[0]).toMatchObject({
    state: 'waiting',
    attempts: 1,
    dueMs: acceptedMs + 60_000,
  })
  await app.clock.advance('1m')
  await app.settle()
  const { steps, invocation, caused } = await ask<EventLife>(app, `invocations/${requestId}`)
  expect(invocation).toMatchObject({
    state: 'givenUp',
    condition: 'RetriesExhausted',
    attempts: 2,
    door: 'code',
  })
  expect(invocation?.deliveries).toEqual([
    { role: 'onFailure', arn: 'arn:aws:sqs:us-east-1:000000000000:failed' },
  ])
  expect(steps).toMatchObject([
    {
      kind: 'attempt',
      attempt: 1,
      outcome: 'functionError',
      error: { type: 'Error', message: 'no such address' },
    },
    { kind: 'retry', atMs: acceptedMs, dueMs: acceptedMs + 60_000, why: 'functionError' },
    { kind: 'attempt', attempt: 2 },
    { kind: 'givenUp', condition: 'RetriesExhausted' },
    { kind: 'delivered', role: 'onFailure' },
  ])
  const [attempt] = steps
  const log = attempt?.kind === 'attempt' ? attempt.log.map(({ text }) => text) : []
  expect(log[0]).toMatch(/sending to nobody$/)
  expect(caused.map(downwards)).toEqual([['failed']])
})

test('invocations are listed by function, by failure and by age', async () => {
  const app = await startProject(PROJECT)
  await app.invoke('notify', { to: 'ada' })
  await app.invoke('notify', { to: 'nobody' })
  await app.invoke('audit', { requestContext: {} })
  await app.clock.advance('10m')
  await app.invoke('audit', { requestContext: {} })
  const states = async (query: string): Promise<string[]> =>
    (await invocationsOf(app, query)).map(({ functionName, state }) => `${functionName} ${state}`)
  expect(await states('')).toEqual([
    'notify succeeded',
    'notify failed',
    'audit succeeded',
    'audit succeeded',
  ])
  expect(await states('failed=1')).toEqual(['notify failed'])
  expect(await states('function=audit')).toEqual(['audit succeeded', 'audit succeeded'])
  expect(await states('since=5m')).toEqual(['audit succeeded'])
  expect(await states('limit=2')).toEqual(['audit succeeded', 'audit succeeded'])
  const { entries } = await ask<{ entries: LedgerEntry[] }>(app, 'events?failed=1')
  expect(entries.map(({ kind }) => kind)).toEqual(['invocationEnded'])
  expect(await ask(app, 'events?limit=none')).toEqual({ message: 'limit: expected a whole number from 1 up' })
})

test('an id that is unknown or stands for several is answered with those that are near', async () => {
  const app = await startProject(PROJECT)
  expect(await ask(app, 'invocations/7')).toEqual({ message: 'no event has the id 7; the history is empty' })
  const ids: string[] = []
  for (let count = 0; count < 20; count++)
    ids.push((await app.invoke('audit', { requestContext: {} })).requestId)
  const twin = ids.find((id) => ids.some((other) => other !== id && other[0] === id[0])) ?? ''
  const several = await fetch(`${app.url}/_lambent/invocations/${twin[0]}`)
  expect(several.status).toBe(409)
  expect(((await several.json()) as { message: string }).message).toMatch(/^\d+ ids begin with \w: .*-/)
  const none = await fetch(`${app.url}/_lambent/invocations/${ids[3]?.slice(0, 8)}x`)
  expect(none.status).toBe(404)
  expect(((await none.json()) as { message: string }).message).toContain(`nearest: ${ids[3]}`)
})

test('the history is there after a stop and a start, its numbers go on, and reset empties it', async () => {
  const project = createProject(PROJECT)
  const options = { config: project.config, clock: 'frozen' } as const
  const first = await start(options)
  await first.invoke('notify', { to: 'ada' })
  const before = first.ledger.latest().at(-1)?.sequence ?? 0
  await first.stop()

  const second = await start(options)
  onTestFinished(() => second.stop())
  await second.invoke('audit', { requestContext: {} })
  expect((await invocationsOf(second)).map(({ functionName }) => functionName)).toEqual(['notify', 'audit'])
  expect(second.ledger.latest()[0]?.sequence).toBeGreaterThan(before)
  await second.reset()
  expect(await invocationsOf(second)).toEqual([])
})

test('a kill loses nothing that was told a moment before, and what was running is known as interrupted', async () => {
  const project = createProject({
    'lambda.yml': 'service: a\nfunctions: { quick: { handler: h.quick }, slow: { handler: h.slow } }\n',
    'h.js': `exports.quick = async () => 1\nexports.slow = () => new Promise(() => {})`,
  })
  const first = await startProcess(project.config)
  const invoke = (name: string): Promise<Response> =>
    fetch(`${first.url}/2015-03-31/functions/${name}/invocations`, { method: 'POST', body: '{"n":1}' })
  await (await invoke('quick')).text()
  void invoke('slow').catch(() => {})
  const isTold = async (): Promise<boolean> => (await invocationsOf(first)).length === 2
  while (!(await isTold())) continue
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')

  const second = await startProcess(project.config)
  const states = (await invocationsOf(second)).map(({ functionName, state }) => [functionName, state])
  expect(states).toEqual([
    ['quick', 'succeeded'],
    ['slow', 'interrupted'],
  ])
})

/** Reads a stream of events until there are `count`. */
async function readEvents(response: Response, count: number): Promise<{ ids: number[]; events: unknown[] }> {
  const ids: number[] = []
  const events: unknown[] = []
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true })
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const [, id, data] = /^id: (\d+)\ndata: (.*)$/.exec(block) ?? []
      if (data === undefined) continue
      ids.push(Number(id))
      events.push(JSON.parse(data))
    }
    if (events.length >= count) break
  }
  return { ids, events }
}

test('a stream goes on where its reader left off, without a gap and without repeating', async () => {
  const app = await startProject(PROJECT)
  const streamAfter = (id: number): Promise<Response> =>
    fetch(`${app.url}/_lambent/events?function=audit`, {
      headers: { accept: 'text/event-stream', 'last-event-id': String(id) },
    })
  await app.invoke('audit', { requestContext: {} })
  await app.invoke('notify', { to: 'ada' })
  const kept = (await ask<{ entries: LedgerEntry[] }>(app, 'events?function=audit')).entries
  const [first, ...rest] = kept.map(({ sequence }) => sequence)
  const response = await streamAfter(first ?? 0)
  const { requestId } = await app.invoke('audit', { requestContext: {} })
  const { ids, events } = await readEvents(response, rest.length + 1)
  expect(ids.slice(0, rest.length)).toEqual(rest)
  expect(events[rest.length]).toMatchObject({ kind: 'invocationAccepted', requestId })
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
})

test('a stream that is still read when all stops ends, whatever happens last', async () => {
  const app = await startProject(PROJECT)
  const response = await fetch(`${app.url}/_lambent/events`, { headers: { accept: 'text/event-stream' } })
  await app.invoke('notify', { to: 'ada' })
  const read = response.text()
  // Environments end after the streams.
  await app.stop()
  expect(await read).toContain('"kind":"invocationEnded"')
})

test('invocations can be followed: a row once each has come to rest', async () => {
  const app = await startProject(PROJECT)
  const response = await fetch(`${app.url}/_lambent/invocations?failed=1`, {
    headers: { accept: 'text/event-stream' },
  })
  await app.invoke('notify', { to: 'ada' })
  await app.invoke('notify', { to: 'nobody' }, { type: 'Event' })
  const { events } = await readEvents(response, 1)
  expect(events).toMatchObject([{ functionName: 'notify', state: 'waiting', attempts: 1 }])
})
