import {
  GetProvisionedConcurrencyConfigCommand,
  InvokeCommand,
  type LambdaClient,
  ListProvisionedConcurrencyConfigsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutProvisionedConcurrencyConfigCommand,
  DeleteProvisionedConcurrencyConfigCommand,
} from '@aws-sdk/client-lambda'
import { start } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { lambdaOf } from '../tools/clients.ts'
import { startProject } from '../tools/project.ts'

const FunctionName = 'checkout'
const Qualifier = '1'

const projectWith = (settings = '') => ({
  'lambda.yml': `
service: shop
functions:
  checkout: { handler: checkout.handler${settings} }
`,
  'checkout.js': `
if (process.env.AWS_LAMBDA_FUNCTION_VERSION === '2') throw new Error('broken')
let runs = 0
exports.handler = async (event) => {
  if (event.exit) process.exit(1)
  return { type: process.env.AWS_LAMBDA_INITIALIZATION_TYPE, runs: ++runs }
}`,
})

const put = (client: LambdaClient, count: number, qualifier = Qualifier) =>
  client.send(
    new PutProvisionedConcurrencyConfigCommand({
      FunctionName,
      Qualifier: qualifier,
      ProvisionedConcurrentExecutions: count,
    }),
  )
const get = (client: LambdaClient, qualifier = Qualifier) =>
  client.send(new GetProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier: qualifier }))

async function invoke(client: LambdaClient, event: object = {}, qualifier = Qualifier) {
  const answer = await client.send(
    new InvokeCommand({
      FunctionName,
      Qualifier: qualifier,
      Payload: JSON.stringify(event),
      LogType: 'Tail',
    }),
  )
  return {
    ...(JSON.parse(Buffer.from(answer.Payload ?? []).toString()) as { type: string; runs: number }),
    log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
  }
}

const ready = (count: number) => ({
  RequestedProvisionedConcurrentExecutions: count,
  AllocatedProvisionedConcurrentExecutions: count,
  AvailableProvisionedConcurrentExecutions: count,
  Status: 'READY',
})

test('environments of a version are initialised ahead, refilled after a crash, and listed', async () => {
  const app = await startProject(projectWith())
  const client = lambdaOf(app)
  await client.send(new PublishVersionCommand({ FunctionName }))
  expect(await put(client, 2)).toMatchObject({ Status: 'IN_PROGRESS' })
  await app.settle()
  expect(await get(client)).toMatchObject(ready(2))
  expect(app.status().functions[0]?.environments).toBe(2)

  const first = await invoke(client)
  expect(first).toMatchObject({ type: 'provisioned-concurrency' })
  expect(first.log).not.toContain('Init Duration')
  expect(await invoke(client, {}, '$LATEST')).toMatchObject({ type: 'on-demand' })

  await invoke(client, { exit: true })
  await expect.poll(async () => (await get(client)).Status).toBe('READY')
  expect(await invoke(client)).toMatchObject({ type: 'provisioned-concurrency' })

  const list = await client.send(new ListProvisionedConcurrencyConfigsCommand({ FunctionName }))
  expect(list.ProvisionedConcurrencyConfigs).toMatchObject([
    { FunctionArn: expect.stringMatching(/:checkout:1$/) as string, ...ready(2) },
  ])
  await client.send(new DeleteProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier }))
  expect(await invoke(client)).toMatchObject({ type: 'on-demand' })
})

test('a version that cannot be initialised fails, and says why', async () => {
  const app = await startProject(projectWith())
  const client = lambdaOf(app)
  await client.send(new PublishVersionCommand({ FunctionName }))
  app.project.write('checkout.js', `${projectWith()['checkout.js']}\nexports.more = 1`)
  await app.reload()
  await client.send(new PublishVersionCommand({ FunctionName }))
  await put(client, 1, '2')
  await app.settle()
  expect(await get(client, '2')).toMatchObject({
    Status: 'FAILED',
    StatusReason: 'FUNCTION_ERROR_INIT_FAILURE',
    AvailableProvisionedConcurrentExecutions: 0,
  })
})

test('with all that is reserved provisioned, $LATEST is throttled, and less cannot be reserved', async () => {
  const app = await startProject(projectWith(', reservedConcurrency: 2'))
  const client = lambdaOf(app)
  await client.send(new PublishVersionCommand({ FunctionName }))
  await put(client, 2)
  await app.settle()
  await expect(invoke(client, {}, '$LATEST')).rejects.toMatchObject({
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
  })
  expect(await invoke(client)).toMatchObject({ type: 'provisioned-concurrency' })
  await expect(
    client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 1 })),
  ).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message:
      " ReservedConcurrentExecutions  1 should not be lower than function's total provisioned concurrency [2].",
  })
})

test('after a restart it is provisioned again', async () => {
  const app = await startProject(projectWith(), { ephemeral: false })
  await lambdaOf(app).send(new PublishVersionCommand({ FunctionName }))
  await put(lambdaOf(app), 2)
  await app.stop()
  const again = await start({ config: app.project.config, clock: 'frozen' })
  onTestFinished(() => again.stop())
  await again.settle()
  expect(await get(lambdaOf(again))).toMatchObject(ready(2))
  expect(again.status().functions[0]?.environments).toBe(2)
})

test('lambda.yml keeps environments of the code as it is now, also after a reload', async () => {
  const app = await startProject(projectWith(', provisionedConcurrency: 2'))
  const client = lambdaOf(app)
  await app.settle()
  expect(app.status().functions[0]?.environments).toBe(2)
  expect(await invoke(client, {}, '$LATEST')).toMatchObject({ type: 'provisioned-concurrency', runs: 1 })
  app.project.write('checkout.js', `${projectWith()['checkout.js']}\nexports.more = 1`)
  await app.reload()
  await app.settle()
  expect(await invoke(client, {}, '$LATEST')).toMatchObject({ type: 'provisioned-concurrency', runs: 1 })
})

test('the rates of lambda.yml throttle by the clock', async () => {
  const { 'lambda.yml': text, ...files } = projectWith(', reservedConcurrency: 1')
  const app = await startProject({ 'lambda.yml': `${text}provider: { requestRateLimit: true }\n`, ...files })
  const client = lambdaOf(app)
  for (let run = 0; run < 10; run++) await invoke(client, {}, '$LATEST')
  await expect(invoke(client, {}, '$LATEST')).rejects.toMatchObject({
    Reason: 'ReservedFunctionInvocationRateLimitExceeded',
    retryAfterSeconds: '1',
  })
  await app.clock.advance('1s')
  expect(await invoke(client, {}, '$LATEST')).toMatchObject({ type: 'on-demand' })
})

test('environments that are processes are initialised ahead as well', async () => {
  const app = await startProject(projectWith(', isolation: process, provisionedConcurrency: 1'))
  await app.settle()
  expect(app.status().functions[0]?.environments).toBe(1)
  expect(await invoke(lambdaOf(app), {}, '$LATEST')).toMatchObject({ type: 'provisioned-concurrency' })
})
