import {
  CreateAliasCommand,
  DeleteAliasCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionEventInvokeConfigCommand,
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionEventInvokeConfigCommand,
  GetFunctionRecursionConfigCommand,
  ListAliasesCommand,
  ListFunctionEventInvokeConfigsCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  PutFunctionRecursionConfigCommand,
  UpdateAliasCommand,
  UpdateFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda'
import { describe, expect, test } from 'vitest'
import type { FunctionDescription, LambdaBackend } from '../../src/services/lambda/index.ts'
import { accountId, createWorld, noDeployments, region, startMs } from './world.ts'
import { functionDescription } from './functionDescription.ts'

const arn = `arn:aws:lambda:${region}:${accountId}:function:checkout`
const queueArn = `arn:aws:sqs:${region}:${accountId}:failed`
const FunctionName = 'checkout'

/** A backend whose `checkout` changes when the test says so. */
async function createLambda(declared?: FunctionDescription['declared']) {
  let code = 0
  let said = declared
  const describeOne = (name: string): FunctionDescription => ({
    ...functionDescription(name),
    ...(said && { declared: said }),
  })
  const discarded: string[] = []
  const backend: LambdaBackend = {
    deployments: noDeployments,
    describe: (name) => (['checkout', 'audit'].includes(name) ? describeOne(name) : undefined),
    list: () => ['checkout', 'audit'].map(describeOne),
    accountConcurrency: () => 1_000,
    codeLocation: (_, version) => `file:///versions/${version}`,
    snapshot: (_, version) =>
      Promise.resolve({
        sha256: `code ${code}`,
        bytes: 1,
        definition: {},
        discard: () => Promise.resolve(void discarded.push(version)),
      }),
    invoke: () => Promise.reject(new Error('nothing runs here')),
  }
  const world = await createWorld({ backend })
  const { lambda } = world
  return {
    ...world,
    lambda,
    discarded,
    change: () => void code++,
    declare: (next: FunctionDescription['declared']) => void (said = next),
    publish: (Description?: string) => lambda.send(new PublishVersionCommand({ FunctionName, Description })),
    alias: (Name: string, FunctionVersion: string) =>
      lambda.send(new CreateAliasCommand({ FunctionName, Name, FunctionVersion })),
  }
}

/** What an SDK shows of an answer, without what it adds itself. */
const body = (answer: { $metadata: object }): object =>
  Object.fromEntries(Object.entries(answer).filter(([key]) => key !== '$metadata'))

const failing = async (sending: Promise<unknown>) => {
  const error = await sending.then(
    () => undefined,
    (error: unknown) => error as Error & { $metadata: { httpStatusCode: number }; Type?: string },
  )
  return [error?.$metadata.httpStatusCode, error?.name, error?.message]
}

describe('event invoke configs', () => {
  test('PUT replaces all, POST merges; what is not set is absent, destinations are empty objects', async () => {
    const { lambda, url, clock } = await createLambda()
    const seconds = startMs / 1_000
    const put = await lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName,
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination: queueArn } },
      }),
    )
    expect(put.LastModified).toEqual(new Date(startMs))
    await clock.advance(1_000)
    const response = await fetch(`${url}/2019-09-25/functions/checkout/event-invoke-config`)
    expect(await response.json()).toEqual({
      LastModified: seconds,
      FunctionArn: `${arn}:$LATEST`,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnSuccess: {}, OnFailure: { Destination: queueArn } },
    })
    const merged = await lambda.send(
      new UpdateFunctionEventInvokeConfigCommand({ FunctionName, MaximumEventAgeInSeconds: 60 }),
    )
    expect(body(merged)).toEqual({
      LastModified: new Date(startMs + 1_000),
      FunctionArn: `${arn}:$LATEST`,
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: { OnSuccess: {}, OnFailure: { Destination: queueArn } },
    })
    const replaced = await lambda.send(
      new PutFunctionEventInvokeConfigCommand({ FunctionName, MaximumEventAgeInSeconds: 120 }),
    )
    expect(body(replaced)).toEqual({
      LastModified: new Date(startMs + 1_000),
      FunctionArn: `${arn}:$LATEST`,
      MaximumEventAgeInSeconds: 120,
      DestinationConfig: { OnSuccess: {}, OnFailure: {} },
    })
  })

  test('belong to the qualifier that they were set for, and are listed together', async () => {
    const { lambda, publish, alias } = await createLambda()
    await publish()
    await alias('live', '1')
    for (const Qualifier of [undefined, '1', 'live'])
      await lambda.send(
        new PutFunctionEventInvokeConfigCommand({ FunctionName, Qualifier, MaximumRetryAttempts: 1 }),
      )
    const listed = await lambda.send(new ListFunctionEventInvokeConfigsCommand({ FunctionName }))
    const arns = listed.FunctionEventInvokeConfigs?.map((one) => one.FunctionArn)
    expect(arns).toEqual([`${arn}:$LATEST`, `${arn}:1`, `${arn}:live`])
    const page = await lambda.send(new ListFunctionEventInvokeConfigsCommand({ FunctionName, MaxItems: 2 }))
    expect(page.FunctionEventInvokeConfigs).toHaveLength(2)
    const rest = await lambda.send(
      new ListFunctionEventInvokeConfigsCommand({ FunctionName, Marker: page.NextMarker }),
    )
    expect(rest.FunctionEventInvokeConfigs?.map((one) => one.FunctionArn)).toEqual([`${arn}:live`])
    expect(rest.NextMarker).toBeUndefined()
    await lambda.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: 'live' }))
    await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: `${arn}:1` }))
    expect(
      await failing(
        lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: 'live' })),
      ),
    ).toEqual([
      404,
      'ResourceNotFoundException',
      `The function ${arn}:live doesn't have an EventInvokeConfig`,
    ])
  })

  const put = (input: object) => new PutFunctionEventInvokeConfigCommand({ FunctionName, ...input })
  const onSuccess = (Destination: string) => ({ DestinationConfig: { OnSuccess: { Destination } } })

  test.each([
    [
      'nothing to set',
      {},
      400,
      'InvalidParameterValueException',
      'You must specify at least one of error handling or destination setting.',
    ],
    [
      'an unknown function',
      { FunctionName: 'nobody', MaximumRetryAttempts: 1 },
      404,
      'ResourceNotFoundException',
      "The function doesn't exist.",
    ],
    [
      'itself as destination',
      onSuccess(arn),
      400,
      'InvalidParameterValueException',
      "You can't specify the function as a destination for itself.",
    ],
    [
      'a function that is not there as destination',
      onSuccess(arn.replace('checkout', 'x')),
      400,
      'InvalidParameterValueException',
      `The destination ARN ${arn.replace('checkout', 'x')} is invalid.`,
    ],
    [
      'a function of another region as destination',
      onSuccess(arn.replace(region, 'eu-west-1')),
      400,
      'InvalidParameterValueException',
      `The destination ARN ${arn.replace(region, 'eu-west-1')} is invalid.`,
    ],
    [
      'a service that takes no records',
      onSuccess(`arn:aws:kinesis:${region}:${accountId}:stream/s`),
      400,
      'InvalidParameterValueException',
      `The provided destination config DestinationConfig(onSuccess=OnSuccess(destination=arn:aws:kinesis:${region}:${accountId}:stream/s), onFailure=null) is invalid.`,
    ],
    [
      'too many retries',
      { MaximumRetryAttempts: 3 },
      400,
      'ValidationException',
      "1 validation error detected: Value '3' at 'maximumRetryAttempts' failed to satisfy constraint: Member must have value less than or equal to 2",
    ],
    [
      'an age below a minute',
      { MaximumEventAgeInSeconds: 59 },
      400,
      'ValidationException',
      "1 validation error detected: Value '59' at 'maximumEventAgeInSeconds' failed to satisfy constraint: Member must have value greater than or equal to 60",
    ],
    [
      'a destination that is no ARN',
      onSuccess('failed'),
      400,
      'ValidationException',
      expect.stringContaining("Value 'failed' at 'destinationConfig.onSuccess.destination'") as unknown,
    ],
  ])('are refused for %s', async (_, input, status, name, message) => {
    const { lambda } = await createLambda()
    expect(await failing(lambda.send(put(input)))).toEqual([status, name, message])
  })

  test.each([
    ['Get', new GetFunctionEventInvokeConfigCommand({ FunctionName })],
    ['Update', new UpdateFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 1 })],
    ['Delete', new DeleteFunctionEventInvokeConfigCommand({ FunctionName })],
  ] as const)('%s of one that is not there is 404', async (_, command) => {
    const { lambda } = await createLambda()
    expect(await failing(lambda.send(command))).toEqual([
      404,
      'ResourceNotFoundException',
      `The function ${arn}:$LATEST doesn't have an EventInvokeConfig`,
    ])
  })

  test('what the spec declares is the config of $LATEST, until it is told otherwise or declares something else', async () => {
    const declared = (maximumRetryAttempts: number): FunctionDescription['declared'] => ({
      reservedConcurrency: null,
      eventInvokeConfig: { maximumRetryAttempts, onFailure: queueArn },
    })
    const { lambda, declare } = await createLambda(declared(1))
    const get = () => lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName }))
    expect(await get()).toMatchObject({
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: queueArn } },
    })
    await lambda.send(put({ MaximumEventAgeInSeconds: 60 }))
    expect((await get()).MaximumRetryAttempts).toBeUndefined()
    await lambda.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName }))
    expect((await failing(get()))[0]).toBe(404)
    declare(declared(0))
    expect((await get()).MaximumRetryAttempts).toBe(0)
  })
})

describe('reserved concurrency', () => {
  test('is set, shown by GetFunction too, and taken away; without one the answer is empty', async () => {
    const { lambda } = await createLambda()
    const get = async () => body(await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName })))
    expect(await get()).toEqual({})
    const put = await lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 5 }),
    )
    expect(body(put)).toEqual({ ReservedConcurrentExecutions: 5 })
    expect(await get()).toEqual({ ReservedConcurrentExecutions: 5 })
    const { Concurrency } = await lambda.send(new GetFunctionCommand({ FunctionName }))
    expect(Concurrency).toEqual({ ReservedConcurrentExecutions: 5 })
    const deleted = await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }))
    expect(deleted.$metadata.httpStatusCode).toBe(204)
    expect(await get()).toEqual({})
  })

  test('overrides what the spec declares, and so does its absence', async () => {
    const declared = { reservedConcurrency: 7, eventInvokeConfig: null }
    const { lambda, declare } = await createLambda(declared)
    const get = async () =>
      (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions
    expect(await get()).toBe(7)
    await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }))
    expect(await get()).toBeUndefined()
    declare({ ...declared, reservedConcurrency: 8 })
    expect(await get()).toBe(8)
  })

  test.each([
    [
      'too much',
      { ReservedConcurrentExecutions: 901 },
      'InvalidParameterValueException',
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    ],
    [
      'a qualified ARN',
      { FunctionName: `${arn}:live`, ReservedConcurrentExecutions: 1 },
      'InvalidParameterValueException',
      'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
    ],
    [
      'less than none',
      { ReservedConcurrentExecutions: -1 },
      'ValidationException',
      "1 validation error detected: Value '-1' at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 0",
    ],
  ])('is refused for %s', async (_, input, name, message) => {
    const { lambda } = await createLambda()
    const sending = lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ...input }))
    expect(await failing(sending)).toEqual([400, name, message])
  })
})

describe('recursion config', () => {
  test('stops loops unless told otherwise', async () => {
    const { lambda } = await createLambda()
    const get = async () => body(await lambda.send(new GetFunctionRecursionConfigCommand({ FunctionName })))
    expect(await get()).toEqual({ RecursiveLoop: 'Terminate' })
    const put = new PutFunctionRecursionConfigCommand({ FunctionName, RecursiveLoop: 'Allow' })
    expect(body(await lambda.send(put))).toEqual({ RecursiveLoop: 'Allow' })
    expect(await get()).toEqual({ RecursiveLoop: 'Allow' })
  })

  test('knows two values, and whole functions only', async () => {
    const { lambda } = await createLambda()
    const put = (FunctionName: string, RecursiveLoop: string) =>
      failing(
        lambda.send(
          new PutFunctionRecursionConfigCommand({ FunctionName, RecursiveLoop: RecursiveLoop as 'Allow' }),
        ),
      )
    expect((await put('checkout', 'Sometimes'))[2]).toBe(
      "1 validation error detected: Value 'Sometimes' at 'recursiveLoop' failed to satisfy constraint: Member must satisfy enum value set: [Allow, Terminate]",
    )
    expect((await put('checkout:live', 'Allow'))[1]).toBe('ValidationException')
    expect(await put('nobody', 'Allow')).toEqual([
      404,
      'ResourceNotFoundException',
      `Function not found: ${arn.replace('checkout', 'nobody')}`,
    ])
  })
})

describe('versions', () => {
  test('are numbered from 1, with a description of their own; without a change the last one is answered', async () => {
    const { publish, change, discarded, lambda } = await createLambda()
    const first = await publish('as of today')
    expect(first).toMatchObject({
      FunctionArn: `${arn}:1`,
      Version: '1',
      Description: 'as of today',
      CodeSha256: 'c2hh',
      State: 'Active',
      $metadata: { httpStatusCode: 201 },
    })
    const again = await publish('another text')
    expect(body(again)).toEqual(body(first))
    expect(discarded).toEqual(['2'])
    change()
    expect((await publish()).Version).toBe('2')
    const { Versions } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName }))
    expect(Versions?.map((one) => [one.FunctionArn, one.Version, one.State])).toEqual([
      [`${arn}:$LATEST`, '$LATEST', undefined],
      [`${arn}:1`, '1', undefined],
      [`${arn}:2`, '2', undefined],
    ])
    const { Functions } = await lambda.send(new ListFunctionsCommand({ FunctionVersion: 'ALL' }))
    expect(Functions?.map((one) => one.FunctionArn?.replace(arn, ''))).toEqual([
      `${arn.replace('checkout', 'audit')}:$LATEST`,
      ':$LATEST',
      ':1',
      ':2',
    ])
  })

  test('published at the same time get different numbers', async () => {
    const { lambda, change } = await createLambda()
    const publishing = Array.from({ length: 5 }, () => {
      change()
      return lambda.send(new PublishVersionCommand({ FunctionName }))
    })
    const numbers = (await Promise.all(publishing)).map((one) => Number(one.Version))
    // Code that changed while others waited is the same for all that come after.
    expect(Math.max(...numbers)).toBe(new Set(numbers).size)
  })

  test('are listed in the order of their numbers, in pages', async () => {
    const { lambda, publish, change } = await createLambda()
    for (let one = 0; one < 11; one++) {
      change()
      await publish()
    }
    const first = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName, MaxItems: 10 }))
    const second = await lambda.send(
      new ListVersionsByFunctionCommand({ FunctionName, Marker: first.NextMarker }),
    )
    expect(second.Versions?.map((one) => one.Version)).toEqual(['10', '11'])
  })

  test.each([
    [
      'another hash than the code has',
      { CodeSha256: 'x' },
      400,
      'InvalidParameterValueException',
      'CodeSHA256 (x) is different from current CodeSHA256 in $LATEST (c2hh). Please try again with the CodeSHA256 in $LATEST.',
    ],
    [
      'another revision than the latest',
      { RevisionId: 'x' },
      412,
      'PreconditionFailedException',
      'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    ],
    [
      'an unknown function',
      { FunctionName: 'nobody' },
      404,
      'ResourceNotFoundException',
      `Function not found: ${arn.replace('checkout', 'nobody')}`,
    ],
  ])('are not published for %s', async (_, input, status, name, message) => {
    const { lambda } = await createLambda()
    const sending = lambda.send(new PublishVersionCommand({ FunctionName, ...input }))
    expect(await failing(sending)).toEqual([status, name, message])
  })
})

describe('aliases', () => {
  test('are created, read, moved, listed and deleted', async () => {
    const { lambda, publish, change, alias } = await createLambda()
    await publish()
    change()
    await publish()
    const created = await alias('live', '1')
    expect(created.$metadata.httpStatusCode).toBe(201)
    expect(body(created)).toEqual({
      AliasArn: `${arn}:live`,
      Name: 'live',
      FunctionVersion: '1',
      Description: '',
      RevisionId: expect.any(String) as unknown,
    })
    await alias('next', '$LATEST')
    const moved = await lambda.send(
      new UpdateAliasCommand({
        FunctionName,
        Name: 'live',
        RevisionId: created.RevisionId,
        Description: 'half of it',
        RoutingConfig: { AdditionalVersionWeights: { '2': 0.5 } },
      }),
    )
    expect(body(moved)).toEqual({
      AliasArn: `${arn}:live`,
      Name: 'live',
      FunctionVersion: '1',
      Description: 'half of it',
      RevisionId: expect.any(String) as unknown,
      RoutingConfig: { AdditionalVersionWeights: { '2': 0.5 } },
    })
    expect(moved.RevisionId).not.toBe(created.RevisionId)
    expect(body(await lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' })))).toEqual(body(moved))
    const names = async (FunctionVersion?: string) =>
      (await lambda.send(new ListAliasesCommand({ FunctionName, FunctionVersion }))).Aliases?.map(
        (one) => one.Name,
      )
    expect([await names(), await names('2'), await names('$LATEST')]).toEqual([
      ['live', 'next'],
      ['live'],
      ['next'],
    ])
    const whole = await lambda.send(
      new UpdateAliasCommand({ FunctionName, Name: 'live', RoutingConfig: { AdditionalVersionWeights: {} } }),
    )
    expect(whole.RoutingConfig).toBeUndefined()
    const deleted = await lambda.send(new DeleteAliasCommand({ FunctionName, Name: 'live' }))
    expect(deleted.$metadata.httpStatusCode).toBe(204)
    expect(await failing(lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' })))).toEqual([
      404,
      'ResourceNotFoundException',
      `Function not found: ${arn}:live`,
    ])
  })

  const create = (input: object) =>
    new CreateAliasCommand({ FunctionName, Name: 'new', FunctionVersion: '1', ...input })
  const weights = (AdditionalVersionWeights: Record<string, number>) => ({
    RoutingConfig: { AdditionalVersionWeights },
  })

  test.each([
    ['a name in use', create({ Name: 'live' }), 409, `Alias already exists: ${arn}:live`],
    ['a version that is not there', create({ FunctionVersion: '42' }), 404, `Function not found: ${arn}:42`],
    [
      'a number as its name',
      create({ Name: '7' }),
      400,
      "1 validation error detected: Value '7' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
    ],
    [
      'two further versions',
      create(weights({ '1': 0.1, '2': 0.1 })),
      400,
      'Number of items in AdditionalVersionWeights cannot be greater than 1',
    ],
    [
      'a share of more than all',
      create(weights({ '2': 2 })),
      400,
      "1 validation error detected: Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]",
    ],
    [
      'the same version twice',
      create(weights({ '1': 0.5 })),
      400,
      'Invalid function version 1. Function version 1 is already included in routing configuration.',
    ],
    [
      '$LATEST beside another',
      create({ FunctionVersion: '$LATEST', ...weights({ '1': 0.5 }) }),
      400,
      '$LATEST is not supported for an alias pointing to more than 1 version',
    ],
    [
      'no function',
      create({ FunctionName: 'nobody' }),
      404,
      `Function not found: ${arn.replace('checkout', 'nobody')}`,
    ],
  ])('are refused for %s', async (_, command, status, message) => {
    const { lambda, publish, change, alias } = await createLambda()
    await publish()
    change()
    await publish()
    await alias('live', '1')
    const [code, , text] = await failing(lambda.send(command))
    expect([code, text]).toEqual([status, message])
  })

  test('that are not there, or have changed, are not moved', async () => {
    const { lambda, publish, alias } = await createLambda()
    const update = (Name: string, RevisionId?: string) =>
      failing(lambda.send(new UpdateAliasCommand({ FunctionName, Name, RevisionId })))
    expect(await update('live')).toEqual([404, 'ResourceNotFoundException', `Alias not found: ${arn}:live`])
    await publish()
    await alias('live', '1')
    expect((await update('live', 'old'))[0]).toBe(412)
  })
})
