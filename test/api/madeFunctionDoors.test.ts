import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionUrlConfigCommand,
  InvokeCommand,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda'
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { CreateStreamCommand, KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis'
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { expect, onTestFinished, test } from 'vitest'
import { lambdaOf } from '../tools/clients.ts'
import { create, SPEC, zip } from '../tools/madeFunctions.ts'
import { startProject } from '../tools/project.ts'

const MADE = 'arn:aws:lambda:us-east-1:000000000000:function:made'
const ALIAS = `${MADE}:live`

/** A function that prints what it gets, in one line. */
async function startWithMade() {
  const app = await startProject(SPEC)
  const lambda = lambdaOf(app)
  const text = `exports.handler = async (event) => { console.log('GOT ' + JSON.stringify(event)); return 'done' }`
  await create(lambda, '', { Code: { ZipFile: await zip({ 'index.js': text }) }, Publish: true })
  await lambda.send(new CreateAliasCommand({ FunctionName: 'made', Name: 'live', FunctionVersion: '1' }))
  const options = {
    endpoint: app.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  }
  const made = <Client extends { destroy(): void }>(client: Client): Client => {
    onTestFinished(() => client.destroy())
    return client
  }
  return { app, lambda, options, made, got: () => gotBy(app) }
}

async function gotBy(app: Awaited<ReturnType<typeof startProject>>): Promise<string[]> {
  await app.settle()
  return app.ledger
    .latest()
    .flatMap((entry) =>
      entry.kind === 'logLine' && entry.text.includes('GOT ') ? [entry.text.split('GOT ')[1] ?? ''] : [],
    )
}

test.each([MADE, ALIAS])('a topic reaches %s', async (Endpoint) => {
  const { options, made, got } = await startWithMade()
  const sns = made(new SNSClient(options))
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'news' }))
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint }))
  await sns.send(new PublishCommand({ TopicArn, Message: 'hello' }))
  expect(await got()).toEqual([expect.stringContaining('"Message":"hello"')])
})

test.each([MADE, ALIAS])('a rule reaches %s', async (Arn) => {
  const { options, made, got } = await startWithMade()
  const events = made(new EventBridgeClient(options))
  await events.send(new PutRuleCommand({ Name: 'all', EventPattern: '{"source":["shop"]}' }))
  await events.send(new PutTargetsCommand({ Rule: 'all', Targets: [{ Id: '1', Arn }] }))
  const entry = { Source: 'shop', DetailType: 'sold', Detail: '{"n":1}' }
  await events.send(new PutEventsCommand({ Entries: [entry] }))
  expect(await got()).toEqual([expect.stringContaining('"detail":{"n":1}')])
})

test.each([MADE, ALIAS])('a stream is read for %s', async (FunctionName) => {
  const { options, made, lambda, got } = await startWithMade()
  const kinesis = made(new KinesisClient(options))
  await kinesis.send(new CreateStreamCommand({ StreamName: 'clicks', ShardCount: 1 }))
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName,
      EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks',
      StartingPosition: 'LATEST',
    }),
  )
  const record = { StreamName: 'clicks', Data: Buffer.from('a'), PartitionKey: '1' }
  await kinesis.send(new PutRecordCommand(record))
  expect(await got()).toEqual([expect.stringContaining('"eventSource":"aws:kinesis"')])
})

test.each([undefined, 'live'])('a URL reaches it (qualifier %s)', async (Qualifier) => {
  const { lambda, got } = await startWithMade()
  const { FunctionUrl = '' } = await lambda.send(
    new CreateFunctionUrlConfigCommand({ FunctionName: 'made', Qualifier, AuthType: 'NONE' }),
  )
  const response = await fetch(FunctionUrl)
  expect(await response.text()).toBe('done')
  expect(await got()).toHaveLength(1)
})

test.each([MADE, ALIAS])('the destination of another function may be %s', async (Destination) => {
  const { lambda, got } = await startWithMade()
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'declared',
      DestinationConfig: { OnSuccess: { Destination } },
    }),
  )
  await lambda.send(new InvokeCommand({ FunctionName: 'declared', InvocationType: 'Event' }))
  expect(await got()).toEqual([expect.stringContaining('"condition":"Success"')])
})
