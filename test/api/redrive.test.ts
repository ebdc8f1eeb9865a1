import type { App, LedgerEntry } from 'lambent'
import { expect, test } from 'vitest'
import { startProject } from '../tools/project.ts'

const PROJECT = {
  'lambda.yml': `
service: shop
functions:
  worker: { handler: worker.handler, events: [{ sqs: { queue: orders, batchSize: 1 } }] }
resources:
  queues: { orders: { visibilityTimeout: 6, redrive: { queue: dead, maxReceiveCount: 1 } }, dead: {} }
`,
  'worker.js': `exports.handler = async () => { throw new Error('not yet') }`,
}

async function redrive(app: App, body: object): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${app.url}/_lambent/redrive`, { method: 'POST', body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}

async function send(app: App, body: string): Promise<void> {
  await fetch(app.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' },
    body: JSON.stringify({ QueueUrl: `${app.url}/000000000000/orders`, MessageBody: body }),
  })
}

test('dead letters go back to their queue, are consumed by the mended handler, and the chain shows both lives', async () => {
  const app = await startProject(PROJECT)
  for (const body of ['a', 'b', 'c']) await send(app, body)
  await app.clock.advance('1m')
  expect(app.queue('dead').messages()).toHaveLength(3)
  app.project.write('worker.js', 'exports.handler = async () => {}')
  await app.reload()

  const one = await redrive(app, { queue: 'dead', max: 1 })
  expect(one.body).toEqual({ queue: 'dead', moved: 1, to: { orders: 1 }, status: 'COMPLETED' })
  const rest = await redrive(app, { queue: 'dead' })
  expect(rest.body).toEqual({ queue: 'dead', moved: 2, to: { orders: 2 }, status: 'COMPLETED' })
  await app.settle()
  expect([...app.queue('orders').messages(), ...app.queue('dead').messages()]).toEqual([])

  const [move] = app.ledger
    .latest()
    .flatMap((entry: LedgerEntry) => (entry.kind === 'messagesMoved' ? entry.moves : []))
  const response = await fetch(`${app.url}/_lambent/invocations/${move?.newMessageId}`)
  expect(await response.json()).toMatchObject({
    kind: 'message',
    causedBy: [{ kind: 'message', queues: ['orders', 'dead'] }],
    caused: [{ invocation: { functionName: 'worker', state: 'succeeded' } }],
  })
})

test('a queue that there is not, or that is nobody’s dead-letter queue, is refused in words', async () => {
  const app = await startProject(PROJECT)
  expect(await redrive(app, { queue: 'daed' })).toEqual({
    status: 404,
    body: { message: 'there is no queue daed; did you mean dead?' },
  })
  expect(await redrive(app, { queue: 'orders' })).toEqual({
    status: 409,
    body: { message: 'orders: Source queue must be configured as a Dead Letter Queue.' },
  })
  expect((await redrive(app, { queue: 'dead', max: 0 })).status).toBe(400)
})
