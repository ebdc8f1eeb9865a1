import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { App } from 'lambent'
import { start } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { createProject, startProject } from '../tools/project.ts'

const SPEC = `
service: life
functions:
  worker: { handler: h.worker, events: [{ sqs: orders }] }
  ticker: { handler: h.ticker, events: [{ schedule: rate(5 minutes) }, { schedule: { rate: 'cron(0 12 * * ? *)', input: { noon: true } } }] }
  slow: { handler: h.slow, timeout: 60 }
resources: { queues: { orders: {}, parked: {} } }
`
const PROJECT = {
  'lambda.yml': SPEC,
  'h.js': `
exports.worker = async (event) => { console.log('worked ' + event.Records.length) }
exports.ticker = async (event) => { console.log('tick ' + JSON.stringify(event)) }
exports.slow = async () => { await new Promise((resolve) => setTimeout(resolve, 60_000)) }
`,
}

const linesOf = (app: App, start: string): string[] =>
  app.ledger.latest().flatMap((entry) => {
    const text =
      entry.kind === 'logLine' && entry.source === 'function' ? (entry.text.split('\t').at(-1) ?? '') : ''
    return text.startsWith(start) ? [text.slice(start.length)] : []
  })

async function send(app: App, queue: string, body: string): Promise<void> {
  const client = new SQSClient({
    endpoint: app.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  })
  onTestFinished(() => client.destroy())
  await client.send(
    new SendMessageCommand({ QueueUrl: `${app.url}/000000000000/${queue}`, MessageBody: body }),
  )
}

test('schedules fire when their time comes, with the event that EventBridge sends or with their input', async () => {
  const app = await startProject(PROJECT)
  await app.clock.advance('16m')
  await app.settle()
  const ticks = linesOf(app, 'tick ').map((text) => JSON.parse(text) as Record<string, unknown>)
  const scheduled = ticks.filter((tick) => tick.noon === undefined)
  expect(scheduled).toHaveLength(3)
  expect(scheduled[0]).toMatchObject({
    version: '0',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    region: 'us-east-1',
    resources: ['arn:aws:events:us-east-1:000000000000:rule/life-ticker-schedule-0-0'],
    detail: {},
  })
  await app.clock.advance('1d')
  await app.settle()
  expect(linesOf(app, 'tick ').filter((text) => text === '{"noon":true}').length).toBeGreaterThan(0)
})

test('messages and events survive a stop and a start', async () => {
  const project = createProject(PROJECT)
  const options = { config: project.config, clock: 'frozen' as const }
  const first = await start(options)
  await send(first, 'parked', 'kept')
  await first.stop()
  await first.stop()
  const second = await start(options)
  onTestFinished(() => second.stop())
  expect(
    second
      .queue('parked')
      .messages()
      .map(({ body }) => body),
  ).toEqual(['kept'])
})

test('reset empties queues, events and ledger, and everything goes on', async () => {
  const app = await startProject(PROJECT)
  await send(app, 'parked', 'x')
  await app.reset()
  expect(app.queue('parked').messages()).toEqual([])
  expect(app.ledger.latest()).toEqual([])
  await send(app, 'orders', 'y')
  await app.settle()
  expect(linesOf(app, 'worked ')).toEqual(['1'])
})

test('stop does not wait for a handler that takes its time', async () => {
  const app = await startProject(PROJECT)
  void app.invoke('slow').catch(() => {})
  const startedMs = performance.now()
  await app.stop()
  expect(performance.now() - startedMs).toBeLessThan(10_000)
})

test('a change of the region is refused while running, and the running spec stays', async () => {
  const app = await startProject(PROJECT)
  app.project.write('lambda.yml', `${SPEC}\nprovider: { region: eu-west-1 }\n`)
  await expect(app.reloadSpec()).rejects.toThrow('region cannot change while running')
  expect(app.spec().region).toBe('us-east-1')
})

test('two applications in one process share nothing', async () => {
  const [one, two] = await Promise.all([startProject(PROJECT), startProject(PROJECT)])
  await send(one, 'parked', 'only here')
  await one.clock.advance('1h')
  expect(two.queue('parked').messages()).toEqual([])
  expect(one.clock.now() - two.clock.now()).toBeGreaterThan(3_000_000)
})

test('an unknown function or queue is an error that names those there are', async () => {
  const app = await startProject(PROJECT)
  await expect(app.invoke('wrker')).rejects.toThrow(
    'there is no function wrker; there are: worker, ticker, slow',
  )
  expect(() => app.queue('order')).toThrow('there is no queue order; there are: orders, parked')
})

test('an address that others can reach is refused: requests are not authenticated', async () => {
  await expect(startProject(PROJECT, { host: '0.0.0.0' })).rejects.toThrow(
    'host 0.0.0.0: this version listens on loopback',
  )
})
