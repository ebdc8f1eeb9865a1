import { rmSync } from 'node:fs'
import path from 'node:path'
import {
  CreateAliasCommand,
  DeleteAliasCommand,
  GetFunctionCommand,
  InvokeCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  PutFunctionRecursionConfigCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda'
import { type App, start, type StartOptions } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { lambdaOf } from '../tools/clients.ts'
import { createProject, startProject } from '../tools/project.ts'

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:checkout'

const SAYS = (word: string, file = 'words.js'): Record<string, string> => ({
  [file]: `exports.word = '${word}'`,
})

const project = {
  'lambda.yml': `
service: shop
functions:
  checkout: { handler: src/checkout.handler, environment: { STAGE: test } }
resources:
  queues: { dead: {}, failed: {}, succeeded: {} }
`,
  'src/checkout.js': `
const { word } = require('../words.js')
let runs = 0
exports.handler = async (event, context) => {
  if (event.fail) throw new Error(word)
  return {
    word, runs: ++runs, arn: context.invokedFunctionArn, version: context.functionVersion,
    variable: process.env.AWS_LAMBDA_FUNCTION_VERSION, stage: process.env.STAGE, stream: context.logStreamName,
  }
}`,
  ...SAYS('first'),
}

async function invoke(app: App, Qualifier?: string) {
  const answer = await lambdaOf(app).send(
    new InvokeCommand({ FunctionName: 'checkout', Qualifier, LogType: 'Tail' }),
  )
  return {
    version: answer.ExecutedVersion,
    error: answer.FunctionError,
    payload: JSON.parse(Buffer.from(answer.Payload ?? []).toString()) as Record<string, unknown>,
    log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
  }
}

const publish = (app: App) => lambdaOf(app).send(new PublishVersionCommand({ FunctionName: 'checkout' }))
const createAlias = (app: App, Name: string, FunctionVersion: string) =>
  lambdaOf(app).send(new CreateAliasCommand({ FunctionName: 'checkout', Name, FunctionVersion }))

async function change(app: App & { project: { write(file: string, text: string): void } }, word: string) {
  app.project.write('words.js', SAYS(word)['words.js'] ?? '')
  await app.reload()
}

test('a published version stays what it was, and shows which one it is everywhere', async () => {
  const app = await startProject(project)
  expect(await publish(app)).toMatchObject({
    Version: '1',
    FunctionArn: `${ARN}:1`,
    $metadata: { httpStatusCode: 201 },
  })
  await change(app, 'second')
  const old = await invoke(app, '1')
  expect(old).toMatchObject({
    version: '1',
    payload: { word: 'first', version: '1', variable: '1', arn: `${ARN}:1`, stage: 'test', runs: 1 },
  })
  expect(old.payload['stream']).toContain('/[1]')
  expect(old.log).toMatch(/^START RequestId: \S+ Version: 1\n/)
  expect(await invoke(app)).toMatchObject({
    version: '$LATEST',
    payload: { word: 'second', arn: ARN, runs: 1 },
  })
  // Environments are never shared between versions, and go on.
  expect(await invoke(app, '1')).toMatchObject({ payload: { runs: 2 } })
  await app.reload()
  expect(await invoke(app, '1')).toMatchObject({ payload: { runs: 3 } })
})

test('an alias keeps its ARN while the version behind it is another', async () => {
  const app = await startProject(project)
  await publish(app)
  await change(app, 'second')
  expect(await publish(app)).toMatchObject({ Version: '2' })
  await createAlias(app, 'live', '1')
  expect(await invoke(app, 'live')).toMatchObject({
    version: '1',
    payload: { word: 'first', arn: `${ARN}:live`, version: '1' },
  })
  await lambdaOf(app).send(
    new UpdateAliasCommand({ FunctionName: 'checkout', Name: 'live', FunctionVersion: '2' }),
  )
  expect(await invoke(app, 'live')).toMatchObject({ version: '2', payload: { word: 'second' } })
  const { Configuration } = await lambdaOf(app).send(
    new GetFunctionCommand({ FunctionName: 'checkout', Qualifier: 'live' }),
  )
  expect(Configuration).toMatchObject({ FunctionArn: `${ARN}:live`, Version: '2' })
})

test('an alias with weights divides its invocations between two versions', async () => {
  const app = await startProject(project)
  await publish(app)
  await change(app, 'second')
  await publish(app)
  await createAlias(app, 'live', '1')
  const route = (weight: number) =>
    lambdaOf(app).send(
      new UpdateAliasCommand({
        FunctionName: 'checkout',
        Name: 'live',
        RoutingConfig: { AdditionalVersionWeights: { '2': weight } },
      }),
    )
  const versions = async (count: number): Promise<Set<string | undefined>> => {
    const seen = new Set<string | undefined>()
    for (let one = 0; one < count; one++) seen.add((await invoke(app, 'live')).version)
    return seen
  }
  await route(0.5)
  // All on one side once in 2^59 times.
  expect(await versions(60)).toEqual(new Set(['1', '2']))
  await route(1)
  expect(await versions(10)).toEqual(new Set(['2']))
  await route(0)
  expect(await versions(10)).toEqual(new Set(['1']))
})

test('nothing is published twice: without a change the version there is is answered', async () => {
  const app = await startProject(project)
  const first = await publish(app)
  const again = await publish(app)
  expect([again.Version, again.RevisionId]).toEqual(['1', first.RevisionId])
  await change(app, 'second')
  expect((await publish(app)).Version).toBe('2')
})

test('code that cannot be built is not published, and the error says why', async () => {
  const app = await startProject(project)
  app.project.write('src/checkout.js', 'exports.handler = async () => {')
  await expect(publish(app)).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: expect.stringMatching(/^checkout cannot be published: SyntaxError: .*checkout\.js/s) as unknown,
  })
})

test('an asynchronous event follows the settings of the qualifier that was invoked', async () => {
  const app = await startProject(project)
  const client = lambdaOf(app)
  await publish(app)
  await createAlias(app, 'live', '1')
  const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`
  await client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'checkout',
      Qualifier: 'live',
      MaximumRetryAttempts: 0,
      DestinationConfig: {
        OnFailure: { Destination: queueArn('failed') },
        OnSuccess: { Destination: queueArn('succeeded') },
      },
    }),
  )
  await app.invoke('checkout', { fail: true }, { type: 'Event', qualifier: 'live' })
  await app.invoke('checkout', {}, { type: 'Event', qualifier: 'live' })
  // The version behind the alias has no settings of its own: two retries, no destination.
  await app.invoke('checkout', { fail: true }, { type: 'Event', qualifier: '1' })
  await app.clock.advance('3m')
  await app.settle()
  const records = (name: string): unknown[] =>
    app
      .queue(name)
      .messages()
      .map(({ body }) => JSON.parse(body) as unknown)
  expect(records('failed')).toMatchObject([
    {
      requestContext: {
        functionArn: `${ARN}:live`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 1,
      },
      responseContext: { statusCode: 200, executedVersion: '1', functionError: 'Unhandled' },
    },
  ])
  expect(records('succeeded')).toMatchObject([{ responseContext: { statusCode: 200, executedVersion: '1' } }])
  expect(app.ledger.latest().filter(({ kind }) => kind === 'invocationEnded')).toHaveLength(5)
})

test('events of an alias that is gone wait for it', async () => {
  const app = await startProject(project)
  await publish(app)
  await createAlias(app, 'live', '1')
  await app.invoke('checkout', { fail: true }, { type: 'Event', qualifier: 'live' })
  await app.clock.advance(0)
  await lambdaOf(app).send(new DeleteAliasCommand({ FunctionName: 'checkout', Name: 'live' }))
  await app.clock.advance('10m')
  await expect(app.settle()).rejects.toThrow('1 asynchronous event of checkout')
  await createAlias(app, 'live', '1')
  await app.clock.advance('10m')
  await app.settle()
})

test('the API overrides the reserved concurrency of the spec until the spec says something else', async () => {
  const app = await startProject(project)
  await lambdaOf(app).send(
    new PutFunctionConcurrencyCommand({ FunctionName: 'checkout', ReservedConcurrentExecutions: 0 }),
  )
  await expect(invoke(app)).rejects.toMatchObject({
    name: 'TooManyRequestsException',
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
  })
  app.project.write(
    'lambda.yml',
    project['lambda.yml'].replace('environment:', 'reservedConcurrency: 5, environment:'),
  )
  await app.reloadSpec()
  expect(await invoke(app)).toMatchObject({ error: undefined })
})

test('a function whose recursion is allowed goes on', async () => {
  const app = await startProject({
    ...project,
    'src/checkout.js': `
exports.handler = async ({ left = 30 }) => {
  if (left === 0) return
  await fetch(process.env.AWS_ENDPOINT_URL + '/2015-03-31/functions/checkout/invocations', {
    method: 'POST', body: JSON.stringify({ left: left - 1 }),
    headers: { 'x-amz-invocation-type': 'Event', 'x-amzn-trace-id': process.env._X_AMZN_TRACE_ID },
  })
}`,
  })
  await lambdaOf(app).send(
    new PutFunctionRecursionConfigCommand({ FunctionName: 'checkout', RecursiveLoop: 'Allow' }),
  )
  await app.invoke('checkout', {}, { type: 'Event' })
  await app.settle()
  expect(app.status().functions[0]?.figures).toMatchObject({
    invocations: 31,
    recursiveInvocationsDropped: 0,
  })
})

test('versions, aliases and settings outlive the process; a version whose code is gone says so', async () => {
  const files = createProject(project)
  const options: StartOptions = { config: files.config, clock: 'frozen' }
  const first = await start(options)
  await publish(first)
  await createAlias(first, 'live', '1')
  await lambdaOf(first).send(
    new PutFunctionEventInvokeConfigCommand({ FunctionName: 'checkout', MaximumRetryAttempts: 1 }),
  )
  await first.stop()
  files.write('words.js', SAYS('second')['words.js'] ?? '')
  const second = await start(options)
  expect(await invoke(second, 'live')).toMatchObject({ version: '1', payload: { word: 'first' } })
  await second.stop()
  rmSync(path.join(files.directory, '.lambent/versions/checkout/1'), { recursive: true })
  const third = await start(options)
  onTestFinished(() => third.stop())
  const answer = await invoke(third, '1')
  expect(answer).toMatchObject({
    version: '1',
    error: 'Unhandled',
    payload: {
      errorType: 'Runtime.ImportModuleError',
      errorMessage: expect.stringMatching(
        /^The code of version 1 was kept in .*, which is gone: publish/,
      ) as unknown,
    },
  })
  expect(await invoke(third)).toMatchObject({ payload: { word: 'second' } })
})

test('a reset forgets versions and settings; numbers begin anew', async () => {
  const app = await startProject(project)
  await publish(app)
  expect(await invoke(app, '1')).toMatchObject({ payload: { word: 'first' } })
  await app.reset()
  await expect(invoke(app, '1')).rejects.toMatchObject({ message: `Function not found: ${ARN}:1` })
  await change(app, 'second')
  expect((await publish(app)).Version).toBe('1')
  expect(await invoke(app, '1')).toMatchObject({ payload: { word: 'second' } })
})

test('TypeScript handlers and modules are published as they run', async () => {
  const app = await startProject({
    'lambda.yml': 'service: shop\nfunctions:\n  checkout: { handler: src/checkout.handler }\n',
    'package.json': '{"type":"module"}',
    'src/checkout.ts': `import { word } from './words.ts'\nexport const handler = async (): Promise<object> => ({ word })`,
    'src/words.ts': `export const word: string = 'first'`,
  })
  await publish(app)
  app.project.write('src/words.ts', `export const word: string = 'second'`)
  await app.reload()
  expect(await invoke(app, '1')).toMatchObject({ payload: { word: 'first' } })
  expect(await invoke(app)).toMatchObject({ payload: { word: 'second' } })
})
