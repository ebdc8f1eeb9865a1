import { PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { expect, test } from 'vitest'
import { startProject } from '../tools/project.ts'

const files = {
  'lambda.yml': `
functions:
  notify: { handler: main.note, events: [sns: alerts] }
  other: { handler: main.note }
  fail: { handler: main.fail, maximumRetryAttempts: 0, onError: sns:letters, destinations: { onFailure: sns:alerts } }
resources:
  queues: { box: {} }
`,
  'main.js': `
exports.note = async (event) => event.Records[0].Sns.Message
exports.fail = async () => { throw new Error('broken') }
`,
}

const clientOf = (url: string): SNSClient =>
  new SNSClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  })

test('a published message invokes the functions and fills the queues that subscribed, linked by cause', async () => {
  const app = await startProject(files)
  const client = clientOf(app.url)
  const TopicArn = 'arn:aws:sns:us-east-1:000000000000:alerts'
  await client.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: 'arn:aws:sqs:us-east-1:000000000000:box',
      Attributes: { RawMessageDelivery: 'true' },
    }),
  )
  const { MessageId } = await client.send(new PublishCommand({ TopicArn, Message: 'fire' }))
  await app.settle()
  expect(app.topic('alerts').messages()).toMatchObject([{ message: 'fire', messageId: MessageId }])
  expect(app.queue('box').messages()).toMatchObject([{ body: 'fire' }])
  expect(app.function('notify').messages()).toMatchObject([
    { door: 'sns', cause: MessageId, response: 'fire', event: { Records: [{ EventSource: 'aws:sns' }] } },
  ])
})

test('a topic as destination and as dead-letter target gets the record and the event', async () => {
  const app = await startProject(files)
  const { requestId } = await app.invoke('fail', { id: 7 }, { type: 'Event' })
  await app.settle()
  const [record] = app.topic('alerts').messages()
  expect(JSON.parse(record?.message ?? '')).toMatchObject({
    requestContext: { requestId, condition: 'RetriesExhausted' },
    responsePayload: { errorMessage: 'broken' },
  })
  expect(app.topic('letters').messages()).toMatchObject([
    {
      message: '{"id":7}',
      attributes: { RequestID: requestId, ErrorCode: '200', ErrorMessage: 'broken' },
      cause: requestId,
    },
  ])
  expect(app.function('notify').messages()).toHaveLength(1)
})

test('a function that no longer listens is no longer invoked; a subscription of the API stays', async () => {
  const app = await startProject(files)
  app.project.write('lambda.yml', files['lambda.yml'].replace(', events: [sns: alerts]', ''))
  await app.reloadSpec()
  await clientOf(app.url).send(
    new SubscribeCommand({
      TopicArn: 'arn:aws:sns:us-east-1:000000000000:alerts',
      Protocol: 'lambda',
      Endpoint: 'arn:aws:lambda:us-east-1:000000000000:function:other',
    }),
  )
  await app.reloadSpec()
  await app.invoke('fail', {}, { type: 'Event' })
  await app.settle()
  expect(app.function('notify').messages()).toEqual([])
  expect(app.function('other').messages()).toMatchObject([{ door: 'sns' }])
})
