import { execFile, execFileSync } from 'node:child_process'
import http from 'node:http'
import { promisify } from 'node:util'
import {
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  ResourceNotFoundException,
  TooManyRequestsException,
} from '@aws-sdk/client-lambda'
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import type { App } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { startProject } from '../tools/project.ts'

const run = promisify(execFile)
const PROJECT = {
  'lambda.yml': `
service: wire
provider: { region: eu-west-1, accountId: '123456789012' }
functions:
  echo: { handler: h.echo, url: true, environment: { STAGE: test } }
  caller: { handler: h.caller }
  throttled: { handler: h.echo, reservedConcurrency: 0 }
  worker: { handler: h.worker, events: [{ sqs: orders }] }
`,
  'h.js': `
exports.echo = async (event, context) => { console.log('hello'); return { event, arn: context.invokedFunctionArn, id: context.awsRequestId, stage: process.env.STAGE } }
exports.worker = async (event) => { console.log('got ' + event.Records.map(({ body }) => body)) }
exports.caller = async () => {
  const { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: key } = process.env
  const response = await fetch(url + '/2015-03-31/functions/echo/invocations', {
    method: 'POST', body: '{}',
    headers: { 'x-amz-invocation-type': 'Event', authorization: 'AWS4-HMAC-SHA256 Credential=' + key + '/20260101/eu-west-1/lambda/aws4_request, SignedHeaders=host, Signature=0' },
  })
  return response.status
}`,
}
const settings = (app: App) => ({
  endpoint: app.url,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  maxAttempts: 1,
})
const started = () => startProject(PROJECT, { clock: 'live' })

function lambdaOf(app: App): LambdaClient {
  const client = new LambdaClient(settings(app))
  onTestFinished(() => client.destroy())
  return client
}

test('the JavaScript SDK invokes, with log, version and request id as from AWS', async () => {
  const app = await started()
  const answer = await lambdaOf(app).send(
    new InvokeCommand({ FunctionName: 'echo', Payload: '{"a":1}', LogType: 'Tail', Qualifier: '$LATEST' }),
  )
  expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' })
  expect(JSON.parse(Buffer.from(answer.Payload ?? []).toString())).toEqual({
    event: { a: 1 },
    arn: 'arn:aws:lambda:eu-west-1:123456789012:function:echo:$LATEST',
    id: answer.$metadata.requestId,
    stage: 'test',
  })
  const log = Buffer.from(answer.LogResult ?? '', 'base64').toString()
  expect(log).toMatch(
    /^START RequestId: \S+ Version: \$LATEST\n\S+Z\t\S+\tINFO\thello\nEND RequestId: \S+\nREPORT RequestId: /,
  )
})

test('Event is answered 202, DryRun 204, a throttle 429 with its reason, an unknown function 404', async () => {
  const app = await started()
  const client = lambdaOf(app)
  expect(
    (await client.send(new InvokeCommand({ FunctionName: 'echo', InvocationType: 'Event' }))).StatusCode,
  ).toBe(202)
  expect(
    (await client.send(new InvokeCommand({ FunctionName: 'echo', InvocationType: 'DryRun' }))).StatusCode,
  ).toBe(204)
  const throttled = await client
    .send(new InvokeCommand({ FunctionName: 'throttled' }))
    .catch((error: unknown) => error)
  expect(throttled).toBeInstanceOf(TooManyRequestsException)
  expect(throttled).toMatchObject({
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    message: 'Rate Exceeded.',
  })
  const missing = await client
    .send(new InvokeCommand({ FunctionName: 'nobody' }))
    .catch((error: unknown) => error)
  expect(missing).toBeInstanceOf(ResourceNotFoundException)
  expect(missing).toMatchObject({
    message: 'Function not found: arn:aws:lambda:eu-west-1:123456789012:function:nobody:$LATEST',
  })
})

test('GetFunction and ListFunctions show what the spec says', async () => {
  const app = await started()
  const client = lambdaOf(app)
  const one = await client.send(new GetFunctionCommand({ FunctionName: 'echo' }))
  expect(one.Configuration).toMatchObject({
    FunctionName: 'echo',
    FunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:echo',
    Handler: 'h.echo',
    Runtime: 'nodejs22.x',
    Timeout: 6,
    MemorySize: 1024,
    State: 'Active',
    Environment: { Variables: { STAGE: 'test' } },
  })
  const all = await client.send(new ListFunctionsCommand({}))
  expect(all.Functions?.map(({ FunctionName }) => FunctionName)).toEqual([
    'caller',
    'echo',
    'throttled',
    'worker',
  ])
})

test('curl invokes, although it calls what it posts a form', async () => {
  const app = await started()
  const response = await fetch(`${app.url}/2015-03-31/functions/echo/invocations`, {
    method: 'POST',
    body: '{"curl":true}',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  expect(await response.json()).toMatchObject({ event: { curl: true } })
})

test('STS says who we are', async () => {
  const app = await started()
  const client = new STSClient(settings(app))
  onTestFinished(() => client.destroy())
  expect((await client.send(new GetCallerIdentityCommand({}))).Account).toBe('123456789012')
})

test('a message sent by the SDK reaches the function, and the ledger links the two', async () => {
  const app = await started()
  const client = new SQSClient(settings(app))
  onTestFinished(() => client.destroy())
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: 'orders' }))
  const { MessageId } = await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }))
  await app.settle()
  const batch = app.ledger.latest().find((entry) => entry.kind === 'batchTaken')
  expect(batch).toMatchObject({ functionName: 'worker', messageIds: [MessageId] })
})

test('a call that a handler makes is linked to its invocation', async () => {
  const app = await started()
  const { requestId, payload } = await app.invoke('caller')
  expect(payload).toBe(202)
  await app.settle()
  const caused = app.ledger
    .latest()
    .find((entry) => entry.kind === 'invocationAccepted' && entry.functionName === 'echo')
  expect(caused?.cause).toBe(requestId)
})

test('a function URL answers HTTP', async () => {
  const app = await started()
  const response = await fetch(`${app.url}/_url/echo/orders/42?q=1`, {
    method: 'POST',
    body: '{"x":1}',
    headers: { 'content-type': 'application/json' },
  })
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({
    event: {
      version: '2.0',
      rawPath: '/orders/42',
      rawQueryString: 'q=1',
      body: '{"x":1}',
      requestContext: { http: { method: 'POST' } },
    },
    id: response.headers.get('x-amzn-requestid'),
  })
  expect((await fetch(`${app.url}/_url/nobody/`)).status).toBe(403)
})

test('a function URL sends all cookies of an answer, and its length in one way', async () => {
  const app = await startProject({
    'lambda.yml': 'service: shop\nfunctions: { login: { handler: login.handler, url: true } }\n',
    'login.js': `exports.handler = async () => ({
      statusCode: 200, body: 'in', cookies: ['a=1', 'b=2'],
      headers: { 'Transfer-Encoding': 'chunked', 'X-Own': 'yes' } })`,
  })
  const { statusCode, headers } = await new Promise<http.IncomingMessage>((resolve) => {
    http.get(`${app.url}/_url/login/`, { agent: false }, (answer) => resolve(answer.resume()))
  })
  expect(statusCode).toBe(200)
  expect(headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], 'x-own': 'yes', 'content-length': '2' })
  expect(headers).not.toHaveProperty('transfer-encoding')
})

test('the control API tells health, status and what happened, and refuses pages from elsewhere', async () => {
  const app = await started()
  expect(await (await fetch(`${app.url}/_lambent/health`)).json()).toEqual({ ready: true })
  await app.invoke('echo')
  const { entries } = (await (await fetch(`${app.url}/_lambent/events?function=echo`)).json()) as {
    entries: { kind: string }[]
  }
  expect(entries.map(({ kind }) => kind)).toContain('invocationEnded')
  const foreign = await fetch(`${app.url}/_lambent/reset`, {
    method: 'POST',
    headers: { origin: 'http://elsewhere.example' },
  })
  expect(foreign.status).toBe(403)
})

const has = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const hasCli = has('aws', '--version')
const hasBoto = has('python3', '-c', 'import boto3')
if (!hasCli) console.log('skipped: the AWS CLI is not installed')
if (!hasBoto) console.log('skipped: python3 has no boto3')

const environmentFor = (app: App): NodeJS.ProcessEnv => ({
  ...process.env,
  AWS_ENDPOINT_URL: app.url,
  AWS_REGION: 'eu-west-1',
  AWS_DEFAULT_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'a',
  AWS_SECRET_ACCESS_KEY: 'b',
})

test.skipIf(!hasCli)('the AWS CLI sends a message and invokes', async () => {
  const app = await started()
  const aws = async (...args: string[]): Promise<string> =>
    // Version 1 of the CLI takes SQS's endpoint from nowhere else.
    (
      await run('aws', [...args, '--endpoint-url', app.url, '--output', 'json'], {
        env: environmentFor(app),
        cwd: app.project.directory,
      })
    ).stdout
  const { QueueUrl } = JSON.parse(await aws('sqs', 'get-queue-url', '--queue-name', 'orders')) as {
    QueueUrl: string
  }
  await aws('sqs', 'send-message', '--queue-url', QueueUrl, '--message-body', 'from the command line')
  await app.settle()
  expect(
    app.ledger
      .latest()
      .some((entry) => entry.kind === 'logLine' && entry.text.includes('got from the command line')),
  ).toBe(true)
  const invoked = await aws(
    'lambda',
    'invoke',
    '--function-name',
    'echo',
    '--payload',
    '{"cli":true}',
    'out.json',
  )
  expect(JSON.parse(invoked)).toEqual({ StatusCode: 200, ExecutedVersion: '$LATEST' })
})

test.skipIf(!hasBoto)('boto3 sends, receives an error by its code, and invokes', async () => {
  const app = await started()
  const script = `
import boto3, json
sqs = boto3.client('sqs'); lam = boto3.client('lambda')
url = sqs.get_queue_url(QueueName='orders')['QueueUrl']
sent = sqs.send_message(QueueUrl=url, MessageBody='from boto3')
try:
    sqs.get_queue_url(QueueName='nobody')
except sqs.exceptions.QueueDoesNotExist as error:
    code = error.response['Error']['Code']
answer = lam.invoke(FunctionName='echo', Payload=b'{"boto": 3}')
print(json.dumps({'id': sent['MessageId'], 'code': code, 'status': answer['StatusCode'], 'event': json.load(answer['Payload'])['event']}))
`
  const { stdout } = await run('python3', ['-c', script], { env: environmentFor(app) })
  expect(JSON.parse(stdout)).toMatchObject({
    code: 'AWS.SimpleQueueService.NonExistentQueue',
    status: 200,
    event: { boto: 3 },
  })
})
