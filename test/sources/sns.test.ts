import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { eventFragments } from '../../src/sources/index.ts'
import { sns, snsDeadLetterArnOf } from '../../src/sources/sns.ts'
import { loadSpec } from '../../src/spec/index.ts'
import { AWS, describeSource } from './describeSource.ts'

const golden = JSON.parse(
  readFileSync(new URL('../events/sns/notification.json', import.meta.url), 'utf8'),
) as object
const subscriptionArn = 'arn:aws:sns:us-east-1:123456789012:orders-topic:21be56ed-a058-49f5-8c98-aedd2564c486'
const topicArn = 'arn:aws:sns:us-east-1:123456789012:orders-topic'
const trigger = { id: subscriptionArn, functionName: 'notify', source: 'sns', config: { topic: topicArn } }
const notification: typeof sns.sample = {
  ...sns.sample,
  subscriptionArn,
  topicArn,
  signature: 'tcc6faL2yUC6dgZdmrwh1Y4c==',
  signingCertUrl:
    'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-ac565b8b1a6c5d002d285f9598aa1d9b.pem',
  unsubscribeUrl: `https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`,
}

describeSource(sns, golden)

test('the event is the recorded one, key by key in its order', () => {
  expect(JSON.stringify(sns.event(notification, AWS, trigger))).toBe(JSON.stringify(golden))
})

test('a subject is there when the publisher gave one; without attributes there is an empty map', () => {
  const event = sns.event({ ...notification, subject: 'Hello', messageAttributes: {} }, AWS, trigger)
  expect(event).toMatchObject({ Records: [{ Sns: { Subject: 'Hello', MessageAttributes: {} } }] })
})

test('a notification is only for the trigger of its subscription', () => {
  expect(sns.matches(trigger, notification)).toBe(true)
  expect(sns.matches({ ...trigger, id: `${topicArn}:another` }, notification)).toBe(false)
})

/** The spec of one function with one event. */
async function load(event: string) {
  const folder = mkdtempSync(path.join(tmpdir(), 'lambent-sns-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(path.join(folder, 'notify.js'), 'exports.handler = () => {}')
  const file = path.join(folder, 'lambda.yml')
  writeFileSync(file, `functions: { notify: { handler: notify.handler, events: [{ sns: ${event} }] } }\n`)
  return loadSpec(file, { fragments: eventFragments, environment: {}, workingDirectory: folder })
}

const alerts = 'arn:aws:sns:us-east-1:000000000000:alerts'
const dead = 'arn:aws:sqs:us-east-1:000000000000:dead'

test.each([
  ['alerts', { topic: alerts }],
  ['sns:alerts', { topic: alerts }],
  [alerts, { topic: alerts }],
  [`{ arn: "${alerts}" }`, { topic: alerts }],
  ['{ topicName: alerts, displayName: Alerts }', { topic: alerts, displayName: 'Alerts' }],
  ['{ topic: alerts, redrivePolicy: { queue: dead } }', { topic: alerts, redrivePolicy: { queue: dead } }],
  [
    `{ topic: alerts, redrivePolicy: { deadLetterTargetArn: "${dead}" } }`,
    { topic: alerts, redrivePolicy: { deadLetterTargetArn: dead } },
  ],
])('`- sns: %s` is understood', async (event, config) => {
  const spec = await load(event)
  expect(spec.functions[0]?.events).toMatchObject([{ source: 'sns', config }])
  expect(spec.functions[0]?.events[0]?.config).toEqual(config)
  expect(spec.topics.map(({ name }) => name)).toEqual(['alerts'])
  expect(spec.queues.map(({ name }) => name)).toEqual('redrivePolicy' in config ? ['dead'] : [])
})

test.each([
  ['{ topic: alerts, filterPolicy: { kind: [created] } }', 'unknown key `filterPolicy` in `sns`'],
  ['{ topic: alerts, arn: other }', 'expected exactly one of `topic`, `arn`, `topicName`'],
  ['{ topic: alerts, redrivePolicy: {} }', 'expected exactly one of `queue`, `deadLetterTargetArn`'],
  ['{ topic: alerts, redrivePolicy: { queue: sns:other } }', 'a topic cannot be used here'],
  ['alerts.fifo', 'the FIFO topic `alerts.fifo` is not supported by this version'],
  ['sqs:alerts', 'expected a topic: its name, `sns:name` or its ARN'],
])('`- sns: %s` is refused: %s', async (event, text) => {
  await expect(load(event)).rejects.toThrow(text)
})

test('either key of the redrive policy leads to the queue', () => {
  expect(snsDeadLetterArnOf({ topic: alerts })).toBeUndefined()
  expect(snsDeadLetterArnOf({ topic: alerts, redrivePolicy: { queue: dead } })).toBe(dead)
  expect(snsDeadLetterArnOf({ topic: alerts, redrivePolicy: { deadLetterTargetArn: dead } })).toBe(dead)
})
