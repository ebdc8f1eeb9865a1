import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  KinesisClient,
  PutRecordCommand,
} from '@aws-sdk/client-kinesis'
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  PublishVersionCommand,
  UpdateEventSourceMappingCommand,
  type UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda'
import type { App } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { startProject } from '../tools/project.ts'

const streamArn = 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks'
const functionArn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`

/** The functions `worker`, with what it reads, and `other`; the stream `clicks`. */
const specOf = ({ worker = '', other = true, gate = '' } = {}): string => `
service: shop
provider: { environment: { GATE: '${gate}' } }
functions:
  worker:
    handler: handlers.tell
    ${worker === '' ? '' : `events: [{ stream: ${worker} }]`}
${other ? '  other: { handler: handlers.tell }' : ''}
resources: { streams: { clicks: {} } }
`
const HANDLERS = `exports.tell = async ({ Records }, context) => {
  const data = Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString())
  if (data.includes('wait')) await fetch(process.env.GATE)
  return { data, arn: context.invokedFunctionArn, version: context.functionVersion }
}`
const project = (spec?: Parameters<typeof specOf>[0]) => ({
  'lambda.yml': specOf(spec),
  'handlers.js': HANDLERS,
})

/** Something a handler waits at. */
async function createGate() {
  let arrived: (() => void) | undefined
  const waiting: (() => void)[] = []
  const server = createServer((_, response) => {
    waiting.push(() => response.end())
    arrived?.()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const open = (): void => waiting.splice(0).forEach((release) => release())
  onTestFinished(() => {
    open()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Resolves when a handler is there. */
    reached: () => new Promise<void>((resolve) => (waiting.length > 0 ? resolve() : (arrived = resolve))),
    open,
  }
}

/** The API of an application, as the SDK's clients speak to it. */
function clientsOf(app: App) {
  const settings = {
    endpoint: app.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  }
  const lambda = new LambdaClient(settings)
  const kinesis = new KinesisClient(settings)
  onTestFinished(() => {
    lambda.destroy()
    kinesis.destroy()
  })
  return {
    lambda,
    kinesis,
    put: (data: string) =>
      kinesis.send(
        new PutRecordCommand({ StreamName: 'clicks', PartitionKey: 'a', Data: Buffer.from(data) }),
      ),
    create: (input: Partial<CreateEventSourceMappingCommandInput> = {}) =>
      lambda.send(
        new CreateEventSourceMappingCommand({
          FunctionName: 'other',
          EventSourceArn: streamArn,
          StartingPosition: 'TRIM_HORIZON',
          ...input,
        }),
      ),
    update: (input: UpdateEventSourceMappingCommandInput) =>
      lambda.send(new UpdateEventSourceMappingCommand(input)),
    get: (UUID: string | undefined) => lambda.send(new GetEventSourceMappingCommand({ UUID })),
    remove: (UUID: string | undefined) => lambda.send(new DeleteEventSourceMappingCommand({ UUID })),
    list: async () => (await lambda.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings ?? [],
  }
}

const failing = (sending: Promise<unknown>): Promise<string | undefined> =>
  sending.then(
    () => undefined,
    (error: unknown) => (error as Error).name,
  )

/** What an invocation answered: the data of its batch, and whom it was for. */
const nextOf = async (app: App, name: string): Promise<{ data: string[]; arn: string; version: string }> =>
  (await app.function(name).next()).response as { data: string[]; arn: string; version: string }

test('a mapping of lambda.yml is shown as one of the API would be', async () => {
  const app = await startProject(
    project({
      worker: '{ stream: clicks, batchSize: 5, maximumRetryAttempts: 2, startingPosition: LATEST }',
    }),
  )
  const [shown] = await clientsOf(app).list()
  expect(shown).toEqual({
    UUID: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    StartingPosition: 'LATEST',
    BatchSize: 5,
    MaximumBatchingWindowInSeconds: 0,
    ParallelizationFactor: 1,
    EventSourceArn: streamArn,
    FunctionArn: functionArn('worker'),
    LastModified: new Date(app.clock.now()),
    LastProcessingResult: 'No records processed',
    State: 'Enabled',
    StateTransitionReason: 'User action',
    DestinationConfig: { OnFailure: {} },
    MaximumRecordAgeInSeconds: -1,
    BisectBatchOnFunctionError: false,
    MaximumRetryAttempts: 2,
    TumblingWindowInSeconds: 0,
    FunctionResponseTypes: [],
    EventSourceMappingArn: `arn:aws:lambda:us-east-1:000000000000:event-source-mapping:${shown?.UUID}`,
  })
})

test('while a batch runs a mapping is Disabling or Deleting, in use, and its batch ends well', async () => {
  const gate = await createGate()
  const app = await startProject(project({ gate: gate.url }))
  const { create, get, update, remove, put } = clientsOf(app)
  const { UUID: uuid } = await create()
  await put('wait')
  await gate.reached()
  expect((await update({ UUID: uuid, Enabled: false })).State).toBe('Disabling')
  expect((await get(uuid)).State).toBe('Disabling')
  expect(await failing(update({ UUID: uuid, BatchSize: 1 }))).toBe('ResourceInUseException')
  expect(await failing(remove(uuid))).toBe('ResourceInUseException')
  await put('later')
  gate.open()
  expect((await nextOf(app, 'other')).data).toEqual(['wait'])
  await app.settle()
  expect(await get(uuid)).toMatchObject({ State: 'Disabled' })

  await update({ UUID: uuid, Enabled: true })
  expect((await nextOf(app, 'other')).data).toEqual(['later'])
  expect((await get(uuid)).LastProcessingResult).toBe('OK')
  await put('wait')
  await gate.reached()
  await remove(uuid)
  expect((await get(uuid)).State).toBe('Deleting')
  expect(await failing(create())).toBe('ResourceConflictException')
  gate.open()
  await app.settle()
  expect(await failing(get(uuid))).toBe('ResourceNotFoundException')
  expect(await app.function('other').next()).toMatchObject({ response: { data: ['wait'] } })
})

test('a mapping on a version invokes that one, and a switch goes on behind it', async () => {
  const app = await startProject(project())
  const { create, update, put, lambda } = clientsOf(app)
  await lambda.send(new PublishVersionCommand({ FunctionName: 'other' }))
  const { UUID: uuid } = await create({ FunctionName: 'other:1' })
  await put('one')
  expect(await nextOf(app, 'other')).toEqual({
    data: ['one'],
    arn: `${functionArn('other')}:1`,
    version: '1',
  })
  await update({ UUID: uuid, FunctionName: 'worker' })
  await put('two')
  expect(await nextOf(app, 'worker')).toMatchObject({ data: ['two'], arn: functionArn('worker') })
})

test('a mapping whose stream is gone says so until there is one of that name again, and reads all of it', async () => {
  const app = await startProject(project())
  const { create, get, kinesis, put } = clientsOf(app)
  const { UUID: uuid } = await create({ StartingPosition: 'LATEST' })
  await kinesis.send(new DeleteStreamCommand({ StreamName: 'clicks' }))
  await app.settle()
  const shown = await get(uuid)
  expect(shown.State).toBe('Enabled')
  expect(shown.LastProcessingResult).toMatch(/^PROBLEM: the stream cannot be read: .*not found/)
  await kinesis.send(new CreateStreamCommand({ StreamName: 'clicks', ShardCount: 1 }))
  await put('one')
  await app.clock.advance('1m')
  expect((await nextOf(app, 'other')).data).toEqual(['one'])
  expect((await get(uuid)).LastProcessingResult).toBe('OK')
})

test('a mapping stays Enabled when its function goes, and goes on when it is back', async () => {
  const app = await startProject(project())
  const { create, get, put } = clientsOf(app)
  const { UUID: uuid } = await create()
  app.project.write('lambda.yml', specOf({ other: false }))
  await app.reloadSpec()
  expect((await get(uuid)).State).toBe('Enabled')
  await put('one')
  await app.settle()
  app.project.write('lambda.yml', specOf())
  await app.reloadSpec()
  expect((await nextOf(app, 'other')).data).toEqual(['one'])
})

test('a declaration takes over the mapping that the API made, with its place', async () => {
  const app = await startProject(project())
  const { create, list, put } = clientsOf(app)
  const { UUID: uuid } = await create({ FunctionName: 'worker' })
  await put('one')
  expect((await nextOf(app, 'worker')).data).toEqual(['one'])
  app.project.write('lambda.yml', specOf({ worker: '{ stream: clicks, batchSize: 2 }' }))
  await app.reloadSpec()
  expect(await list()).toMatchObject([{ UUID: uuid, BatchSize: 2 }])
  await put('two')
  expect((await nextOf(app, 'worker')).data).toEqual(['two'])
  app.project.write('lambda.yml', specOf())
  await app.reloadSpec()
  expect(await list()).toEqual([])
})
