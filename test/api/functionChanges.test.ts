import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  GetEventSourceMappingCommand,
  GetFunctionCommand,
  InvokeCommand,
  PublishVersionCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { existsSync, readdirSync, renameSync, watch } from 'node:fs'
import path from 'node:path'
import { type App, start } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { clientSettings, closed, lambdaOf } from '../tools/clients.ts'
import { answer, code, create, refusal, SPEC, zip } from '../tools/madeFunctions.ts'
import { createProject, type Project, startProject } from '../tools/project.ts'

/** Says that it has begun, waits until it may go on, and then needs another file of its package. */
const WAITING = {
  'index.js': `const fs = require('node:fs')
exports.handler = async ({ go, here }) => {
  fs.writeFileSync(here, '')
  while (!fs.existsSync(go)) await new Promise((resolve) => setTimeout(resolve, 5))
  return require('./late.js')
}`,
  'late.js': 'module.exports = "late"',
}

const LAYERED = {
  ...SPEC,
  'one/nodejs/node_modules/dep/index.js': 'module.exports = "one"',
  'two/nodejs/node_modules/dep/index.js': 'module.exports = "two"',
}
const withLayer = (folder: string): string =>
  `${SPEC['lambda.yml']}\nlayers: { shared: { path: ${folder} } }\n`
const Layers = ['arn:aws:lambda:us-east-1:000000000000:layer:shared:1']

const sqsOf = ({ url }: App): SQSClient => closed(new SQSClient(clientSettings(url)))

/** Invokes `made`, made of {@link WAITING}; resolves once its handler runs. */
async function begin(client: ReturnType<typeof lambdaOf>, project: Project) {
  const { directory } = project
  const [go, here] = ['go', 'here'].map((name) => path.join(directory, name))
  const began = new Promise<void>((resolve) => {
    const watcher = watch(directory, () => {
      if (existsSync(here ?? '')) resolve()
    })
    onTestFinished(() => watcher.close())
  })
  const command = new InvokeCommand({ FunctionName: 'made', Payload: JSON.stringify({ go, here }) })
  const running = client.send(command)
  await began
  return {
    /** Lets it go on; its answer. */
    async end() {
      project.write('go', '')
      return Buffer.from((await running).Payload ?? []).toString()
    },
  }
}

const foldersOf = (data: string, name = 'made'): string[] => {
  const folder = path.join(data, 'functions', name)
  return existsSync(folder) ? readdirSync(folder) : []
}

async function startWithData(): Promise<App & { data: string; project: Project }> {
  const project = createProject(SPEC)
  const data = path.join(project.directory, 'data')
  const app = await start({ config: project.config, data, clock: 'live' })
  onTestFinished(() => app.stop())
  return Object.assign(app, { data, project })
}

test('what is in flight during an update may still load files of the old code, which goes with it', async () => {
  const app = await startWithData()
  const client = lambdaOf(app)
  await create(client, '', { Code: { ZipFile: await zip(WAITING) }, Timeout: 30 })
  const running = await begin(client, app.project)
  await client.send(new UpdateFunctionCodeCommand({ FunctionName: 'made', ZipFile: await code('"new"') }))
  expect(await answer(client)).toBe('new')
  expect(foldersOf(app.data)).toHaveLength(2)
  expect(await running.end()).toBe('"late"')
  await app.settle()
  expect(foldersOf(app.data)).toHaveLength(1)
})

test('a function is deleted at once; what runs ends on its code, and leaves nothing behind', async () => {
  const app = await startWithData()
  const client = lambdaOf(app)
  await create(client, '', { Code: { ZipFile: await zip(WAITING) }, Timeout: 30 })
  const running = await begin(client, app.project)
  await client.send(new DeleteFunctionCommand({ FunctionName: 'made' }))
  expect(await refusal(answer(client))).toMatchObject([404, 'ResourceNotFoundException', expect.anything()])
  await create(client, '"another"')
  expect(await answer(client)).toBe('another')
  expect(await running.end()).toBe('"late"')
  await app.settle()
  expect(foldersOf(app.data)).toHaveLength(1)
  await client.send(new DeleteFunctionCommand({ FunctionName: 'made' }))
  await app.settle()
  expect(foldersOf(app.data)).toEqual([])
})

test('a version that is deleted takes its code along, unless another version has the same', async () => {
  const app = await startWithData()
  const client = lambdaOf(app)
  const publish = async (FunctionName: string): Promise<void> =>
    void (await client.send(new PublishVersionCommand({ FunctionName })))
  const remove = async (FunctionName: string, Qualifier: string): Promise<void> => {
    await client.send(new DeleteFunctionCommand({ FunctionName, Qualifier }))
    await app.settle()
  }
  await create(client, '"first"', { Publish: true })
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'made', Timeout: 9 }))
  await publish('made')
  await client.send(new UpdateFunctionCodeCommand({ FunctionName: 'made', ZipFile: await code('"second"') }))
  await app.settle()
  await answer(client, 'made', '1')
  await remove('made', '1')
  expect(foldersOf(app.data)).toHaveLength(2)
  expect(await refusal(answer(client, 'made', '1'))).toMatchObject([404, 'ResourceNotFoundException', {}])
  expect(await answer(client, 'made', '2')).toBe('first')
  await remove('made', '2')
  expect(foldersOf(app.data)).toHaveLength(1)

  await publish('declared')
  expect(await answer(client, 'declared', '1')).toBe(1)
  const { Code } = await client.send(new GetFunctionCommand({ FunctionName: 'declared', Qualifier: '1' }))
  const folder = new URL(Code?.Location ?? '').pathname
  expect(existsSync(folder)).toBe(true)
  await remove('declared', '1')
  expect(existsSync(folder)).toBe(false)
})

test('the events of a version that is deleted go with it', async () => {
  const app = await startProject(SPEC)
  const client = lambdaOf(app)
  await create(client, '(() => { throw new Error("no") })()', { Publish: true })
  await app.invoke('made', {}, { type: 'Event', qualifier: '1' })
  await app.clock.advance(0)
  await client.send(new DeleteFunctionCommand({ FunctionName: 'made', Qualifier: '1' }))
  await app.settle()
  expect(app.status().functions).toMatchObject([{ name: 'declared' }, { name: 'made', waitingEvents: 0 }])
})

test('events that wait for a function which left the file are not those of a new one of its name', async () => {
  const made = { ...SPEC, 'lambda.yml': 'functions: { made: { handler: index.handler } }' }
  const app = await startProject({
    ...made,
    'index.js': 'exports.handler = async () => { throw new Error() }',
  })
  const client = lambdaOf(app)
  await app.invoke('made', {}, { type: 'Event' })
  await app.clock.advance(0)
  app.project.write('lambda.yml', SPEC['lambda.yml'])
  await app.reloadSpec()
  await create(client, '1')
  await app.clock.advance('10m')
  await app.settle()
  expect(app.function('made').messages()).toHaveLength(1)
})

test('spies see functions that the API made like those of the file', async () => {
  const app = await startProject(SPEC)
  const client = lambdaOf(app)
  await create(client, '(console.log("here"), event)')
  const toQueue = { OnSuccess: { Destination: 'arn:aws:sqs:us-east-1:000000000000:done' } }
  const sqs = sqsOf(app)
  await sqs.send(new CreateQueueCommand({ QueueName: 'done' }))
  await client.send(
    new PutFunctionEventInvokeConfigCommand({ FunctionName: 'made', DestinationConfig: toQueue }),
  )
  await app.invoke('made', { n: 2 }, { type: 'Event' })
  await app.settle()
  expect(app.function('made').messages()).toMatchObject([{ event: { n: 2 }, outcome: 'success' }])
  expect(app.destination('made', 'onSuccess').messages()).toMatchObject([{ requestPayload: { n: 2 } }])
  expect(app.logs('made', { filterPattern: 'here' }).messages()).toHaveLength(1)

  const LoggingConfig = { LogGroup: '/another' }
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'made', LoggingConfig }))
  await answer(client)
  expect(app.logs('made', { filterPattern: 'here' }).messages()).toHaveLength(1)
  await client.send(new DeleteFunctionCommand({ FunctionName: 'made' }))
  expect(() => app.function('made')).toThrow('there is no function made; there are: declared')
})

test('a project that is moved while nobody runs it keeps functions and versions that the API made', async () => {
  const { directory, config } = createProject({ ...LAYERED, 'lambda.yml': withLayer('one') })
  const first = await start({ config, clock: 'frozen' })
  const client = lambdaOf(first)
  await create(client, '"first"', { Publish: true })
  await create(client, 'require("dep")', { FunctionName: 'layered', Layers, Publish: true })
  await client.send(new UpdateFunctionCodeCommand({ FunctionName: 'made', ZipFile: await code('"second"') }))
  await client.send(new PublishVersionCommand({ FunctionName: 'declared' }))
  await first.stop()

  const moved = `${directory}-moved`
  renameSync(directory, moved)
  onTestFinished(() => renameSync(moved, directory))
  const second = await start({ config: path.join(moved, 'lambda.yml'), clock: 'frozen' })
  onTestFinished(() => second.stop())
  const again = lambdaOf(second)
  expect([
    await answer(again),
    await answer(again, 'made', '1'),
    await answer(again, 'declared', '1'),
    await answer(again, 'layered', '1'),
  ]).toEqual(['second', 'first', 1, 'one'])
  const { Code } = await again.send(new GetFunctionCommand({ FunctionName: 'made', Qualifier: '1' }))
  expect(Code?.Location).toContain(moved)
})

test('layers that the file names later, or elsewhere, are found by functions of the API', async () => {
  const app = await startProject(LAYERED)
  const client = lambdaOf(app)
  const reload = async (text: string) => {
    app.project.write('lambda.yml', text)
    return await app.reloadSpec()
  }
  expect(await reload(withLayer('one'))).toEqual(['layer shared added'])
  await create(client, 'require("dep")', { Layers, Publish: true })
  expect(await answer(client)).toBe('one')
  expect(await reload(withLayer('two'))).toEqual(['layer shared changed'])
  expect([await answer(client), await answer(client, 'made', '1')]).toEqual(['two', 'one'])
  expect(await reload(SPEC['lambda.yml'])).toEqual(['layer shared removed'])
  expect(await answer(client)).toMatchObject({ errorMessage: expect.stringContaining("'dep'") as unknown })
})

test('versions that are published while the code changes are whole, or refused', async () => {
  const app = await startWithData()
  const client = lambdaOf(app)
  await create(client, '0')
  const changes = Array.from({ length: 12 }, async (_, n) => {
    const ZipFile = await code(String(n + 1))
    return await refusal(client.send(new UpdateFunctionCodeCommand({ FunctionName: 'made', ZipFile })))
  })
  const published = Array.from({ length: 12 }, () =>
    client.send(new PublishVersionCommand({ FunctionName: 'made' })).then(
      ({ Version }) => Version,
      (error: Error) => error.name,
    ),
  )
  const refusals = (await Promise.all(changes)).filter((one) => one !== undefined)
  expect(refusals.every((one) => (one as unknown[])[1] === 'ResourceConflictException')).toBe(true)
  await app.settle()
  const versions = new Set(await Promise.all(published))
  versions.delete('ResourceConflictException')
  for (const version of versions) expect(await answer(client, 'made', version)).toEqual(expect.any(Number))
})

test('a mapping of a made function reads, waits while that is deleted, and reads again for one of the same name', async () => {
  const app = await startProject(SPEC)
  const client = lambdaOf(app)
  const sqs = sqsOf(app)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }))
  const saying = 'console.log("got " + event.Records[0].body)'
  const heard = async (text: string): Promise<boolean> => {
    await app.settle()
    return app.ledger.latest().some((entry) => entry.kind === 'logLine' && entry.text.includes(`got ${text}`))
  }
  await create(client, saying)
  const { UUID } = await client.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'made',
      EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:orders',
    }),
  )
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'the first' }))
  expect(await heard('the first')).toBe(true)
  await client.send(new DeleteFunctionCommand({ FunctionName: 'made' }))
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'while nobody is there' }))
  expect(await client.send(new GetEventSourceMappingCommand({ UUID }))).toMatchObject({
    FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:made',
  })
  await create(client, saying)
  expect(await heard('while nobody is there')).toBe(true)
})

test('a version that an alias names is not deleted before the alias', async () => {
  const client = lambdaOf(await startProject(SPEC))
  await create(client, '1', { Publish: true })
  const alias = { FunctionName: 'made', Name: 'live' }
  await client.send(new CreateAliasCommand({ ...alias, FunctionVersion: '1' }))
  const remove = new DeleteFunctionCommand({ FunctionName: 'made', Qualifier: '1' })
  expect(await refusal(client.send(remove))).toMatchObject([409, 'ResourceConflictException', {}])
  await client.send(new DeleteAliasCommand(alias))
  expect(await refusal(client.send(remove))).toBeUndefined()
})

test('a function in Python is made, changed and deleted like any other', async () => {
  const client = lambdaOf(await startProject(SPEC))
  const python = (text: string): Promise<Buffer> =>
    zip({ 'app.py': `def handler(event, context):\n    return ${text}\n` })
  const Handler = 'app.handler'
  await create(client, '', {
    Handler,
    Runtime: 'python3.12',
    Code: { ZipFile: await python('event["n"] + 1') },
    Publish: true,
  })
  expect(await answer(client)).toBe(2)
  const ZipFile = await python('"changed"')
  await client.send(new UpdateFunctionCodeCommand({ FunctionName: 'made', ZipFile }))
  expect([await answer(client), await answer(client, 'made', '1')]).toEqual(['changed', 2])
  await client.send(new DeleteFunctionCommand({ FunctionName: 'made' }))
  expect(await refusal(answer(client))).toMatchObject([404, 'ResourceNotFoundException', {}])
})
