import {
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda'
import { describe, expect, test } from 'vitest'
import type { InvokeAnswer, InvokeRequest, LambdaBackend } from '../../src/services/lambda/index.ts'
import { accountId, createWorld, noDeployments, region } from './world.ts'
import { functionDescription } from './functionDescription.ts'

const arn = `arn:aws:lambda:${region}:${accountId}:function:checkout`

/** A backend that has `checkout`, notes what it is asked to invoke, and answers what the test says. */
function fakeBackend(answer: InvokeAnswer = success('{"ok":true}')) {
  const invoked: InvokeRequest[] = []
  const names = ['checkout', 'report', 'a.b']
  const backend: LambdaBackend = {
    deployments: noDeployments,
    describe: (name) => (names.includes(name) ? functionDescription(name) : undefined),
    list: () => names.map(functionDescription),
    accountConcurrency: () => 1_000,
    codeLocation: (_, version) => `file:///versions/${version}`,
    snapshot: () => Promise.reject(new Error('nothing is published here')),
    invoke(request) {
      invoked.push(request)
      return Promise.resolve(answer)
    },
  }
  return { backend, invoked }
}

const success = (json: string): InvokeAnswer => ({
  kind: 'success',
  contentType: 'application/json',
  payload: Buffer.from(json),
  executedVersion: '$LATEST',
})

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString()

/** A bare request to Invoke; the SDK would hide headers and the letter case of members. */
const invokeRaw = (
  url: string,
  name: string,
  options: { body?: string | Uint8Array; headers?: Record<string, string>; query?: string } = {},
) =>
  fetch(`${url}/2015-03-31/functions/${encodeURIComponent(name)}/invocations${options.query ?? ''}`, {
    method: 'POST',
    headers: options.headers ?? {},
    body: (options.body ?? '{}') as string,
  })

describe('Invoke', () => {
  test('hands over the bytes as they came and answers the function’s bytes', async () => {
    const { backend, invoked } = fakeBackend(success(' {"a" : 1 }'))
    const { lambda } = await createWorld({ backend })
    const answer = await lambda.send(
      new InvokeCommand({ FunctionName: 'checkout', Payload: Buffer.from(' [1, "é" ] ') }),
    )
    expect(text(answer.Payload)).toBe(' {"a" : 1 }')
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' })
    expect(answer.FunctionError).toBeUndefined()
    expect(text(invoked[0]?.payload)).toBe(' [1, "é" ] ')
    expect(invoked[0]).toMatchObject({
      functionName: 'checkout',
      qualifier: undefined,
      invokedFunctionArn: arn,
      invocationType: 'RequestResponse',
      clientContext: undefined,
      logTail: false,
      requestId: answer.$metadata.requestId,
      cause: undefined,
    })
    expect(invoked[0]?.traceId).toMatch(/^Root=1-695735a5-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/)
  })

  test('tells function errors apart, and gives the end of the log on request', async () => {
    const { backend, invoked } = fakeBackend({
      kind: 'functionError',
      payload: Buffer.from('{"errorType":"Error"}'),
      executedVersion: '$LATEST',
      logTail: Buffer.from('START'),
    })
    const { lambda } = await createWorld({ backend })
    const answer = await lambda.send(new InvokeCommand({ FunctionName: 'checkout', LogType: 'Tail' }))
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled', LogResult: 'U1RBUlQ=' })
    expect(invoked[0]).toMatchObject({ logTail: true })
    expect(invoked[0]?.payload.length).toBe(0)
  })

  test('accepts events with 202 and neither version nor content type', async () => {
    const { backend, invoked } = fakeBackend({ kind: 'accepted' })
    const { url } = await createWorld({ backend })
    const response = await invokeRaw(url, 'checkout', {
      headers: {
        'X-Amz-Invocation-Type': 'Event',
        'X-Amz-Log-Type': 'Tail',
        'X-Amz-Client-Context': Buffer.from('{}').toString('base64'),
      },
    })
    expect(response.status).toBe(202)
    expect(await response.text()).toBe('')
    expect(response.headers.get('x-amz-executed-version')).toBeNull()
    expect(response.headers.get('content-type')).toBeNull()
    expect(invoked[0]).toMatchObject({ invocationType: 'Event', logTail: false, clientContext: undefined })
  })

  test('checks without running for DryRun', async () => {
    const { backend, invoked } = fakeBackend()
    const { lambda } = await createWorld({ backend })
    const answer = await lambda.send(
      new InvokeCommand({ FunctionName: 'checkout', InvocationType: 'DryRun' }),
    )
    expect(answer.StatusCode).toBe(204)
    expect(invoked).toEqual([])
  })

  test('passes client context and trace on', async () => {
    const { backend, invoked } = fakeBackend()
    const { url } = await createWorld({ backend })
    const response = await invokeRaw(url, 'checkout', {
      headers: {
        'X-Amz-Client-Context': Buffer.from('{"custom":{"a":"b"}}').toString('base64'),
        'X-Amzn-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
      },
    })
    expect(invoked[0]).toMatchObject({
      clientContext: '{"custom":{"a":"b"}}',
      traceId: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
    })
    expect(response.headers.get('x-amzn-trace-id')).toBe(
      'root=1-5759e988-bd862e3fe1be46a994272793;parent=53995c3f42cd8ad8;sampled=1',
    )
  })

  test('takes the request id that the caller sends', async () => {
    const { backend, invoked } = fakeBackend()
    const { url } = await createWorld({ backend })
    const id = '6f7f0961-f83b-4aad-8c1c-3f1a1f4d2a11'
    const response = await invokeRaw(url, 'checkout', { headers: { 'x-amzn-RequestId': id } })
    expect(response.headers.get('x-amzn-requestid')).toBe(id)
    expect(invoked[0]?.requestId).toBe(id)
    const refused = await invokeRaw(url, 'checkout', { headers: { 'x-amzn-RequestId': 'nope' } })
    expect(refused.status).toBe(400)
    expect(refused.headers.get('x-amzn-errortype')).toBe('InvalidRequestContentException')
  })

  for (const name of [
    'checkout',
    'checkout:$LATEST',
    'function:checkout',
    `${accountId}:function:checkout`,
    `${region}:${accountId}:function:checkout`,
    arn,
    `${arn}:$LATEST`,
  ]) {
    test(`accepts the name ${name}`, async () => {
      const { backend, invoked } = fakeBackend()
      const { lambda } = await createWorld({ backend })
      await lambda.send(new InvokeCommand({ FunctionName: name }))
      const qualifier = name.endsWith('$LATEST') ? '$LATEST' : undefined
      expect(invoked[0]).toMatchObject({
        functionName: 'checkout',
        qualifier,
        invokedFunctionArn: qualifier ? `${arn}:$LATEST` : arn,
      })
    })
  }

  test('accepts a qualifier beside the name, and a body without content type', async () => {
    const { backend, invoked } = fakeBackend()
    const { url } = await createWorld({ backend })
    const response = await invokeRaw(url, 'checkout', {
      query: '?Qualifier=%24LATEST',
      body: Buffer.from('{}'),
    })
    expect(response.status).toBe(200)
    expect(invoked[0]).toMatchObject({ qualifier: '$LATEST' })
  })
})

const namePattern = String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`

interface Refusal {
  readonly title: string
  readonly name?: string
  readonly body?: string | Uint8Array
  readonly headers?: Record<string, string>
  readonly query?: string
  readonly answer?: InvokeAnswer
  readonly status: number
  readonly code: string
  readonly expected: object
}

const refusals: readonly Refusal[] = [
  {
    title: 'an unknown function',
    name: 'doesnotexist',
    status: 404,
    code: 'ResourceNotFoundException',
    expected: {
      Message: `Function not found: arn:aws:lambda:${region}:${accountId}:function:doesnotexist:$LATEST`,
      Type: 'User',
    },
  },
  {
    title: 'an unknown version',
    query: '?Qualifier=42',
    status: 404,
    code: 'ResourceNotFoundException',
    expected: { Message: `Function not found: ${arn}:42`, Type: 'User' },
  },
  {
    title: 'a name that breaks the pattern',
    name: 'invalid:function:name',
    status: 400,
    code: 'ValidationException',
    expected: {
      message: `1 validation error detected: Value 'invalid:function:name' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${namePattern}`,
    },
  },
  {
    title: 'an invocation type that does not exist',
    headers: { 'X-Amz-Invocation-Type': 'Later' },
    status: 400,
    code: 'ValidationException',
    expected: {
      message:
        "1 validation error detected: Value 'Later' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]",
    },
  },
  {
    title: 'a function of another region',
    name: arn.replace(region, 'ap-southeast-1'),
    status: 404,
    code: 'ResourceNotFoundException',
    expected: {
      Message: "Functions from 'ap-southeast-1' are not reachable in this region ('us-east-1')",
      Type: 'User',
    },
  },
  {
    title: 'a function of another account',
    name: arn.replace(accountId, '111111111111'),
    status: 403,
    code: 'AccessDeniedException',
    expected: { Message: null },
  },
  {
    title: 'two different qualifiers',
    name: 'checkout:$LATEST',
    query: '?Qualifier=1',
    status: 400,
    code: 'InvalidParameterValueException',
    expected: {
      Type: 'User',
      message: 'The derived qualifier from the function name does not match the specified qualifier.',
    },
  },
  {
    title: 'a body that is not JSON, with the recorded words',
    body: new Uint8Array([0xc2, 0x99]),
    status: 400,
    code: 'InvalidRequestContentException',
    expected: {
      Type: 'User',
      message:
        "Could not parse request body into json: Could not parse payload into json: Unexpected character ((CTRL-CHAR, code 153)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 1]",
    },
  },
  {
    title: 'a payload over 6 MiB',
    body: `"${'x'.repeat(6_291_456)}"`,
    status: 413,
    code: 'RequestEntityTooLargeException',
    expected: { Message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation' },
  },
  {
    title: 'an event over 1 MiB',
    body: `"${'x'.repeat(1_048_576)}"`,
    headers: { 'X-Amz-Invocation-Type': 'Event' },
    status: 413,
    code: 'RequestEntityTooLargeException',
    expected: {
      Message: '1048578 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
    },
  },
  {
    title: 'a client context that is not JSON',
    headers: { 'X-Amz-Client-Context': 'bm9wZQ==' },
    status: 400,
    code: 'InvalidRequestContentException',
    expected: { Type: 'User', message: 'Client context must be a valid Base64-encoded JSON object.' },
  },
  {
    title: 'what is throttled',
    answer: { kind: 'throttled', reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    status: 429,
    code: 'TooManyRequestsException',
    expected: {
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      Type: 'User',
      message: 'Rate Exceeded.',
    },
  },
  {
    title: 'what the platform failed on',
    answer: { kind: 'systemError', message: 'The executor went down.' },
    status: 500,
    code: 'ServiceException',
    expected: { Message: 'The executor went down.' },
  },
]

describe('Invoke refuses', () => {
  test.each(refusals)('$title', async ({ name, answer, status, code, expected, ...request }) => {
    const { backend } = fakeBackend(answer)
    const { url } = await createWorld({ backend })
    const response = await invokeRaw(url, name ?? 'checkout', request)
    expect(response.status).toBe(status)
    expect(response.headers.get('x-amzn-errortype')).toBe(code)
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/)
    expect(await response.json()).toEqual(expected)
  })

  test('without ever telling the backend', async () => {
    const { backend, invoked } = fakeBackend()
    const { url } = await createWorld({ backend })
    for (const { name, answer, expected: _, ...request } of refusals)
      if (!answer) await invokeRaw(url, name ?? 'checkout', request)
    expect(invoked).toEqual([])
  })
})

describe('the functions', () => {
  test('are described', async () => {
    const { lambda } = await createWorld({ backend: fakeBackend().backend })
    const { Configuration, Code, Concurrency } = await lambda.send(
      new GetFunctionCommand({ FunctionName: 'checkout' }),
    )
    expect(Configuration).toMatchObject({
      FunctionName: 'checkout',
      FunctionArn: arn,
      Runtime: 'nodejs22.x',
      LastModified: '2026-01-02T03:04:05.678+0000',
      Version: '$LATEST',
      State: 'Active',
      LastUpdateStatus: 'Successful',
    })
    expect(Configuration).not.toHaveProperty('Environment')
    expect(Code).toEqual({ RepositoryType: 'S3', Location: 'file:///versions/$LATEST' })
    expect(Concurrency).toBeUndefined()
    const qualified = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: 'checkout', Qualifier: '$LATEST' }),
    )
    expect(qualified.FunctionArn).toBe(`${arn}:$LATEST`)
  })

  test('are reported missing without a qualifier', async () => {
    const { lambda } = await createWorld({ backend: fakeBackend().backend })
    await expect(lambda.send(new GetFunctionCommand({ FunctionName: 'x' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${arn.replace('checkout', 'x')}`,
    })
  })

  test('are listed by name, in pages, without their state', async () => {
    const { lambda } = await createWorld({ backend: fakeBackend().backend })
    const first = await lambda.send(new ListFunctionsCommand({ MaxItems: 2 }))
    expect(first.Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['a.b', 'checkout'])
    expect(first.Functions?.[0]).not.toHaveProperty('State')
    const second = await lambda.send(new ListFunctionsCommand({ Marker: first.NextMarker }))
    expect(second.Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['report'])
    expect(second.NextMarker).toBeUndefined()
  })
})

test('operations that are not built say so with 501, and paths that do not exist are 404', async () => {
  const { url, logged } = await createWorld({ backend: fakeBackend().backend })
  const unbuilt = await fetch(`${url}/2018-10-31/layers/shared/versions`, { method: 'POST' })
  expect(unbuilt.status).toBe(501)
  expect(unbuilt.headers.get('x-amzn-errortype')).toBe('UnknownOperationException')
  expect(await unbuilt.json()).toEqual({
    message: expect.stringMatching(
      /^The lambda operation PublishLayerVersion is not supported here\. Supported: Invoke, /,
    ) as unknown,
  })
  const authorization = 'AWS4-HMAC-SHA256 Credential=key/20260102/us-east-1/lambda/aws4_request, x=y'
  const missing = await fetch(`${url}/2015-03-31/nope`, { headers: { authorization } })
  expect(missing.status).toBe(404)
  expect(await missing.text()).toBe('<UnknownOperationException/>')
  expect(logged).toHaveLength(2)
})
