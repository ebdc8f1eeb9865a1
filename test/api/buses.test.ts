import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { expect, test } from 'vitest'
import { startProject } from '../tools/project.ts'

const files = {
  'lambda.yml': `
functions:
  bill: { handler: main.bill }
  work: { handler: main.work, destinations: { onSuccess: events:shop } }
resources:
  queues: { box: {} }
  buses: { shop: {} }
`,
  'main.js': `
exports.bill = async (event) => event.detail
exports.work = async () => ({ done: true })
`,
}

const arn = (service: string, rest: string): string => `arn:aws:${service}:us-east-1:000000000000:${rest}`

async function ruleTo(url: string, pattern: object): Promise<EventBridgeClient> {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const client = new EventBridgeClient({ endpoint: url, region: 'us-east-1', credentials })
  const rule = { EventBusName: 'shop', EventPattern: JSON.stringify(pattern) }
  await client.send(new PutRuleCommand({ Name: 'rule', ...rule }))
  await client.send(
    new PutTargetsCommand({
      Rule: 'rule',
      EventBusName: 'shop',
      Targets: [
        { Id: 'function', Arn: arn('lambda', 'function:bill') },
        { Id: 'queue', Arn: arn('sqs', 'box'), InputPath: '$.detail' },
      ],
    }),
  )
  return client
}

test('an event reaches the functions and queues that a rule has for targets, linked by cause', async () => {
  const app = await startProject(files)
  const client = await ruleTo(app.url, { source: ['shop'], detail: { total: [{ numeric: ['>', 10] }] } })
  const entry = { EventBusName: 'shop', Source: 'shop', DetailType: 'Order' }
  const { Entries } = await client.send(
    new PutEventsCommand({
      Entries: [
        { ...entry, Detail: '{"total":11}' },
        { ...entry, Detail: '{"total":10}' },
      ],
    }),
  )
  await app.settle()
  expect(app.bus('shop').messages()).toMatchObject([
    { id: Entries?.[0]?.EventId, 'detail-type': 'Order', detail: { total: 11 } },
    { detail: { total: 10 } },
  ])
  expect(app.function('bill').messages()).toMatchObject([
    { door: 'eventBridge', cause: Entries?.[0]?.EventId, response: { total: 11 } },
  ])
  expect(app.queue('box').messages()).toMatchObject([{ body: '{"total":11}' }])
})

test('a function listens as lambda.yml says: pattern, input, until the entry is gone', async () => {
  const listening = files['lambda.yml'].replace(
    'bill: { handler: main.bill }',
    'bill: { handler: main.work, events: [{ eventBridge: { eventBus: events:shop, pattern: { source: [shop] }, inputPath: $.detail } }] }',
  )
  const app = await startProject({ ...files, 'lambda.yml': listening })
  const client = await ruleTo(app.url, { source: ['nobody'] })
  const put = (total: number) =>
    client.send(
      new PutEventsCommand({
        Entries: [
          { EventBusName: 'shop', Source: 'shop', DetailType: 'Order', Detail: JSON.stringify({ total }) },
        ],
      }),
    )
  await put(1)
  expect(await app.function('bill').next()).toMatchObject({ event: { total: 1 }, door: 'eventBridge' })
  app.project.write('lambda.yml', files['lambda.yml'])
  await app.reloadSpec()
  await put(2)
  await app.function('bill').none()
})

test("a bus as destination gets Lambda's event, and its rules match it", async () => {
  const app = await startProject(files)
  await ruleTo(app.url, { source: ['lambda'], detail: { requestContext: { condition: ['Success'] } } })
  const { requestId } = await app.invoke('work', { id: 1 }, { type: 'Event' })
  const event = await app.bus('shop').next()
  expect(event).toMatchObject({
    source: 'lambda',
    'detail-type': 'Lambda Function Invocation Result - Success',
    resources: [arn('events', 'event-bus/shop'), arn('lambda', 'function:work:$LATEST')],
    detail: { requestContext: { requestId }, responsePayload: { done: true } },
  })
  expect(await app.function('bill').next()).toMatchObject({ cause: event.id, event })
})
