import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { InvokeCommand } from '@aws-sdk/client-lambda'
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { SubscribeCommand } from '@aws-sdk/client-sns'
import { type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import type { App } from 'lambent'
import { expect, test } from 'vitest'
import { startProject } from '../tools/project.ts'
import {
  anyUuid,
  arn,
  bodiesIn,
  BOOM,
  clientsOf,
  figuresOf,
  functionArn,
  PAY,
  recordOf,
  recordText,
} from './destinationsWorld.ts'

const project = (settings: string, handler = PAY): Record<string, string> => ({
  'lambda.yml': `
service: shop
functions:
  pay: { handler: pay.handler, maximumRetryAttempts: 0, ${settings} }
  listen: { handler: listen.handler, events: [sns: told] }
resources:
  queues: { records: {}, dead: {}, heard: {}, raw: {} }
  topics: { records: {}, dead: {}, told: {} }
  buses: { records: {} }
  buckets: { records: {} }
`,
  'pay.js': handler,
  'listen.js': 'exports.handler = async () => null',
})

const text = expect.any(String) as unknown

/** The one message of a queue as AWS's client shows it, with everything that there is to ask for. */
async function receive(app: App, queue: string): Promise<Message | undefined> {
  const { sqs, queueUrl } = clientsOf(app)
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl(queue),
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['AWSTraceHeader'],
    }),
  )
  expect(Messages.length).toBeLessThan(2)
  return Messages[0]
}

const md5 = (body: string): string => createHash('md5').update(body).digest('hex')

test('a queue gets the record as body, no message attributes, and the trace header of the event', async () => {
  const app = await startProject(project('destinations: { onSuccess: sqs:records }'))
  const { lambda } = clientsOf(app)
  const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'
  const invoke = new InvokeCommand({
    FunctionName: 'pay',
    InvocationType: 'Event',
    Payload: '{"id":7}',
  })
  invoke.middlewareStack.add(
    (next) => (args) => {
      ;(args.request as { headers: Record<string, string> }).headers['x-amzn-trace-id'] = traceHeader
      return next(args)
    },
    { step: 'build' },
  )
  const { $metadata } = await lambda.send(invoke)
  await app.settle()
  const body = recordText({
    atMs: app.clock.now(),
    requestId: $metadata.requestId ?? '',
    condition: 'Success',
    count: 1,
    event: { id: 7 },
    response: { paid: 7 },
  })
  expect(await receive(app, 'records')).toEqual({
    MessageId: anyUuid,
    ReceiptHandle: text,
    MD5OfBody: md5(body),
    Body: body,
    Attributes: { AWSTraceHeader: expect.stringContaining(traceHeader) as unknown },
  })
})

test('a dead-letter queue gets the event as it came, with three attributes', async () => {
  const app = await startProject(project('onError: sqs:dead'))
  const { lambda } = clientsOf(app)
  const event = '{ "fail": true,\n "n": 12345678901234567890.10, "é": "\\u00e9" }'
  const { $metadata } = await lambda.send(
    new InvokeCommand({ FunctionName: 'pay', InvocationType: 'Event', Payload: event }),
  )
  await app.settle()
  expect(await receive(app, 'dead')).toMatchObject({
    MD5OfBody: md5(event),
    Body: event,
    MessageAttributes: {
      RequestID: { DataType: 'String', StringValue: $metadata.requestId },
      ErrorCode: { DataType: 'Number', StringValue: '200' },
      ErrorMessage: { DataType: 'String', StringValue: 'boom' },
    },
  })
})

test('a record holds the event and the answer byte for byte', async () => {
  const app = await startProject(project('destinations: { onFailure: sqs:records }'))
  const { lambda } = clientsOf(app)
  const event = '{ "fail": true,\n "n": 12345678901234567890.10 }'
  await lambda.send(new InvokeCommand({ FunctionName: 'pay', InvocationType: 'Event', Payload: event }))
  await app.settle()
  const [body = ''] = bodiesIn(app, 'records')
  expect(body).toContain(`"requestPayload":${event},"responseContext":`)
  expect(body.endsWith(`"responsePayload":${JSON.stringify(BOOM)}}`)).toBe(true)
})

test('an event without payload is {} in the record and in the letter', async () => {
  const app = await startProject(
    project(
      'onError: sqs:dead, destinations: { onFailure: sqs:records }',
      PAY.replace('!event.fail', 'false'),
    ),
  )
  const { lambda } = clientsOf(app)
  const { $metadata } = await lambda.send(new InvokeCommand({ FunctionName: 'pay', InvocationType: 'Event' }))
  await app.settle()
  expect(bodiesIn(app, 'dead')).toEqual(['{}'])
  expect(bodiesIn(app, 'records')).toEqual([
    recordText({
      atMs: app.clock.now(),
      requestId: $metadata.requestId ?? '',
      condition: 'RetriesExhausted',
      count: 1,
      event: {},
      response: BOOM,
    }),
  ])
})

test('a topic gets the record as message; functions and queues that subscribed get it from there', async () => {
  const app = await startProject(project('destinations: { onFailure: sns:told }'))
  const { sns } = clientsOf(app)
  const subscribe = (queue: string, RawMessageDelivery: string) =>
    sns.send(
      new SubscribeCommand({
        TopicArn: arn('sns', 'told'),
        Protocol: 'sqs',
        Endpoint: arn('sqs', queue),
        Attributes: { RawMessageDelivery },
      }),
    )
  await subscribe('raw', 'true')
  await subscribe('heard', 'false')
  const { requestId } = await app.invoke('pay', { fail: true }, { type: 'Event' })
  await app.settle()
  const message = recordText({
    atMs: app.clock.now(),
    requestId,
    condition: 'RetriesExhausted',
    count: 1,
    event: { fail: true },
    response: BOOM,
  })
  expect(bodiesIn(app, 'raw')).toEqual([message])
  const envelope = {
    Type: 'Notification',
    TopicArn: arn('sns', 'told'),
    MessageId: anyUuid,
    Message: message,
  }
  expect(JSON.parse(bodiesIn(app, 'heard')[0] ?? '')).toMatchObject(envelope)
  expect(JSON.parse(bodiesIn(app, 'heard')[0] ?? '')).not.toHaveProperty('MessageAttributes')
  expect(app.function('listen').messages()).toMatchObject([
    { event: { Records: [{ Sns: { ...envelope, MessageAttributes: {} } }] } },
  ])
})

test('a dead-letter topic gets the event as message, with three attributes', async () => {
  const app = await startProject(project('onError: sns:told'))
  const { requestId } = await app.invoke('pay', { fail: true }, { type: 'Event' })
  await app.settle()
  expect(app.function('listen').messages()).toMatchObject([
    {
      event: {
        Records: [
          {
            Sns: {
              Message: '{"fail":true}',
              MessageAttributes: {
                RequestID: { Type: 'String', Value: requestId },
                ErrorCode: { Type: 'Number', Value: '200' },
                ErrorMessage: { Type: 'String', Value: 'boom' },
              },
            },
          },
        ],
      },
    },
  ])
})

test.each([
  ['Success', 'onSuccess', { id: 1 }, { paid: 1 }],
  ['Failure', 'onFailure', { fail: true }, BOOM],
] as const)(
  'a bus gets one event of Lambda about a %s, which rules match and targets get whole',
  async (result, condition, event, response) => {
    const app = await startProject(project(`destinations: { ${condition}: events:records }`))
    const { events } = clientsOf(app)
    const rule = { EventBusName: 'records' }
    const EventPattern = JSON.stringify({
      source: ['lambda'],
      'detail-type': [{ prefix: 'Lambda Function Invocation Result' }],
      resources: [functionArn('pay:$LATEST')],
    })
    await events.send(new PutRuleCommand({ ...rule, Name: 'results', EventPattern }))
    const Targets = [{ Id: 'raw', Arn: arn('sqs', 'raw') }]
    await events.send(new PutTargetsCommand({ ...rule, Rule: 'results', Targets }))
    const { requestId } = await app.invoke('pay', event, { type: 'Event' })
    await app.settle()
    const seconds = Math.floor(app.clock.now() / 1_000)
    const detail = recordOf({
      atMs: app.clock.now(),
      requestId,
      condition: result === 'Success' ? 'Success' : 'RetriesExhausted',
      count: 1,
      event,
      response,
    })
    const [body = '', ...more] = bodiesIn(app, 'raw')
    expect(more).toEqual([])
    const { id } = JSON.parse(body) as { id: string }
    expect(id).toEqual(anyUuid)
    const expected = {
      version: '0',
      id,
      'detail-type': `Lambda Function Invocation Result - ${result}`,
      source: 'lambda',
      account: '000000000000',
      time: new Date(seconds * 1_000).toISOString().replace('.000', ''),
      region: 'us-east-1',
      resources: [arn('events', 'event-bus/records'), functionArn('pay:$LATEST')],
      detail,
    }
    expect(body).toBe(JSON.stringify(expected))
    expect(app.bus('records').messages()).toEqual([expected])
  },
)

test('a bucket gets the record under a key by function and time, where AWS’s client finds it', async () => {
  const app = await startProject(project('destinations: { onFailure: s3:records }'))
  const { s3 } = clientsOf(app)
  const first = await app.invoke('pay', { fail: true }, { type: 'Event' })
  await app.settle()
  const firstMs = app.clock.now()
  await app.clock.advance('36h')
  await app.invoke('pay', { fail: true }, { type: 'Event' })
  await app.settle()
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'records' }))
  const keyAt = (ms: number): RegExp => {
    const [day = '', time = ''] = new Date(ms).toISOString().slice(0, 19).split('T')
    const second = `${day}T${time.replaceAll(':', String.raw`\.`)}`
    return new RegExp(`^aws/lambda/async/pay/${day.replaceAll('-', '/')}/${second}-([0-9a-f-]{36})$`)
  }
  const keys = Contents.map(({ Key = '' }) => Key)
  expect(keys).toEqual([firstMs, app.clock.now()].map((ms) => expect.stringMatching(keyAt(ms)) as unknown))
  const [, uuid] = keyAt(firstMs).exec(keys[0] ?? '') ?? []
  expect(uuid).toEqual(anyUuid)
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'records', Key: keys[0] }))
  expect(await Body?.transformToString()).toBe(
    recordText({
      atMs: firstMs,
      requestId: first.requestId,
      condition: 'RetriesExhausted',
      count: 1,
      event: { fail: true },
      response: BOOM,
    }),
  )
})

test.each(['sqs:dead', 'sns:dead'])(
  'the ErrorMessage of a letter in %s is the first kilobyte of the error',
  async (reference) => {
    const app = await startProject(
      project(`onError: ${reference}`, `exports.handler = async () => { throw new Error('é'.repeat(600)) }`),
    )
    await app.invoke('pay', {}, { type: 'Event' })
    await app.settle()
    const [letter] = [...app.queue('dead').messages(), ...app.topic('dead').messages()]
    expect(letter?.attributes['ErrorMessage']).toBe('é'.repeat(512))
  },
)

/** What AWS makes of these is not known; what matters is that no event is lost for the colours of an error. */
test.each([
  ['colours', String.raw`\u001b[31mexpected\u001b[39m`, '\uFFFD[31mexpected\uFFFD[39m'],
  ['a null byte', String.raw`a\u0000b`, 'a\uFFFDb'],
  ['half a character', String.raw`a\ud800b`, 'a\uFFFDb'],
  ['nothing', '', 'RetriesExhausted'],
])('an error message of %s does not keep a letter from its queue', async (_, message, shown) => {
  const app = await startProject(
    project('onError: sqs:dead', `exports.handler = async () => { throw new Error('${message}') }`),
  )
  await app.invoke('pay', {}, { type: 'Event' })
  await app.settle()
  expect(app.queue('dead').messages()).toMatchObject([{ body: '{}', attributes: { ErrorMessage: shown } }])
  expect(figuresOf(app, 'pay')).not.toHaveProperty('deadLetterErrors')
})

const hasBoto = (() => {
  try {
    execFileSync('python3', ['-c', 'import boto3'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

const PYTHON = `
import boto3, json, os, urllib.request
url = os.environ['AWS_ENDPOINT_URL']
def control(path, **body):
    urllib.request.urlopen(urllib.request.Request(url + '/_lambent/' + path, json.dumps(body).encode(), method='POST')).read()
aws = {name: boto3.client(name) for name in ('lambda', 'sqs', 's3')}
answer = aws['lambda'].invoke(FunctionName='pay', InvocationType='Event', Payload=b'{"fail": true}')
metadata = answer.pop('ResponseMetadata')
answer['Payload'] = answer['Payload'].read().decode()
control('settle')
queue = aws['sqs'].get_queue_url(QueueName='dead')['QueueUrl']
[letter] = aws['sqs'].receive_message(QueueUrl=queue, MessageAttributeNames=['All'])['Messages']
[listed] = aws['s3'].list_objects_v2(Bucket='records')['Contents']
record = aws['s3'].get_object(Bucket='records', Key=listed['Key'])['Body'].read().decode()
print(json.dumps({'id': metadata['RequestId'], 'answer': answer, 'body': letter['Body'], 'attributes': letter['MessageAttributes'], 'record': record}))
`

test.skipIf(!hasBoto)('boto3 finds the letter and the record of the event that it sent', async () => {
  const app = await startProject(project('onError: sqs:dead, destinations: { onFailure: s3:records }'))
  const { stdout } = await promisify(execFile)('python3', ['-c', PYTHON], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: app.url,
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  })
  const seen = JSON.parse(stdout) as { id: string }
  expect(seen).toEqual({
    id: anyUuid,
    answer: { StatusCode: 202, Payload: '' },
    body: '{"fail": true}',
    attributes: {
      RequestID: { DataType: 'String', StringValue: seen.id },
      ErrorCode: { DataType: 'Number', StringValue: '200' },
      ErrorMessage: { DataType: 'String', StringValue: 'boom' },
    },
    record: recordText({
      atMs: app.clock.now(),
      requestId: seen.id,
      condition: 'RetriesExhausted',
      count: 1,
      event: { fail: true },
      response: BOOM,
    }).replace('{"fail":true}', '{"fail": true}'),
  })
})
