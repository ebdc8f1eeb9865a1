import {
  type CreateFunctionCommandInput,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  ListFunctionsCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import path from 'node:path'
import { start } from 'lambent'
import { buffer, text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { ZipFile } from 'yazl'
import { lambdaOf } from '../tools/clients.ts'
import { answer, code, create, refusal, Role, SPEC, zip } from '../tools/madeFunctions.ts'
import { createProject, startProject } from '../tools/project.ts'

const LINK = 0o120777
const ACCESS_POINT = 'arn:aws:elasticfilesystem:us-east-1:000000000000:access-point/fsap-01234567890123456'
const SIGNING = 'arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-01234567890123456'
const CAPACITY = {
  LambdaManagedInstancesCapacityProviderConfig: {
    CapacityProviderArn: 'arn:aws:lambda:us-east-1:000000000000:capacity-provider:c',
  },
}

test('a function that is created over the wire runs, is listed, and is deleted with all that it has', async () => {
  const app = await startProject(SPEC)
  const client = lambdaOf(app)
  const created = await create(client, '{ got: event.n, stage: process.env.STAGE }', {
    Environment: { Variables: { STAGE: 'wire' } },
    Tags: { team: 'a' },
    Timeout: 5,
  })
  expect(created).toMatchObject({
    FunctionName: 'made',
    FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:made',
    Runtime: 'nodejs22.x',
    Role,
    Handler: 'index.handler',
    Description: '',
    Timeout: 5,
    MemorySize: 128,
    Version: '$LATEST',
    State: 'Pending',
    StateReason: 'The function is being created.',
    StateReasonCode: 'Creating',
    PackageType: 'Zip',
    EphemeralStorage: { Size: 512 },
    Environment: { Variables: { STAGE: 'wire' } },
  })
  expect(created.LastUpdateStatus).toBeUndefined()
  await waitUntilFunctionActiveV2({ client, maxWaitTime: 5 }, { FunctionName: 'made' })
  const found = await client.send(new GetFunctionCommand({ FunctionName: 'made' }))
  expect(found).toMatchObject({
    Tags: { team: 'a' },
    Configuration: { State: 'Active', CodeSha256: created.CodeSha256 },
  })
  expect(found.Configuration?.RevisionId).not.toBe(created.RevisionId)
  expect(await answer(client)).toEqual({ got: 1, stage: 'wire' })
  const listed = await client.send(new ListFunctionsCommand({}))
  expect(listed.Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['declared', 'made'])

  const deleted = await client.send(new DeleteFunctionCommand({ FunctionName: 'made' }))
  expect(deleted.$metadata.httpStatusCode).toBe(204)
  expect(await refusal(answer(client))).toEqual([
    404,
    'ResourceNotFoundException',
    'Function not found: arn:aws:lambda:us-east-1:000000000000:function:made:$LATEST',
  ])
  await create(client, '2')
  const again = await client.send(new GetFunctionCommand({ FunctionName: 'made' }))
  expect(again.Tags).toBeUndefined()
})

test('new code answers after the update, versions keep the old, and nothing changed is nothing published', async () => {
  const app = await startProject(SPEC)
  const client = lambdaOf(app)
  const first = await create(client, '"first"', { Publish: true })
  expect(first).toMatchObject({ Version: '1', FunctionArn: expect.stringMatching(/:made:1$/) as unknown })
  const updated = await client.send(
    new UpdateFunctionCodeCommand({ FunctionName: 'made', ZipFile: await code('"second"') }),
  )
  expect(updated).toMatchObject({ LastUpdateStatus: 'InProgress', LastUpdateStatusReasonCode: 'Creating' })
  await waitUntilFunctionUpdatedV2({ client, maxWaitTime: 5 }, { FunctionName: 'made' })
  expect([await answer(client), await answer(client, 'made', '1')]).toEqual(['second', 'first'])
  const second = await client.send(new PublishVersionCommand({ FunctionName: 'made' }))
  const same = await client.send(new PublishVersionCommand({ FunctionName: 'made' }))
  expect([second.Version, same.Version]).toEqual(['2', '2'])
  await client.send(new DeleteFunctionCommand({ FunctionName: 'made', Qualifier: '2' }))
  await client.send(new UpdateFunctionCodeCommand({ FunctionName: 'made', ZipFile: await code('"third"') }))
  const third = await client.send(new PublishVersionCommand({ FunctionName: 'made' }))
  expect([third.Version, await answer(client, 'made', '1'), await answer(client, 'made', '3')]).toEqual([
    '3',
    'first',
    'third',
  ])
})

test.each([
  { EphemeralStorage: { Size: 1_024 } },
  { TracingConfig: { Mode: 'Active' } },
  { Timeout: 9 },
] as const)('a function with %j is another version', async (change) => {
  const client = lambdaOf(await startProject(SPEC))
  await create(client, '1', { Publish: true })
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'made', ...change }))
  const second = await client.send(new PublishVersionCommand({ FunctionName: 'made' }))
  expect(second).toMatchObject({ Version: '2', ...change })
})

test('a function for another architecture is another version', async () => {
  const client = lambdaOf(await startProject(SPEC))
  const ZipFile = await code('1')
  await create(client, '', { Code: { ZipFile }, Architectures: ['x86_64'], Publish: true })
  const Architectures = ['arm64' as const]
  const second = await client.send(
    new UpdateFunctionCodeCommand({ FunctionName: 'made', ZipFile, Architectures, Publish: true }),
  )
  expect(second).toMatchObject({ Version: '2', Architectures })
})

test('a dry run checks the package and changes nothing', async () => {
  const client = lambdaOf(await startProject(SPEC))
  await create(client, '"kept"')
  await client.send(
    new UpdateFunctionCodeCommand({ FunctionName: 'made', ZipFile: await code('"other"'), DryRun: true }),
  )
  expect(await answer(client)).toBe('kept')
})

test('configuration changes what is said and leaves the rest', async () => {
  const client = lambdaOf(await startProject(SPEC))
  await create(client, '[process.env.AB ?? null, event.n]', { Timeout: 9, Description: 'd' })
  const { RevisionId } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'made' }))
  await client.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: 'made',
      RevisionId,
      MemorySize: 256,
      Environment: { Variables: { AB: 'x' } },
      TracingConfig: { Mode: 'Active' },
    }),
  )
  expect(await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'made' }))).toMatchObject({
    MemorySize: 256,
    Timeout: 9,
    Description: 'd',
    TracingConfig: { Mode: 'Active' },
    LastUpdateStatus: 'Successful',
  })
  expect(await answer(client)).toEqual(['x', 1])
  const stale = client.send(
    new UpdateFunctionConfigurationCommand({ FunctionName: 'made', RevisionId, Timeout: 3 }),
  )
  expect(await refusal(stale)).toMatchObject([412, 'PreconditionFailedException', expect.any(String)])
})

test('a declared function keeps its code and name, and takes configuration until its declaration changes', async () => {
  const app = await startProject(SPEC)
  const client = lambdaOf(app)
  expect(await refusal(create(client, '1', { FunctionName: 'declared' }))).toEqual([
    409,
    'ResourceConflictException',
    'Function already exist: declared',
  ])
  const update = new UpdateFunctionCodeCommand({ FunctionName: 'declared', ZipFile: await code('2') })
  expect(await refusal(client.send(update))).toMatchObject([
    409,
    'ResourceConflictException',
    expect.stringContaining('lambda.yml'),
  ])
  const remove = client.send(new DeleteFunctionCommand({ FunctionName: 'declared' }))
  expect(await refusal(remove)).toMatchObject([
    409,
    'ResourceConflictException',
    expect.stringContaining('lambda.yml'),
  ])
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'declared', Timeout: 42 }))
  const timeout = async () =>
    (await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'declared' }))).Timeout
  expect(await timeout()).toBe(42)
  app.project.write('lambda.yml', 'functions: { declared: { handler: index.handler, timeout: 7 } }')
  await app.reloadSpec()
  expect(await timeout()).toBe(7)
})

test('code comes from a bucket, and what is not there is named', async () => {
  const app = await startProject(SPEC)
  const client = lambdaOf(app)
  const s3 = new S3Client({
    endpoint: app.url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  })
  onTestFinished(() => s3.destroy())
  await s3.send(new CreateBucketCommand({ Bucket: 'packages' }))
  await s3.send(new PutObjectCommand({ Bucket: 'packages', Key: 'made.zip', Body: await code('"stored"') }))
  await create(client, '', { Code: { S3Bucket: 'packages', S3Key: 'made.zip' } })
  expect(await answer(client)).toBe('stored')
  const missing = create(client, '', {
    FunctionName: 'other',
    Code: { S3Bucket: 'packages', S3Key: 'nope.zip' },
  })
  expect(await refusal(missing)).toEqual([
    400,
    'InvalidParameterValueException',
    'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
  ])
})

test.each([
  ['climbs', () => patched({ 'aa/x.js': 'a' }, 'aa/x.js', '../x.js')],
  ['is absolute', () => patched({ 'ax.js': 'a' }, 'ax.js', '/x.js')],
  ['links out', () => zip({ evil: '../../../../etc/passwd' }, LINK)],
  ['links to nothing', () => zip({ evil: 'nowhere' }, LINK)],
  ['is a bomb', () => zip({ 'zeros.bin': '0'.repeat(40 * 1024 * 1024) })],
  ['is cut short', async () => (await code('1')).subarray(0, 60)],
  ['has a file where it has a folder', () => zip({ x: 'a', 'x/y': 'b' })],
  ['has a name that is too long', () => zip({ ['n'.repeat(300)]: 'a' })],
  ['is no zip', async () => Buffer.from('not a zip at all, whatever its name may say')],
] as const)('a package that %s is refused, and nothing of it stays', async (_what, archive) => {
  const { directory, config } = createProject(SPEC)
  const data = path.join(directory, 'data')
  const app = await start({ config, data, clock: 'frozen' })
  onTestFinished(() => app.stop())
  const client = lambdaOf(app)
  const refused = await refusal(create(client, '', { Code: { ZipFile: await archive() } }))
  expect(refused).toMatchObject([
    400,
    'InvalidParameterValueException',
    expect.stringContaining(
      'Could not unzip uploaded file. Please check your file, then try to upload again.',
    ),
  ])
  const folder = path.join(data, 'functions', 'made')
  expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([])
})

/** A zip whose only entry gets another name of the same length. */
async function patched(files: Readonly<Record<string, string>>, from: string, to: string): Promise<Buffer> {
  const bytes = await zip(files)
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at)
  return bytes
}

test.each([true, false])(
  'the package.json of the project says nothing of uploaded code (ephemeral: %s)',
  async (ephemeral) => {
    const project = {
      ...SPEC,
      'package.json': '{ "type": "module" }',
      'index.js': 'export const handler = async () => "declared"',
    }
    const app = await startProject(project, { ephemeral })
    const client = lambdaOf(app)
    await create(client, '"made"', { Publish: true })
    const module = await zip({ 'package.json': '{ "type": "module" }', 'index.js': project['index.js'] })
    await create(client, '', { FunctionName: 'module', Code: { ZipFile: module } })
    const script = await zip({ 'index.ts': 'export const handler = async (): Promise<string> => "typed"' })
    await create(client, '', { FunctionName: 'typed', Code: { ZipFile: script } })
    await client.send(new DeleteFunctionCommand({ FunctionName: 'module' }))
    await create(client, '', { FunctionName: 'module', Code: { ZipFile: module } })
    expect(
      await Promise.all(
        ['declared', 'made', 'made:1', 'module', 'typed'].map((name) => answer(client, name)),
      ),
    ).toEqual(['declared', 'made', 'made', 'declared', 'typed'])
  },
)

test('executable bits and links within the package are kept', async () => {
  const client = lambdaOf(await startProject(SPEC))
  const archive = new ZipFile()
  archive.addBuffer(
    Buffer.from(
      `const fs = require('node:fs')
exports.handler = async () => [fs.statSync(__dirname + '/run.sh').mode & 0o111, require('./alias.js')]`,
    ),
    'index.js',
    { mode: 0o100644 },
  )
  archive.addBuffer(Buffer.from('#!/bin/sh\n'), 'run.sh', { mode: 0o100755 })
  archive.addBuffer(Buffer.from('module.exports = "real"'), 'lib/real.js', { mode: 0o100644 })
  archive.addBuffer(Buffer.from('lib/real.js'), 'alias.js', { mode: LINK })
  archive.end()
  const archived = await buffer(archive.outputStream)
  await create(client, '', { Code: { ZipFile: archived } })
  expect(await answer(client)).toEqual([0o111, 'real'])
})

test.each<[Partial<CreateFunctionCommandInput>, string]>([
  [{ Handler: undefined }, 'Runtime and Handler are mandatory parameters'],
  [{ Code: {} }, 'Please provide a source for function code.'],
  [{ Code: { ImageUri: 'x' } }, 'ImageUri is not supported here'],
  [{ PackageType: 'Image' }, 'PackageType Image is not supported here'],
  [{ VpcConfig: { SubnetIds: ['s'] } }, 'VpcConfig is not supported here'],
  [{ FileSystemConfigs: [{ Arn: ACCESS_POINT, LocalMountPath: '/mnt/a' }] }, 'FileSystemConfigs is not'],
  [{ KMSKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/k' }, 'KMSKeyArn is not supported here'],
  [{ SnapStart: { ApplyOn: 'PublishedVersions' } }, 'SnapStart is not supported here'],
  [{ ImageConfig: { Command: ['x'] } }, 'ImageConfig is not supported here'],
  [{ DeadLetterConfig: { TargetArn: 'arn:aws:s3:::b' } }, 'neither an SQS queue nor an SNS topic'],
  [{ DurableConfig: { ExecutionTimeout: 60 } }, 'DurableConfig is not supported here'],
  [{ TenancyConfig: { TenantIsolationMode: 'PER_TENANT' } }, 'TenancyConfig is not supported here'],
  [{ CapacityProviderConfig: CAPACITY }, 'CapacityProviderConfig is not supported here'],
  [{ CodeSigningConfigArn: SIGNING }, 'CodeSigningConfigArn is not supported here'],
  [{ PublishTo: 'LATEST_PUBLISHED' }, 'PublishTo is not supported here'],
  [{ Layers: ['arn:aws:lambda:us-east-1:000000000000:layer:nope:1'] }, 'Layer version arn:aws:lambda'],
  [{ Environment: { Variables: { AWS_REGION: 'x' } } }, 'Reserved keys used in this request: AWS_REGION'],
  [{ LoggingConfig: { SystemLogLevel: 'WARN' } }, 'not supported when the log format is TEXT'],
  [{ FunctionName: 'a'.repeat(65) }, 'Member must have length less than or equal to 64'],
])('CreateFunction refuses %j', async (more, message) => {
  const client = lambdaOf(await startProject(SPEC))
  expect(await refusal(create(client, '1', more))).toMatchObject([
    400,
    'InvalidParameterValueException',
    expect.stringContaining(message),
  ])
})

test('a package that is too large is refused with 413', async () => {
  const client = lambdaOf(await startProject(SPEC))
  const archived = Buffer.alloc(52_428_801, 1)
  expect(await refusal(create(client, '', { Code: { ZipFile: archived } }))).toEqual([
    413,
    'RequestEntityTooLargeException',
    'Zipped size must be smaller than 52428800 bytes',
  ])
})

test.each([
  ['CreateFunction', 'POST', '/2015-03-31/functions'],
  ['UpdateFunctionCode', 'PUT', '/2015-03-31/functions/made/code'],
])('%s reads no request that is longer than a package can be', async (operation, method, at) => {
  const { url } = await startProject(SPEC)
  const { port } = new URL(url)
  const headers = { 'content-length': 70_167_212, 'content-type': 'application/json' }
  const sent = request({ port, host: '127.0.0.1', path: at, method, headers })
  sent.on('error', () => {})
  sent.flushHeaders()
  const [answered] = (await once(sent, 'response')) as [IncomingMessage]
  expect(answered.statusCode).toBe(413)
  expect(answered.headers['x-amzn-errortype']).toBe('RequestEntityTooLargeException')
  expect(await text(answered)).toContain(
    `Request must be smaller than 70167211 bytes for the ${operation} operation`,
  )
  sent.destroy()
})

test('functions, their versions and their changes outlive a restart, and an update survives the old code', async () => {
  const { directory, config } = createProject(SPEC)
  const data = path.join(directory, 'data')
  mkdirSync(data)
  const first = await start({ config, data, clock: 'frozen' })
  const client = lambdaOf(first)
  await create(client, '"first"', { Publish: true })
  await client.send(new UpdateFunctionCodeCommand({ FunctionName: 'made', ZipFile: await code('"second"') }))
  await client.send(new UpdateFunctionCodeCommand({ FunctionName: 'made', ZipFile: await code('"third"') }))
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'declared', Timeout: 42 }))
  await first.stop()

  const second = await start({ config, data, clock: 'frozen' })
  onTestFinished(() => second.stop())
  const again = lambdaOf(second)
  expect([await answer(again), await answer(again, 'made', '1')]).toEqual(['third', 'first'])
  const declared = await again.send(new GetFunctionConfigurationCommand({ FunctionName: 'declared' }))
  expect(declared.Timeout).toBe(42)
  // The code of the second update is nobody's any more.
  expect(readdirSync(path.join(data, 'functions', 'made'))).toHaveLength(2)
})

test('the events of a deleted function go with it', async () => {
  const app = await startProject(SPEC)
  const client = lambdaOf(app)
  await create(client, '(() => { throw new Error("no") })()')
  await client.send(new InvokeCommand({ FunctionName: 'made', InvocationType: 'Event' }))
  await expect(app.settle()).rejects.toThrow('1 asynchronous event of made')
  expect(app.status().functions.find(({ name }) => name === 'made')?.waitingEvents).toBe(1)
  await client.send(new DeleteFunctionCommand({ FunctionName: 'made' }))
  await create(client, '"new"')
  expect(app.status().functions.find(({ name }) => name === 'made')?.waitingEvents).toBe(0)
})

test('changes of many functions at once do not touch one another', async () => {
  const app = await startProject(SPEC)
  const client = lambdaOf(app)
  const names = Array.from({ length: 12 }, (_, index) => `made-${index}`)
  await Promise.all(names.map((FunctionName, index) => create(client, `"first ${index}"`, { FunctionName })))
  const updates = names.map(async (FunctionName, index) =>
    client.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: await code(`"second ${index}"`) })),
  )
  await Promise.all(updates)
  const answers = await Promise.all(names.map((name) => answer(client, name)))
  expect(answers).toEqual(names.map((_, index) => `second ${index}`))
})

test('of two changes of one function at once, one is refused', async () => {
  const app = await startProject(SPEC)
  const client = lambdaOf(app)
  await create(client, '1')
  const update = async () =>
    await refusal(
      client.send(new UpdateFunctionCodeCommand({ FunctionName: 'made', ZipFile: await code('2') })),
    )
  const both = await Promise.all([update(), update()])
  expect(both.filter((one) => one !== undefined)).toEqual([
    [
      409,
      'ResourceConflictException',
      'The operation cannot be performed at this time. An update is in progress for resource: arn:aws:lambda:us-east-1:000000000000:function:made',
    ],
  ])
})

test('an empty package is refused', async () => {
  const client = lambdaOf(await startProject(SPEC))
  expect(await refusal(create(client, '', { Code: { ZipFile: await zip({}) } }))).toEqual([
    400,
    'InvalidParameterValueException',
    'Uploaded file must be a non-empty zip',
  ])
})
