import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type App, start } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { copyTemplate, templateFiles, templateNames } from '../../src/cli/templates.ts'
import { createProject } from '../tools/project.ts'

async function startTemplate(template: string): Promise<App> {
  const { directory, config } = createProject({})
  await copyTemplate(template, directory, await templateFiles(template))
  const app = await start({ config, clock: 'frozen', ephemeral: true })
  onTestFinished(() => app.stop())
  return app
}

const sendOrders = (app: App, ...orders: readonly object[]): Promise<Response> =>
  sendTo(app, 'orders', orders)

function sendTo(app: App, queue: string, bodies: readonly object[]): Promise<Response> {
  return fetch(app.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessageBatch' },
    body: JSON.stringify({
      QueueUrl: `${app.url}/000000000000/${queue}`,
      Entries: bodies.map((body, index) => ({ Id: String(index), MessageBody: JSON.stringify(body) })),
    }),
  })
}

const handlerLines = (app: App): string[] =>
  app.ledger
    .latest()
    .flatMap((entry) => (entry.kind === 'logLine' && entry.source === 'function' ? [entry.text] : []))

test('every template has a schema comment, a README and a gitignore, and starts without a warning', async () => {
  for (const template of await templateNames()) {
    const files = await templateFiles(template)
    expect(files).toEqual(expect.arrayContaining(['.gitignore', 'README.md', 'lambda.yml']))
    const spec = path.resolve(import.meta.dirname, '../../templates', template, 'lambda.yml')
    expect(readFileSync(spec, 'utf8').split('\n')[0]).toBe(
      '# yaml-language-server: $schema=./node_modules/lambent/schema/lambda.schema.json',
    )
    const app = await startTemplate(template)
    expect(app.spec().warnings).toEqual([])
    expect(app.spec().implied).toEqual([])
  }
})

test('hello greets by event, by URL, and hears its schedule', async () => {
  const app = await startTemplate('hello')
  const { payload } = await app.invoke('hello', { name: 'Ada' })
  expect(payload).toEqual({ message: 'Hello, Ada!' })
  const url = app.status().functions[0]?.url
  const response = await fetch(`${url}?name=Grace`)
  expect(await response.json()).toEqual({ message: 'Hello, Grace!' })
  await app.clock.advance('5m')
  expect(handlerLines(app).join('\n')).toContain('the schedule fired at ')
})

test('the worker ships what it can; what fails three times is a dead letter', async () => {
  const app = await startTemplate('queue-worker')
  await sendOrders(app, { id: 1, quantity: 2 }, { id: 2, quantity: 0 })
  await app.clock.advance('1m')
  await app.settle()
  expect(app.queue('orders').messages()).toEqual([])
  expect(
    app
      .queue('orders-dead')
      .messages()
      .map(({ body }) => body),
  ).toEqual(['{"id":2,"quantity":0}'])
  const lines = handlerLines(app)
  expect(lines.filter((line) => line.includes('order 1: shipped 2'))).toHaveLength(1)
  expect(lines.filter((line) => line.includes('order 2 has no quantity'))).toHaveLength(3)
})

test('a notification that fails is retried twice and recorded', async () => {
  const app = await startTemplate('queue-worker')
  expect((await app.invoke('notify', { to: 'ada@example.com' })).payload).toBe('notified ada@example.com')
  await app.invoke('notify', {}, { type: 'Event' })
  await app.clock.advance('3m')
  await app.settle()
  const [record] = app.queue('orders-failed').messages()
  expect(JSON.parse(record?.body ?? '')).toMatchObject({
    requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
    responsePayload: { errorMessage: 'cannot notify nobody: not an e-mail address' },
  })
})

const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0

test.runIf(hasBoto3)('the Python worker sends results with boto3; a job without a size is a dead letter', async () => {
  const app = await startTemplate('python-worker')
  const jobs = [
    { image: 'cat', width: 800, height: 600 },
    { image: 'none', width: 0, height: 0 },
  ]
  await sendTo(app, 'jobs', jobs)
  await app.clock.advance('2m')
  await app.settle()
  expect(
    app
      .queue('results')
      .messages()
      .map(({ body }) => JSON.parse(body) as unknown),
  ).toEqual([{ image: 'cat', size: [200, 150] }])
  expect(app.queue('jobs-dead').messages()).toHaveLength(1)
  expect(handlerLines(app).join('\n')).toMatch(/\[INFO\]\t\S+Z\t\S+\tcat becomes 200 x 150/)
})

test('totals come at the end of the minute; the sale that is wrong is alone in being told to the queue', async () => {
  const app = await startTemplate('stream-totals')
  await app.clock.advance(60_000 - (app.clock.now() % 60_000))
  const sales = [{ id: 1, cents: 250 }, { id: 2 }, { id: 3, cents: 50 }]
  await fetch(app.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'Kinesis_20131202.PutRecords',
    },
    body: JSON.stringify({
      StreamName: 'sales',
      Records: sales.map((sale) => ({
        Data: Buffer.from(JSON.stringify(sale)).toString('base64'),
        PartitionKey: 'shop-1',
      })),
    }),
  })
  await app.clock.advance('2m')
  await app.settle()
  const lines = handlerLines(app).join('\n')
  expect(lines).toMatch(/shardId-\d{12}, minute from \S+: 3 sales, 300 cents/)
  expect(lines).toContain('shop-1: sale 3, 50 cents')
  const failures = app.queue('audit-failed').messages()
  expect(failures.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
    { requestContext: { approximateInvokeCount: 3 }, KinesisBatchInfo: { batchSize: 1 } },
  ])
})
