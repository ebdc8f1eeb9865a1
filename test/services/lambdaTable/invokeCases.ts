import {
  arnOf,
  bytes,
  FunctionName,
  invalid,
  type LambdaCase,
  NAME_PATTERN,
  noFunction,
  notFound,
  otherQualifier,
  publish,
  type Step,
  violations,
  withAlias,
} from './lambdaCase.ts'

const invoke = (event: unknown, more: object = {}): Step => [
  'Invoke',
  { FunctionName, Payload: bytes(JSON.stringify(event)), ...more },
]
const answered = (Payload: string, more: object = {}): Record<string, unknown> => ({
  StatusCode: 200,
  ExecutedVersion: '$LATEST',
  Payload,
  ...more,
})
const unreadable = (detail: string) => ({
  code: 'InvalidRequestContentException' as const,
  message: `Could not parse request body into json: Could not parse payload into json: ${detail}`,
})
const enumeration = (...values: string[]): string => `satisfy enum value set: [${values.join(', ')}]`

/** `Invoke` and `InvokeAsync`. The handler answers what the event's `answer` is, or throws its `fail`. */
export const invokeCases: readonly LambdaCase[] = [
  { name: 'a result', request: invoke({ answer: { a: [1, null] } }), answer: answered('{"a":[1,null]}') },
  { name: 'no result is null', request: invoke({}), answer: answered('null') },
  {
    name: 'no payload is an empty event',
    request: ['Invoke', { FunctionName }],
    answer: answered('null'),
  },
  {
    name: 'a function error is a 200',
    request: invoke({ fail: 'boom' }),
    answer: answered('<text>', { FunctionError: 'Unhandled' }),
  },
  {
    name: 'the end of the log, when it is asked for',
    request: invoke({ answer: 1 }, { LogType: 'Tail' }),
    answer: answered('1', { LogResult: '<text>' }),
  },
  {
    name: 'nothing of the log without',
    request: invoke({ answer: 1 }, { LogType: 'None' }),
    answer: answered('1'),
  },
  {
    name: '$LATEST by name',
    request: invoke({ answer: 1 }, { Qualifier: '$LATEST' }),
    answer: answered('1'),
  },
  {
    name: 'a version',
    before: [publish],
    request: invoke({ answer: 1 }, { Qualifier: '1' }),
    answer: answered('1', { ExecutedVersion: '1' }),
  },
  {
    name: 'an alias runs its version',
    before: withAlias,
    request: invoke({ answer: 1 }, { Qualifier: 'live' }),
    answer: answered('1', { ExecutedVersion: '1' }),
  },
  {
    name: 'a qualifier in the name',
    before: withAlias,
    request: invoke({ arn: true }, { FunctionName: '{f}:live' }),
    answer: answered('"{arn}:live"', { ExecutedVersion: '1' }),
  },
  {
    name: 'an ARN',
    request: invoke({ arn: true }, { FunctionName: '{arn}' }),
    answer: answered('"{arn}"'),
  },
  {
    name: 'a qualified ARN',
    request: invoke({ arn: true }, { FunctionName: '{arn}:$LATEST' }),
    answer: answered('"{arn}:$LATEST"'),
  },
  {
    name: 'a partial ARN',
    request: invoke({ answer: 1 }, { FunctionName: '000000000000:function:{f}' }),
    answer: answered('1'),
  },
  {
    name: 'a dry run',
    request: invoke({ answer: 1 }, { InvocationType: 'DryRun' }),
    answer: { StatusCode: 204 },
    status: 204,
  },
  {
    name: 'an event is accepted',
    request: invoke({ answer: 1 }, { InvocationType: 'Event' }),
    answer: { StatusCode: 202 },
    status: 202,
  },
  {
    name: 'context of the client',
    request: invoke(
      { context: true },
      { ClientContext: Buffer.from('{"custom":{"a":"b"}}').toString('base64') },
    ),
    answer: answered('{"custom":{"a":"b"}}'),
  },
  {
    name: 'a function that is not there, with $LATEST in the ARN',
    request: invoke({}, { FunctionName: 'nope' }),
    refusal: noFunction(arnOf('nope:$LATEST')),
  },
  {
    name: 'a version that is not there',
    request: invoke({}, { Qualifier: '42' }),
    refusal: noFunction('{arn}:42'),
  },
  {
    name: 'an alias that is not there',
    request: invoke({}, { Qualifier: 'nope' }),
    refusal: noFunction('{arn}:nope'),
  },
  {
    name: 'two qualifiers',
    request: invoke({}, { FunctionName: '{f}:live', Qualifier: '1' }),
    refusal: otherQualifier,
  },
  {
    name: 'another region',
    request: invoke({}, { FunctionName: arnOf('x').replace('us-east-1', 'eu-west-1') }),
    refusal: notFound("Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"),
  },
  {
    name: 'a name of another form',
    request: invoke({}, { FunctionName: 'a@b' }),
    refusal: violations(['a@b', 'functionName', `satisfy regular expression pattern: ${NAME_PATTERN}`]),
  },
  {
    name: 'an unknown invocation type',
    request: invoke({}, { InvocationType: 'Later' }),
    refusal: violations(['Later', 'invocationType', enumeration('Event', 'RequestResponse', 'DryRun')]),
  },
  {
    name: 'an unknown log type',
    request: invoke({}, { LogType: 'Head' }),
    refusal: violations(['Head', 'logType', enumeration('None', 'Tail')]),
  },
  {
    name: 'a payload that is no JSON',
    request: ['Invoke', { FunctionName, Payload: bytes('{"a":') }],
    refusal: unreadable('<text>'),
  },
  {
    name: 'an event that is no JSON',
    request: ['Invoke', { FunctionName, Payload: bytes('nope'), InvocationType: 'Event' }],
    refusal: unreadable('<text>'),
  },
  {
    name: 'too large an event',
    request: ['Invoke', { FunctionName, Payload: { $size: 1_048_577 }, InvocationType: 'Event' }],
    refusal: {
      code: 'RequestEntityTooLargeException',
      message: '1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
    },
  },
  {
    name: 'too large a request',
    request: ['Invoke', { FunctionName, Payload: { $size: 6_291_457 } }],
    refusal: {
      code: 'RequestEntityTooLargeException',
      message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
    },
  },
  {
    name: 'a reserved concurrency of 0 throttles',
    before: [['PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions: 0 }]],
    request: invoke({}),
    refusal: {
      code: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
      more: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    },
  },
  {
    name: 'a tenant of a function without any',
    request: invoke({}, { TenantId: 'blue' }),
    refusal: invalid(
      'The invoked function is not enabled with tenancy configuration. Remove the tenant ID and retry your request.',
    ),
  },
  {
    name: 'a streamed answer of a function that is not there',
    request: ['InvokeWithResponseStream', { FunctionName: 'nope', Payload: bytes('{}') }],
    refusal: noFunction(arnOf('nope:$LATEST')),
  },
  {
    name: 'a streamed answer of a version that is not there',
    request: ['InvokeWithResponseStream', { FunctionName, Qualifier: '42', Payload: bytes('{}') }],
    refusal: noFunction('{arn}:42'),
  },
  {
    name: 'a streamed answer to no JSON',
    request: ['InvokeWithResponseStream', { FunctionName, Payload: bytes('{"a":') }],
    refusal: unreadable('<text>'),
  },
  {
    name: 'the old operation for events',
    request: ['InvokeAsync', { FunctionName, InvokeArgs: bytes('{"answer":1}') }],
    answer: { Status: 202 },
  },
  {
    name: 'the old operation, of a function that is not there',
    request: ['InvokeAsync', { FunctionName: 'nope', InvokeArgs: bytes('{}') }],
    refusal: noFunction(arnOf('nope:$LATEST')),
  },
  {
    name: 'the old operation, no JSON',
    request: ['InvokeAsync', { FunctionName, InvokeArgs: bytes('{') }],
    refusal: unreadable('<text>'),
  },
  {
    name: 'the old operation, too large an event',
    request: ['InvokeAsync', { FunctionName, InvokeArgs: { $size: 262_145 } }],
    refusal: {
      code: 'RequestEntityTooLargeException',
      message: '262145 byte payload is too large for the Event invocation type (limit 262144 bytes)',
    },
  },
]
