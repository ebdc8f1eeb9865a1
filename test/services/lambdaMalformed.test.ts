import http from 'node:http'
import { type App, start } from 'lambent'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  accountId,
  arnOf,
  NAME_PATTERN,
  region,
  type Violated,
  violations,
} from './lambdaTable/lambdaCase.ts'

/** What no SDK would send. A function, `orders`, is there; nothing that is asked here may change it. */
interface Malformed {
  readonly name: string
  readonly request: readonly [method: string, path: string, body?: string]
  readonly headers?: Readonly<Record<string, string>>
  readonly status: number
  readonly code?: string
  /** The message, or the start of it. */
  readonly message?: string
}

const FUNCTIONS = '/2015-03-31/functions'
const CONCURRENCY = '/2017-10-31/functions/orders/concurrency'
const EVENTS = '/2019-09-25/functions/orders/event-invoke-config'
const URL_CONFIG = '/2021-10-31/functions/orders/url'
const INVOKE = `${FUNCTIONS}/orders/invocations`
const POLICY = `${FUNCTIONS}/orders/policy`
const encodedArn = encodeURIComponent(arnOf('orders'))
const TAGS = `/2017-03-31/tags/${encodedArn}`
const of = (name: string): string => `${FUNCTIONS}/${name}/configuration`
const signed = {
  authorization: `AWS4-HMAC-SHA256 Credential=key/20260102/${region}/lambda/aws4_request, x=y`,
}
const pattern = (text: string): string => `satisfy regular expression pattern: ${text}`
const invalid = (...all: readonly Violated[]) => ({
  status: 400,
  code: 'ValidationException',
  message: violations(...all).message,
})
const unreadable = (message: string) => ({ status: 400, code: 'SerializationException', message })
const notAnObject = unreadable('The request body is not a JSON object.')
const noPath = { status: 404, code: 'UnknownOperationException' }
const notFound = (message: string) => ({ status: 404, code: 'ResourceNotFoundException', message })
const long = (length: number): string => 'a'.repeat(length)

const names: readonly Malformed[] = [
  ...[
    'orders/configuration',
    'orders\0',
    'orders ',
    ' ',
    'orders:',
    'orders::1',
    ':1',
    'é',
    `arn:aws:lambda:${region}::function:orders`,
    `arn:aws:lambda:${region}:0000:function:orders`,
    `arn:aws:sqs:${region}:${accountId}:orders`,
    `${arnOf('orders')}:a:b`,
    `${arnOf('orders')}\n`,
  ].map((name): Malformed => ({
    name: `a name of another form: ${JSON.stringify(name)}`,
    request: ['GET', of(encodeURIComponent(name))],
    ...invalid([name, 'functionName', pattern(NAME_PATTERN)]),
  })),
  {
    name: 'a name of 64 characters',
    request: ['GET', of(long(64))],
    ...notFound(`Function not found: ${arnOf(long(64))}`),
  },
  {
    name: 'a name that is too long',
    request: ['GET', of(long(257))],
    ...invalid([long(257), 'functionName', 'have length less than or equal to 256']),
  },
  {
    name: 'another account',
    request: ['GET', of(arnOf('orders').replace(accountId, '999999999999'))],
    status: 403,
    code: 'AccessDeniedException',
  },
  {
    name: 'another region of another account',
    request: ['GET', of(arnOf('orders').replace(accountId, '999999999999').replace(region, 'eu-west-1'))],
    ...notFound("Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"),
  },
  {
    name: 'an empty qualifier',
    request: ['GET', `${of('orders')}?Qualifier=`],
    ...invalid(
      ['', 'qualifier', 'have length greater than or equal to 1'],
      ['', 'qualifier', pattern(String.raw`(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+)`)],
    ),
  },
  {
    name: 'a qualifier that is too long',
    request: ['GET', `${of('orders')}?Qualifier=${long(129)}`],
    ...invalid([long(129), 'qualifier', 'have length less than or equal to 128']),
  },
  {
    name: 'a qualifier of another form',
    request: ['GET', `${of('orders')}?Qualifier=a%20b`],
    ...invalid(['a b', 'qualifier', pattern(String.raw`(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+)`)]),
  },
  {
    name: 'a qualifier of another form, for a policy',
    request: ['POST', `${POLICY}?Qualifier=a%3Fb`, '{"StatementId":"s","Action":"*","Principal":"*"}'],
    ...invalid(['a?b', 'qualifier', pattern('(|[a-zA-Z0-9$_-]+)')]),
  },
  {
    name: 'a qualifier that could be one, for a policy',
    request: ['POST', `${POLICY}?Qualifier=a%24b`, '{"StatementId":"s","Action":"*","Principal":"*"}'],
    ...notFound(`Function not found: ${arnOf('orders')}:a$b`),
  },
  {
    name: 'a name with a dot, for a URL',
    request: ['POST', URL_CONFIG.replace('orders', 'a.b'), '{"AuthType":"NONE"}'],
    ...invalid([
      'a.b',
      'functionName',
      pattern(NAME_PATTERN.replace(String.raw`\.]+)(:(`, ']+)(:(').replace(String.raw`(\.PUBLISHED)?`, '')),
    ]),
  },
  {
    name: 'a version, for recursion',
    request: ['PUT', '/2024-08-31/functions/orders:1/recursion-config', '{"RecursiveLoop":"Allow"}'],
    status: 400,
    code: 'ValidationException',
    message: "1 validation error detected: Value 'orders:1' at 'functionName' failed to satisfy constraint:",
  },
  {
    name: 'an alias of another form',
    request: ['GET', `${FUNCTIONS}/orders/aliases/12`],
    ...invalid(['12', 'name', pattern('(?!^[0-9]+$)([a-zA-Z0-9-_]+)')]),
  },
  {
    name: 'an alias with a name that is too long less',
    request: ['DELETE', `${FUNCTIONS}/orders/aliases/${long(129)}`],
    ...invalid([long(129), 'name', 'have length less than or equal to 128']),
  },
  {
    name: 'a statement of another form',
    request: ['DELETE', `${POLICY}/a%2Fb`],
    ...invalid(['a/b', 'statementId', pattern('([a-zA-Z0-9-_.]+)')]),
  },
  {
    name: 'tags of what is no ARN',
    request: ['GET', '/2017-03-31/tags/orders'],
    status: 400,
    code: 'ValidationException',
    message: "1 validation error detected: Value 'orders' at 'resource' failed to satisfy constraint:",
  },
  {
    name: 'tags in another account',
    request: ['GET', TAGS.replace(accountId, '999999999999')],
    status: 403,
    code: 'AccessDeniedException',
  },
]

const paths: readonly Malformed[] = [
  { name: 'an encoded ARN', request: ['GET', of(encodedArn)], status: 200 },
  { name: 'a bare ARN', request: ['GET', of(arnOf('orders'))], status: 200 },
  {
    name: 'an encoded qualifier in the name',
    request: ['GET', of(`${encodedArn}%3A%24LATEST`)],
    status: 200,
  },
  { name: 'an encoded qualifier', request: ['GET', `${of('orders')}?Qualifier=%24LATEST`], status: 200 },
  { name: 'a bare qualifier', request: ['GET', `${of('orders')}?Qualifier=$LATEST`], status: 200 },
  { name: 'a slash at the end', request: ['GET', `${of('orders')}/`], status: 200 },
  { name: 'an unknown parameter', request: ['GET', `${of('orders')}?Unknown=1`], status: 200 },
  { name: 'a slash twice', request: ['GET', of('/orders')], headers: signed, ...noPath },
  { name: 'a slash twice, at the start', request: ['GET', `/${of('orders')}`], headers: signed, ...noPath },
  { name: 'a slash twice, later', request: ['GET', of('orders/')], headers: signed, ...noPath },
  { name: 'no encoding', request: ['GET', of('%ZZ')], headers: signed, ...noPath },
  { name: 'no UTF-8', request: ['GET', of('%C3%28')], headers: signed, ...noPath },
  { name: 'another method', request: ['PATCH', `${FUNCTIONS}/orders`], headers: signed, ...noPath },
  { name: 'another method of a path', request: ['GET', INVOKE], headers: signed, ...noPath },
  { name: 'a path without its last part', request: ['DELETE', `${POLICY}/`], headers: signed, ...noPath },
  { name: 'a path without end', request: ['GET', of(long(5_000))], headers: signed, ...noPath },
  {
    name: 'a number that is none',
    request: ['GET', `${FUNCTIONS}?MaxItems=x`],
    ...unreadable('STRING_VALUE can not be converted to an Integer: MaxItems'),
  },
  {
    name: 'half a number',
    request: ['GET', `${FUNCTIONS}?MaxItems=1.5`],
    ...unreadable('STRING_VALUE can not be converted to an Integer: MaxItems'),
  },
  {
    name: 'too small a number',
    request: ['GET', `${FUNCTIONS}?MaxItems=0`],
    ...invalid(['0', 'maxItems', 'have value greater than or equal to 1']),
  },
  {
    name: 'a marker that was never given',
    request: ['GET', `${FUNCTIONS}?Marker=%00`],
    status: 400,
    code: 'InvalidParameterValueException',
    message: 'Invalid Marker',
  },
  {
    name: 'a request id that is none',
    request: ['POST', INVOKE, '{}'],
    headers: { 'x-amzn-requestid': 'nope' },
    status: 400,
    code: 'InvalidRequestContentException',
    message: 'The x-amzn-RequestId header is not a valid UUID.',
  },
]

const typeErrors: readonly (readonly [method: string, path: string, body: string, message: string])[] = [
  [
    'PUT',
    CONCURRENCY,
    '{"ReservedConcurrentExecutions":"1"}',
    'string value can not be converted to integer: ReservedConcurrentExecutions',
  ],
  [
    'PUT',
    CONCURRENCY,
    '{"ReservedConcurrentExecutions":1.5}',
    'number value can not be converted to integer: ReservedConcurrentExecutions',
  ],
  [
    'PUT',
    CONCURRENCY,
    '{"ReservedConcurrentExecutions":[1]}',
    'array value can not be converted to integer: ReservedConcurrentExecutions',
  ],
  [
    'POST',
    `${FUNCTIONS}/orders/aliases`,
    '{"Name":{"a":1},"FunctionVersion":"1"}',
    'object value can not be converted to string: Name',
  ],
  [
    'POST',
    `${FUNCTIONS}/orders/aliases`,
    '{"Name":"a","FunctionVersion":1}',
    'number value can not be converted to string: FunctionVersion',
  ],
  [
    'POST',
    `${FUNCTIONS}/orders/aliases`,
    '{"Name":"a","FunctionVersion":"$LATEST","RoutingConfig":[]}',
    'array value can not be converted to object: RoutingConfig',
  ],
  [
    'PUT',
    `${FUNCTIONS}/orders/aliases/live`,
    '{"Description":5}',
    'number value can not be converted to string: Description',
  ],
  [
    'POST',
    `${FUNCTIONS}/orders/versions`,
    '{"Description":[]}',
    'array value can not be converted to string: Description',
  ],
  [
    'POST',
    `${FUNCTIONS}/orders/versions`,
    '{"CodeSha256":5}',
    'number value can not be converted to string: CodeSha256',
  ],
  [
    'POST',
    `${FUNCTIONS}/orders/versions`,
    '{"RevisionId":{}}',
    'object value can not be converted to string: RevisionId',
  ],
  [
    'PUT',
    EVENTS,
    '{"MaximumRetryAttempts":1.5}',
    'number value can not be converted to integer: MaximumRetryAttempts',
  ],
  [
    'PUT',
    EVENTS,
    '{"DestinationConfig":"x"}',
    'string value can not be converted to object: DestinationConfig',
  ],
  [
    'PUT',
    EVENTS,
    '{"DestinationConfig":{"OnSuccess":{"Destination":7}}}',
    'number value can not be converted to string: Destination',
  ],
  [
    'PUT',
    '/2024-08-31/functions/orders/recursion-config',
    '{"RecursiveLoop":5}',
    'number value can not be converted to string: RecursiveLoop',
  ],
  [
    'POST',
    POLICY,
    '{"StatementId":5,"Action":"*","Principal":"*"}',
    'number value can not be converted to string: StatementId',
  ],
  [
    'POST',
    POLICY,
    '{"StatementId":"s","Action":"*","Principal":"*","InvokedViaFunctionUrl":"yes"}',
    'string value can not be converted to boolean: InvokedViaFunctionUrl',
  ],
  ['POST', URL_CONFIG, '{"AuthType":["NONE"]}', 'array value can not be converted to string: AuthType'],
  ['POST', URL_CONFIG, '{"AuthType":"NONE","Cors":[]}', 'array value can not be converted to object: Cors'],
  [
    'POST',
    URL_CONFIG,
    '{"AuthType":"NONE","Cors":{"AllowOrigins":"*"}}',
    'string value can not be converted to list: AllowOrigins',
  ],
  [
    'POST',
    URL_CONFIG,
    '{"AuthType":"NONE","Cors":{"AllowOrigins":[1]}}',
    'number value can not be converted to string: AllowOrigins',
  ],
  [
    'POST',
    URL_CONFIG,
    '{"AuthType":"NONE","Cors":{"MaxAge":1.5}}',
    'number value can not be converted to integer: MaxAge',
  ],
  ['POST', TAGS, '{"Tags":[]}', 'array value can not be converted to object: Tags'],
  ['POST', TAGS, '{"Tags":{"a":1}}', 'number value can not be converted to string: Tags'],
  ['POST', TAGS, '{"Tags":{"a":null}}', 'null value can not be converted to string: Tags'],
  [
    'PUT',
    '/2021-07-20/functions/orders/runtime-management-config',
    '{"UpdateRuntimeOn":1}',
    'number value can not be converted to string: UpdateRuntimeOn',
  ],
]

const bodies: readonly Malformed[] = [
  ...['[]', '"x"', 'null', '1', '{', '{"a":1}}', 'ÿ'].flatMap((body): Malformed[] =>
    [
      ['PUT', CONCURRENCY],
      ['POST', `${FUNCTIONS}/orders/versions`],
      ['POST', TAGS],
      ['POST', URL_CONFIG],
      ['POST', '/2015-03-31/event-source-mappings'],
    ].map(([method = '', to = '']) => ({
      name: `no object, ${body}, to ${to.split('/').at(-1)}`,
      request: [method, to, body],
      ...notAnObject,
    })),
  ),
  ...typeErrors.map(([method, to, body, message]): Malformed => ({
    name: `another type: ${body} to ${to.split('/').at(-1)}`,
    request: [method, to, body],
    ...unreadable(message),
  })),
  ...(
    [
      ['{"Timeout":2.5}', 'number value can not be converted to integer: Timeout'],
      ['{"MemorySize":128.5}', 'number value can not be converted to integer: MemorySize'],
      [
        '{"EphemeralStorage":{"Size":512.5}}',
        'number value can not be converted to integer: EphemeralStorage.Size',
      ],
      ['{"SnapStart":"None"}', 'string value can not be converted to object: SnapStart'],
    ] as const
  ).map(([body, message]): Malformed => ({
    name: `a configuration of ${body}`,
    request: ['PUT', of('orders'), body],
    ...unreadable(message),
  })),
  {
    name: 'SnapStart of another kind',
    request: ['PUT', of('orders'), '{"SnapStart":{"ApplyOn":"Always"}}'],
    ...invalid(['Always', 'snapStart.applyOn', 'satisfy enum value set: [PublishedVersions, None]']),
  },
  {
    name: 'no body at all',
    request: ['PUT', CONCURRENCY, ''],
    ...invalid([null, 'reservedConcurrentExecutions', 'not be null']),
  },
  {
    name: 'a member that is null',
    request: ['PUT', CONCURRENCY, '{"ReservedConcurrentExecutions":null}'],
    ...invalid([null, 'reservedConcurrentExecutions', 'not be null']),
  },
  {
    name: 'a member in another letter case',
    request: ['PUT', CONCURRENCY, '{"reservedConcurrentExecutions":1}'],
    ...invalid([null, 'reservedConcurrentExecutions', 'not be null']),
  },
  {
    name: 'a prototype',
    request: ['PUT', CONCURRENCY, '{"__proto__":{"ReservedConcurrentExecutions":1}}'],
    ...invalid([null, 'reservedConcurrentExecutions', 'not be null']),
  },
  {
    name: 'an unknown member',
    request: [
      'PUT',
      '/2024-08-31/functions/orders/recursion-config',
      '{"RecursiveLoop":"Terminate","Unknown":{}}',
    ],
    status: 200,
  },
  {
    name: 'a member that is in the path as well',
    request: [
      'PUT',
      '/2024-08-31/functions/orders/recursion-config',
      '{"RecursiveLoop":"Terminate","FunctionName":"x"}',
    ],
    status: 200,
  },
  {
    name: 'too long a description',
    request: ['POST', `${FUNCTIONS}/orders/versions`, JSON.stringify({ Description: long(257) })],
    ...invalid([long(257), 'description', 'have length less than or equal to 256']),
  },
  {
    name: 'too long a statement',
    request: ['POST', POLICY, JSON.stringify({ StatementId: long(101), Action: '*', Principal: '*' })],
    ...invalid([long(101), 'statementId', 'have length less than or equal to 100']),
  },
  {
    name: 'an AWS tag',
    request: ['POST', TAGS, '{"Tags":{"aws:x":"b"}}'],
    status: 400,
    code: 'InvalidParameterValueException',
    message: "The tag key 'aws:x' is AWS's",
  },
  {
    name: 'too long a tag',
    request: ['POST', TAGS, JSON.stringify({ Tags: { [long(129)]: 'b' } })],
    status: 400,
    code: 'InvalidParameterValueException',
    message: 'A tag key has from 1 to 128 characters',
  },
  {
    name: 'too long a value of a tag',
    request: ['POST', TAGS, JSON.stringify({ Tags: { a: long(257) } })],
    status: 400,
    code: 'InvalidParameterValueException',
    message: "The value of the tag 'a' has more than 256 characters",
  },
  {
    name: 'a method that no browser sends',
    request: ['POST', URL_CONFIG, '{"AuthType":"NONE","Cors":{"AllowMethods":["PROPFIND"]}}'],
    ...invalid([
      '[PROPFIND]',
      'cors.allowMethods',
      'satisfy constraint: [Member must have length less than or equal to 6]',
    ]),
  },
  {
    name: 'more than any request may hold',
    request: ['POST', INVOKE, JSON.stringify(long(6_291_456))],
    status: 413,
    code: 'RequestEntityTooLargeException',
    message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
  },
  {
    name: 'a payload with something behind it',
    request: ['POST', INVOKE, '{"a":1}x'],
    status: 400,
    code: 'InvalidRequestContentException',
    message: 'Could not parse request body into json: Could not parse payload into json: ',
  },
  {
    name: 'a payload of blanks',
    request: ['POST', INVOKE, ' '],
    status: 400,
    code: 'InvalidRequestContentException',
    message: 'Could not parse request body into json: Could not parse payload into json: ',
  },
  {
    name: 'a context of the client that is no base64',
    request: ['POST', INVOKE, '{}'],
    headers: { 'x-amz-client-context': '%%' },
    status: 400,
    code: 'InvalidRequestContentException',
    message: 'Client context must be a valid Base64-encoded JSON object.',
  },
  {
    name: 'an invocation type that is empty',
    request: ['POST', INVOKE, '{}'],
    headers: { 'x-amz-invocation-type': '' },
    ...invalid(['', 'invocationType', 'satisfy enum value set: [Event, RequestResponse, DryRun]']),
  },
]

const folder = mkdtempSync(path.join(tmpdir(), 'lambent-malformed-'))
let app: App
let untouched: unknown

beforeAll(async () => {
  writeFileSync(path.join(folder, 'h.js'), 'exports.handler = async () => 1')
  writeFileSync(
    path.join(folder, 'lambda.yml'),
    'service: m\nfunctions: { orders: { handler: h.handler } }\n',
  )
  app = await start({ config: path.join(folder, 'lambda.yml'), port: 0, clock: 'frozen', ephemeral: true })
  untouched = await everything()
})

afterAll(async () => {
  await app.stop()
  rmSync(folder, { recursive: true, force: true })
})

const send = (
  method: string,
  to: string,
  body: string | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; code: string | undefined; text: string }> =>
  new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const request = http.request(
      app.url,
      { method, path: to, headers: { ...length, ...headers } },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const code = response.headers['x-amzn-errortype'] as string | undefined
          resolve({ status: response.statusCode ?? 0, code, text: Buffer.concat(chunks).toString() })
        })
      },
    )
    request.on('error', reject)
    request.end(body)
  })

/** All that can be read of the function. */
const everything = () =>
  Promise.all(
    [
      `${FUNCTIONS}/orders`,
      '/2019-09-30/functions/orders/concurrency',
      EVENTS,
      URL_CONFIG,
      POLICY,
      TAGS,
      `${FUNCTIONS}/orders/aliases`,
      `${FUNCTIONS}/orders/versions`,
    ].map(async (to) => (await send('GET', to, undefined)).text),
  )

describe.each([
  ['names', names],
  ['paths', paths],
  ['bodies', bodies],
] as const)('malformed %s', (_, rows) => {
  test.each(rows)('$name', async ({ request: [method, to, body], headers, status, code, message }) => {
    const answer = await send(method, to, body, headers)
    expect([answer.status, answer.code]).toEqual([status, code])
    if (message === undefined) return
    const told = JSON.parse(answer.text) as { message?: string; Message?: string }
    expect((told.message ?? told.Message)?.slice(0, message.length)).toBe(message)
  })
})

test('nothing of it has changed anything', async () => {
  expect(await everything()).toEqual(untouched)
})
