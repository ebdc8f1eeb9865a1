import { execFile, spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteAliasCommand,
  DeleteEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListTagsCommand,
  PublishVersionCommand,
  UpdateEventSourceMappingCommand,
  type UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda'
import { CreateQueueCommand, DeleteQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type App, start } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { startProject } from '../tools/project.ts'

const accountId = '000000000000'
const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:${accountId}:${name}`
const functionArn = (name: string): string => `arn:aws:lambda:us-east-1:${accountId}:function:${name}`

/** The functions below `functions:`; `worker` reads `orders` with the settings given. */
const specOf = ({ worker = '{ queue: orders }', other = true, gate = '' } = {}): string => `
service: shop
provider: { environment: { GATE: '${gate}' } }
functions:
  worker:
    handler: handlers.tell
    events: [{ sqs: ${worker} }]
${other ? '  other: { handler: handlers.tell }' : ''}
resources: { queues: { orders: {}, jobs: {} } }
`
const HANDLERS = `exports.tell = async (event, context) => {
  const bodies = event.Records.map(({ body }) => body)
  if (bodies.some((body) => body.startsWith('wait'))) await fetch(process.env.GATE)
  return { bodies, arn: context.invokedFunctionArn, version: context.functionVersion }
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

/** The API of an application, as the SDK's client speaks to it. */
function clientsOf(app: App) {
  const settings = {
    endpoint: app.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  }
  const lambda = new LambdaClient(settings)
  const sqs = new SQSClient(settings)
  onTestFinished(() => {
    lambda.destroy()
    sqs.destroy()
  })
  return {
    lambda,
    sqs,
    send: (MessageBody: string, queue = 'orders') =>
      sqs.send(new SendMessageCommand({ QueueUrl: `${app.url}/${accountId}/${queue}`, MessageBody })),
    create: async (input: Partial<CreateEventSourceMappingCommandInput>) =>
      body(
        await lambda.send(
          new CreateEventSourceMappingCommand({
            FunctionName: 'other',
            EventSourceArn: queueArn('jobs'),
            ...input,
          }),
        ),
      ),
    update: async (input: UpdateEventSourceMappingCommandInput) =>
      body(await lambda.send(new UpdateEventSourceMappingCommand(input))),
    get: async (UUID: string | undefined) =>
      body(await lambda.send(new GetEventSourceMappingCommand({ UUID }))),
    remove: async (UUID: string | undefined) =>
      body(await lambda.send(new DeleteEventSourceMappingCommand({ UUID }))),
    list: async () => (await lambda.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings ?? [],
    /** What the application tells of who reads the queues. */
    described: async (queue: string): Promise<unknown> => {
      const response = await fetch(`${app.url}/_lambent/queues/${queue}`)
      return ((await response.json()) as { mappings: unknown }).mappings
    },
  }
}

/** What an SDK shows of an answer, without what it adds itself. */
const body = (answer: { $metadata: object }): EventSourceMappingConfiguration =>
  Object.fromEntries(Object.entries(answer).filter(([key]) => key !== '$metadata'))

const failing = async (sending: Promise<unknown>) => {
  const error = await sending.then(
    () => undefined,
    (error: unknown) => error as Error & { $metadata: { httpStatusCode: number } },
  )
  return [error?.$metadata.httpStatusCode, error?.name]
}

/** What an invocation answered: the bodies of its batch, and whom it was for. */
const nextOf = async (app: App, name: string): Promise<{ bodies: string[]; arn: string; version: string }> =>
  (await app.function(name).next()).response as { bodies: string[]; arn: string; version: string }

test('a mapping of lambda.yml is shown as one of the API would be', async () => {
  const app = await startProject(
    project({ worker: '{ queue: orders, batchSize: 5, functionResponseType: ReportBatchItemFailures }' }),
  )
  const { list } = clientsOf(app)
  const [shown] = await list()
  expect(shown).toEqual({
    UUID: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    BatchSize: 5,
    MaximumBatchingWindowInSeconds: 0,
    EventSourceArn: queueArn('orders'),
    FunctionArn: functionArn('worker'),
    LastModified: new Date(app.clock.now()),
    State: 'Enabled',
    StateTransitionReason: 'USER_INITIATED',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    EventSourceMappingArn: `arn:aws:lambda:us-east-1:${accountId}:event-source-mapping:${shown?.UUID}`,
  })
})

test('a created mapping reads at once, a disabled one when it is enabled, a deleted one no more', async () => {
  const app = await startProject(project())
  const { create, get, update, remove, send } = clientsOf(app)
  const created = await create({ Enabled: false })
  expect(created.State).toBe('Disabled')
  await send('one', 'jobs')
  await app.function('other').none()
  expect((await update({ UUID: created.UUID, Enabled: true })).State).toBe('Enabling')
  expect((await nextOf(app, 'other')).bodies).toEqual(['one'])
  expect((await get(created.UUID)).State).toBe('Enabled')
  expect((await remove(created.UUID)).State).toBe('Deleting')
  expect(await failing(get(created.UUID))).toEqual([404, 'ResourceNotFoundException'])
  await send('two', 'jobs')
  await app.function('other').none()
  expect(app.queue('jobs').messages()).toHaveLength(1)

  expect((await create({})).State).toBe('Creating')
  expect((await nextOf(app, 'other')).bodies).toEqual(['two'])
})

test('while a batch runs a mapping is Disabling or Deleting, in use, and its batch ends well', async () => {
  const gate = await createGate()
  const app = await startProject(project({ gate: gate.url }))
  const { create, get, update, remove, send, described } = clientsOf(app)
  const { UUID: uuid } = await create({})
  await send('wait for disabling', 'jobs')
  await gate.reached()
  expect((await update({ UUID: uuid, Enabled: false })).State).toBe('Disabling')
  expect((await get(uuid)).State).toBe('Disabling')
  expect(await described('jobs')).toEqual([
    { functionName: 'other', qualifier: null, state: 'Disabling', lastProblem: null },
  ])
  await send('later', 'jobs')
  expect(await failing(update({ UUID: uuid, BatchSize: 1 }))).toEqual([400, 'ResourceInUseException'])
  expect(await failing(remove(uuid))).toEqual([400, 'ResourceInUseException'])
  gate.open()
  expect((await nextOf(app, 'other')).bodies).toEqual(['wait for disabling'])
  await app.settle()
  expect((await get(uuid)).State).toBe('Disabled')

  await update({ UUID: uuid, Enabled: true })
  expect((await nextOf(app, 'other')).bodies).toEqual(['later'])
  await send('wait for the end', 'jobs')
  await gate.reached()
  await remove(uuid)
  expect((await get(uuid)).State).toBe('Deleting')
  expect(await failing(create({}))).toEqual([409, 'ResourceConflictException'])
  gate.open()
  await app.settle()
  expect(await failing(get(uuid))).toEqual([404, 'ResourceNotFoundException'])
  expect(app.queue('jobs').messages()).toEqual([])
})

test('a switch to another function is Updating until the last batch of the one before has ended', async () => {
  const gate = await createGate()
  const app = await startProject(project({ gate: gate.url }))
  const { create, get, update, remove, send } = clientsOf(app)
  const { UUID: uuid } = await create({})
  await send('wait', 'jobs')
  await gate.reached()
  const switched = await update({ UUID: uuid, FunctionName: 'worker' })
  expect([switched.State, switched.FunctionArn]).toEqual(['Updating', functionArn('worker')])
  expect(await failing(update({ UUID: uuid, BatchSize: 1 }))).toEqual([400, 'ResourceInUseException'])
  expect(await failing(remove(uuid))).toEqual([400, 'ResourceInUseException'])
  await send('next', 'jobs')
  gate.open()
  expect((await nextOf(app, 'other')).bodies).toEqual(['wait'])
  expect((await nextOf(app, 'worker')).bodies).toEqual(['next'])
  expect(await get(uuid)).toEqual({ ...switched, State: 'Enabled' })
})

test('changes of a running mapping hold from the next batch on', async () => {
  const app = await startProject(project())
  const { create, get, update, send } = clientsOf(app)
  const { UUID: uuid } = await create({})
  const Filters = [{ Pattern: '{"body":{"kind":["new"]}}' }]
  expect((await update({ UUID: uuid, FilterCriteria: { Filters } })).State).toBe('Updating')
  await send('{"kind":"old"}', 'jobs')
  await send('{"kind":"new"}', 'jobs')
  expect((await nextOf(app, 'other')).bodies).toEqual(['{"kind":"new"}'])
  await app.settle()
  expect(app.queue('jobs').messages()).toEqual([])

  const switched = await update({ UUID: uuid, FunctionName: 'worker', FilterCriteria: {} })
  expect([switched.State, switched.FunctionArn]).toEqual(['Updating', functionArn('worker')])
  await send('{"kind":"old"}', 'jobs')
  expect((await nextOf(app, 'worker')).bodies).toEqual(['{"kind":"old"}'])
  expect(await get(uuid)).toEqual({ ...switched, State: 'Enabled' })
  await app.function('other').none()
})

test('a mapping on a version or an alias invokes that one, and rests while there is none', async () => {
  const app = await startProject(project())
  const { create, lambda, send, described } = clientsOf(app)
  const FunctionName = 'other'
  await lambda.send(new PublishVersionCommand({ FunctionName }))
  const alias = { FunctionName, Name: 'live', FunctionVersion: '1' }
  await lambda.send(new CreateAliasCommand(alias))
  await create({ FunctionName: 'other:live' })
  await send('one', 'jobs')
  expect(await nextOf(app, 'other')).toEqual({
    bodies: ['one'],
    arn: `${functionArn('other')}:live`,
    version: '1',
  })
  await lambda.send(new DeleteAliasCommand(alias))
  await send('two', 'jobs')
  await app.function('other').none()
  expect(await described('jobs')).toEqual([
    {
      functionName: 'other',
      qualifier: 'live',
      state: 'Enabled',
      lastProblem: 'other has no version or alias live',
    },
  ])
  await lambda.send(new CreateAliasCommand(alias))
  expect((await nextOf(app, 'other')).bodies).toEqual(['two'])
})

test('several mappings share a queue: each message goes to one of them', async () => {
  const app = await startProject(project())
  const { create, send, described } = clientsOf(app)
  await create({ EventSourceArn: queueArn('orders') })
  const bodies = Array.from({ length: 20 }, (_, index) => `message ${index}`)
  await Promise.all(bodies.map((one) => send(one)))
  await app.settle()
  const handled = ['worker', 'other'].flatMap((name) =>
    app
      .function(name)
      .messages()
      .flatMap(({ response }) => (response as { bodies: string[] }).bodies),
  )
  expect(handled.toSorted()).toEqual(bodies.toSorted())
  expect(await described('orders')).toHaveLength(2)
})

test('a mapping whose queue is gone says so until the queue is back', async () => {
  const app = await startProject(project())
  const { create, get, sqs, send } = clientsOf(app)
  const { UUID: uuid } = await create({})
  await sqs.send(new DeleteQueueCommand({ QueueUrl: `${app.url}/${accountId}/jobs` }))
  await app.settle()
  const shown = await get(uuid)
  expect(shown.State).toBe('Enabled')
  expect(shown.LastProcessingResult).toMatch(/^PROBLEM: the queue cannot be read: .*does not exist/)
  await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }))
  await send('one', 'jobs')
  await app.clock.advance('1m')
  expect((await nextOf(app, 'other')).bodies).toEqual(['one'])
  expect((await get(uuid)).LastProcessingResult).toBeUndefined()
})

test('the figures that a mapping is asked for are told', async () => {
  const app = await startProject(project())
  const { create, send, described } = clientsOf(app)
  const Filters = [{ Pattern: '{"body":["one"]}' }]
  await create({ MetricsConfig: { Metrics: ['EventCount'] }, FilterCriteria: { Filters } })
  await send('one', 'jobs')
  await send('two', 'jobs')
  await app.settle()
  expect(await described('jobs')).toMatchObject([
    {
      metrics: {
        PolledEventCount: 2,
        FilteredOutEventCount: 1,
        InvokedEventCount: 1,
        FailedInvokeEventCount: 0,
        DeletedEventCount: 1,
      },
    },
  ])
})

test('a mapping of the API reads a queue that is elsewhere', async () => {
  const there = await startProject(project())
  const app = await startProject({
    ...project(),
    'lambda.yml': `${specOf()}endpoints: { sqs: '${there.url}' }\n`,
  })
  const { create } = clientsOf(app)
  expect(await failing(create({ EventSourceArn: queueArn('nothing') }))).toEqual([
    400,
    'InvalidParameterValueException',
  ])
  await create({})
  await clientsOf(there).send('one', 'jobs')
  expect((await nextOf(app, 'other')).bodies).toEqual(['one'])
})

test('a mapping stays Enabled when its function goes, and reads again when it is back', async () => {
  const app = await startProject(project())
  const { create, get, send, described } = clientsOf(app)
  const { UUID: uuid } = await create({})
  app.project.write('lambda.yml', specOf({ other: false }))
  await app.reloadSpec()
  expect((await get(uuid)).State).toBe('Enabled')
  expect(await described('jobs')).toEqual([
    { functionName: 'other', qualifier: null, state: 'Enabled', lastProblem: 'there is no function other' },
  ])
  await send('one', 'jobs')
  await app.settle()
  expect(app.queue('jobs').messages()).toHaveLength(1)
  app.project.write('lambda.yml', specOf())
  await app.reloadSpec()
  expect((await nextOf(app, 'other')).bodies).toEqual(['one'])
})

test('what the API says of a declared mapping counts until the declaration changes', async () => {
  const app = await startProject(project({ worker: '{ queue: orders, batchSize: 3 }' }))
  const { get, list, update, remove, send } = clientsOf(app)
  const [declared] = await list()
  const uuid = declared?.UUID
  await update({ UUID: uuid, BatchSize: 4 })
  app.project.write('lambda.yml', specOf({ worker: '{ queue: orders, batchSize: 3 }', other: false }))
  await app.reloadSpec()
  expect((await get(uuid)).BatchSize).toBe(4)
  app.project.write('lambda.yml', specOf({ worker: '{ queue: orders, batchSize: 5 }' }))
  await app.reloadSpec()
  expect((await get(uuid)).BatchSize).toBe(5)

  await remove(uuid)
  app.project.write('lambda.yml', specOf({ worker: '{ queue: orders, batchSize: 5 }', other: false }))
  await app.reloadSpec()
  expect(await list()).toEqual([])
  await send('one')
  await app.function('worker').none()
  app.project.write('lambda.yml', specOf({ worker: '{ queue: orders, batchSize: 6 }' }))
  await app.reloadSpec()
  expect(await list()).toMatchObject([{ UUID: uuid, BatchSize: 6, State: 'Enabled' }])
  expect((await nextOf(app, 'worker')).bodies).toEqual(['one'])
})

test('a declaration takes over the mapping that the API made, and takes it along when it goes', async () => {
  const app = await startProject(project())
  const { create, list } = clientsOf(app)
  const { UUID: uuid } = await create({ EventSourceArn: queueArn('jobs'), FunctionName: 'worker' })
  app.project.write('lambda.yml', specOf({ worker: '{ queue: jobs, batchSize: 2 }' }))
  await app.reloadSpec()
  expect(await list()).toMatchObject([{ UUID: uuid, BatchSize: 2, EventSourceArn: queueArn('jobs') }])
  app.project.write('lambda.yml', specOf())
  await app.reloadSpec()
  expect(await list()).toMatchObject([{ EventSourceArn: queueArn('orders') }])
})

test('a reset leaves the mappings of lambda.yml, under the ids they had', async () => {
  const app = await startProject(project())
  const { create, list, update, send } = clientsOf(app)
  const [declared] = await list()
  await update({ UUID: declared?.UUID, BatchSize: 4 })
  await create({})
  await app.reset()
  expect(await list()).toEqual([declared])
  await send('one')
  expect((await nextOf(app, 'worker')).bodies).toEqual(['one'])
})

test('after a restart all mappings are there as they were, and read', async () => {
  const app = await startProject(project(), { ephemeral: false })
  const { create, list, update, remove } = clientsOf(app)
  const [declared] = await list()
  const created = await create({ Tags: { team: 'shop' }, BatchSize: 7 })
  const gone = await create({ FunctionName: 'worker' })
  await update({ UUID: declared?.UUID, Enabled: false })
  await remove(gone.UUID)
  const before = await list()
  expect(before).toHaveLength(2)
  await app.stop()

  const again = await start({ config: app.project.config, clock: 'frozen' })
  onTestFinished(() => again.stop())
  const after = clientsOf(again)
  expect(await after.list()).toEqual(before)
  const tags = await after.lambda.send(new ListTagsCommand({ Resource: created.EventSourceMappingArn }))
  expect(tags.Tags).toEqual({ team: 'shop' })
  await after.send('one', 'jobs')
  expect((await nextOf(again, 'other')).bodies).toEqual(['one'])
  await after.send('two')
  await again.function('worker').none()
})

/** A client that a machine may or may not have. Its calls leave this process, so nothing in it may block. */
const run = promisify(execFile)
const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0

const boto3 = `
import boto3, botocore
client = boto3.client('lambda')
arn = 'arn:aws:sqs:us-east-1:000000000000:jobs'
made = client.create_event_source_mapping(FunctionName='other', EventSourceArn=arn, BatchSize=5, Tags={'a': 'b'})
print(made['State'], made['BatchSize'], type(made['LastModified']).__name__)
uuid, resource = made['UUID'], made['EventSourceMappingArn']
print(client.get_event_source_mapping(UUID=uuid)['State'])
print(client.update_event_source_mapping(UUID=uuid, Enabled=False)['State'])
print(len(client.list_event_source_mappings(EventSourceArn=arn)['EventSourceMappings']))
pages = client.get_paginator('list_event_source_mappings').paginate(PaginationConfig={'PageSize': 1})
print([len(page['EventSourceMappings']) for page in pages])
client.tag_resource(Resource=resource, Tags={'c': 'd'})
client.untag_resource(Resource=resource, TagKeys=['a', 'x'])
print(client.list_tags(Resource=resource)['Tags'])
def code(call):
    try:
        call()
    except botocore.exceptions.ClientError as error:
        return error.response['Error']['Code']
print(code(lambda: client.create_event_source_mapping(FunctionName='other', EventSourceArn=arn)))
print(code(lambda: client.create_event_source_mapping(FunctionName='nope', EventSourceArn=arn)))
print(client.delete_event_source_mapping(UUID=uuid)['State'])
print(code(lambda: client.get_event_source_mapping(UUID=uuid)))
`

test.skipIf(!hasBoto3)('boto3 works unchanged', async () => {
  const app = await startProject(project())
  const { stdout } = await run('python3', ['-c', boto3], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: app.url,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_MAX_ATTEMPTS: '1',
    },
  })
  expect(stdout.trim().split('\n')).toEqual([
    'Creating 5 datetime',
    'Enabled',
    'Disabling',
    '1',
    '[1, 1]',
    "{'c': 'd'}",
    'ResourceConflictException',
    'InvalidParameterValueException',
    'Deleting',
    'ResourceNotFoundException',
  ])
})
