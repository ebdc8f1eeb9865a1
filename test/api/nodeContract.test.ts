import { mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
} from '@aws-sdk/client-lambda'
import { type App, start } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { createProject, startProject } from '../tools/project.ts'

const LAYERED = {
  'lambda.yml': `
service: layered
provider: { region: eu-west-1, logs: { lambda: { logFormat: JSON, applicationLogLevel: WARN } }, tracing: { lambda: Active } }
layers: { greeting: { path: layers/greeting } }
functions:
  greeter: { handler: src/index.handler, layers: [greeting] }
  plain: { handler: src/plain.handler, logs: { logGroup: /shop/all }, tracing: false }
`,
  'src/index.ts': `import greeting from 'greeting'
export const handler = async (): Promise<string> => { console.info('below'); return greeting }`,
  'src/plain.ts': `export const handler = async (): Promise<unknown> => process.env._X_AMZN_TRACE_ID`,
  'layers/greeting/nodejs/node_modules/greeting/index.js': `module.exports = 'hello'`,
}

function lambdaOf(app: App): LambdaClient {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const client = new LambdaClient({ endpoint: app.url, region: 'eu-west-1', credentials })
  onTestFinished(() => client.destroy())
  return client
}

test('a package of a layer is used, and a change of it is seen', async () => {
  const app = await startProject(LAYERED, { clock: 'live', watch: true })
  expect((await app.invoke('greeter')).payload).toBe('hello')
  const deployed = new Promise((resolve) => {
    const unsubscribe = app.ledger.subscribe((entry) => {
      if (entry.kind !== 'deployed') return
      unsubscribe()
      resolve(entry.functionName)
    })
  })
  app.project.write('layers/greeting/nodejs/node_modules/greeting/index.js', `module.exports = 'hi'`)
  expect(await deployed).toBe('greeter')
  expect((await app.invoke('greeter')).payload).toBe('hi')
})

test('a layer that a changed lambda.yml names is used, and watched from then on', async () => {
  const app = await startProject(LAYERED, { clock: 'live', watch: true })
  const nextDeployment = () =>
    new Promise<void>((resolve) => {
      const unsubscribe = app.ledger.subscribe((entry) => {
        if (entry.kind !== 'deployed' || entry.functionName !== 'greeter') return
        unsubscribe()
        resolve()
      })
    })
  expect((await app.invoke('greeter')).payload).toBe('hello')
  const file = 'layers/other/nodejs/node_modules/greeting/index.js'
  app.project.write(file, `module.exports = 'other'`)
  const changed = nextDeployment()
  app.project.write('lambda.yml', LAYERED['lambda.yml'].replace('layers/greeting', 'layers/other'))
  await changed
  expect((await app.invoke('greeter')).payload).toBe('other')
  await expect
    .poll(async () => {
      app.project.write(file, `module.exports = 'changed'`)
      return (await app.invoke('greeter')).payload
    })
    .toBe('changed')
})

test('the Lambda API shows layers, logging and tracing', async () => {
  const app = await startProject(LAYERED)
  const client = lambdaOf(app)
  expect(await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'greeter' }))).toMatchObject({
    Layers: [{ Arn: 'arn:aws:lambda:eu-west-1:000000000000:layer:greeting:1' }],
    LoggingConfig: {
      LogFormat: 'JSON',
      ApplicationLogLevel: 'WARN',
      SystemLogLevel: 'INFO',
      LogGroup: '/aws/lambda/greeter',
    },
    TracingConfig: { Mode: 'Active' },
  })
  const plain = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'plain' }))
  expect(plain).toMatchObject({
    LoggingConfig: { LogGroup: '/shop/all' },
    TracingConfig: { Mode: 'PassThrough' },
  })
  expect(plain.Layers).toBeUndefined()
})

test('a published version keeps its layers and its logging', async () => {
  const app = await startProject(LAYERED)
  const client = lambdaOf(app)
  await client.send(new PublishVersionCommand({ FunctionName: 'greeter' }))
  const answer = await client.send(
    new InvokeCommand({ FunctionName: 'greeter', Qualifier: '1', LogType: 'Tail' }),
  )
  expect(Buffer.from(answer.Payload ?? []).toString()).toBe('"hello"')
  const log = Buffer.from(answer.LogResult ?? '', 'base64').toString()
  expect(log).toMatch(/^\{"time":"[^"]+","type":"platform\.start"/)
  expect(log).not.toContain('below')
})

test('a traced function is sampled unless its caller decided otherwise', async () => {
  const app = await startProject(LAYERED)
  const client = lambdaOf(app)
  const reports: string[] = []
  app.ledger.subscribe((entry) => {
    if (entry.kind === 'logLine' && entry.text.includes('platform.report')) reports.push(entry.text)
  })
  const traceOf = async (name: string, header?: string): Promise<string> => {
    const command = new InvokeCommand({ FunctionName: name })
    if (header !== undefined)
      command.middlewareStack.add(
        (next) => (input) => {
          Object.assign((input.request as { headers: object }).headers, { 'X-Amzn-Trace-Id': header })
          return next(input)
        },
        { step: 'build' },
      )
    const answer = await client.send(command)
    return Buffer.from(answer.Payload ?? []).toString()
  }
  await traceOf('greeter')
  await traceOf('greeter', 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0')
  await app.invoke('greeter')
  expect(reports.map((text) => text.includes('Sampled=1'))).toEqual([true, false, true])
  expect(await traceOf('plain')).toContain('Sampled=0')
})

test('version 2 of the SDK finds the queues that are hosted here', async () => {
  const project = createProject({
    'lambda.yml': `
service: old
functions:
  sender: { handler: index.send, environment: { QUEUE: !Ref orders }, timeout: 20 }
  worker: { handler: index.work, events: [{ sqs: orders }] }
resources: { queues: { orders: { visibilityTimeout: 60 } } }
`,
    'index.js': `
exports.send = async (event) => {
  const { SQS } = require('aws-sdk')
  const sqs = new SQS()
  const { QueueUrl } = await sqs.getQueueUrl({ QueueName: 'orders' }).promise()
  for (const url of [QueueUrl, process.env.QUEUE]) await sqs.sendMessage({ QueueUrl: url, MessageBody: 'from 2' }).promise()
}
exports.work = async ({ Records }) => Records.length`,
  })
  mkdirSync(path.join(project.directory, 'node_modules'))
  const installed = path.resolve(import.meta.dirname, '../../node_modules/aws-sdk')
  symlinkSync(installed, path.join(project.directory, 'node_modules/aws-sdk'))
  const app = await start({ config: project.config, clock: 'frozen', ephemeral: true })
  onTestFinished(() => app.stop())
  const spy = app.function('worker')
  expect((await app.invoke('sender')).functionError).toBeUndefined()
  await app.settle()
  const first = await spy.next()
  expect(first.event).toMatchObject({ Records: [{ body: 'from 2' }] })
})
