import {
  accountId,
  arnOf,
  base64,
  configuration,
  conflict,
  FunctionName,
  invalid,
  type LambdaCase,
  noFunction,
  notFound,
  publish,
  staleRevision,
  type Step,
  violations,
  withAlias,
} from './lambdaCase.ts'

const Qualifier = '1'
const provision = (more: object = {}): Step => [
  'PutProvisionedConcurrencyConfig',
  { FunctionName, Qualifier, ProvisionedConcurrentExecutions: 1, ...more },
]
const asked = {
  RequestedProvisionedConcurrentExecutions: 1,
  AllocatedProvisionedConcurrentExecutions: 0,
  AvailableProvisionedConcurrentExecutions: 0,
  Status: 'IN_PROGRESS',
  LastModified: '<time>',
}
const get = (more: object = {}): Step => [
  'GetProvisionedConcurrencyConfig',
  { FunctionName, Qualifier, ...more },
]
const remove = (more: object = {}): Step => [
  'DeleteProvisionedConcurrencyConfig',
  { FunctionName, Qualifier, ...more },
]
const list = (name: string): Step => ['ListProvisionedConcurrencyConfigs', { FunctionName: name }]
const noAlias = notFound('Cannot find alias arn: {arn}:nope')
const unpublished = invalid('The function resource provided must be an alias or a published version.')
const none = {
  code: 'ProvisionedConcurrencyConfigNotFoundException' as const,
  message: 'No Provisioned Concurrency Config found for this function',
}

/** Provisioned concurrency. */
export const provisionedCases: readonly LambdaCase[] = [
  { name: 'a version', before: [publish], request: provision(), answer: asked },
  { name: 'an alias', before: withAlias, request: provision({ Qualifier: 'live' }), answer: asked },
  {
    name: '$LATEST',
    request: provision({ Qualifier: '$LATEST' }),
    refusal: invalid('Provisioned Concurrency Configs cannot be applied to unpublished function versions.'),
  },
  {
    name: 'an alias of $LATEST',
    before: [['CreateAlias', { FunctionName, Name: 'now', FunctionVersion: '$LATEST' }]],
    request: provision({ Qualifier: 'now' }),
    refusal: invalid('Provisioned Concurrency Configs cannot be applied to unpublished function versions.'),
  },
  {
    name: 'an alias that divides its invocations',
    before: [
      ...withAlias,
      ['UpdateFunctionConfiguration', { FunctionName, Description: 'another' }],
      publish,
      [
        'UpdateAlias',
        { FunctionName, Name: 'live', RoutingConfig: { AdditionalVersionWeights: { '2': 0.5 } } },
      ],
    ],
    request: provision({ Qualifier: 'live' }),
    refusal: invalid('Alias with weights can not be used with Provisioned Concurrency'),
  },
  {
    name: 'an alias that is moved to $LATEST',
    before: [...withAlias, provision({ Qualifier: 'live' })],
    request: ['UpdateAlias', { FunctionName, Name: 'live', FunctionVersion: '$LATEST' }],
    refusal: invalid('Provisioned Concurrency Configs cannot be applied to unpublished function versions.'),
  },
  {
    name: 'an alias that is moved to a version that has some',
    before: [
      ...withAlias,
      provision({ Qualifier: 'live' }),
      ['UpdateFunctionConfiguration', { FunctionName, Description: 'another' }],
      publish,
      provision({ Qualifier: '2' }),
    ],
    request: ['UpdateAlias', { FunctionName, Name: 'live', FunctionVersion: '2' }],
    refusal: conflict(
      "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
    ),
  },
  { name: 'no version', request: provision({ Qualifier: '10' }), refusal: noFunction('{arn}:10') },
  { name: 'no alias', request: provision({ Qualifier: 'nope' }), refusal: noAlias },
  {
    name: 'no alias of no function',
    request: provision({ FunctionName: 'nope', Qualifier: 'nope' }),
    refusal: notFound(`Cannot find alias arn: ${arnOf('nope')}:nope`),
  },
  {
    name: 'no version of no function',
    request: provision({ FunctionName: 'nope' }),
    refusal: noFunction(arnOf('nope:1')),
  },
  {
    name: 'none',
    before: [publish],
    request: provision({ ProvisionedConcurrentExecutions: 0 }),
    refusal: violations(['0', 'provisionedConcurrentExecutions', 'have value greater than or equal to 1']),
  },
  {
    name: 'more than is reserved',
    before: [publish, ['PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions: 1 }]],
    request: provision({ ProvisionedConcurrentExecutions: 2 }),
    refusal: invalid(
      'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
    ),
  },
  {
    name: 'an alias of a version that has some',
    before: [...withAlias, provision()],
    request: provision({ Qualifier: 'live' }),
    refusal: conflict(
      "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
    ),
  },
  {
    name: 'a version of an alias that has some',
    before: [...withAlias, provision({ Qualifier: 'live' })],
    request: provision(),
    refusal: conflict('Version is pointed by a Provisioned Concurrency alias'),
  },
  { name: 'what is not configured', before: [publish], request: get(), refusal: none },
  { name: 'what no alias has', request: get({ Qualifier: 'nope' }), refusal: noAlias },
  { name: 'what no version has', request: get({ Qualifier: '10' }), refusal: noFunction('{arn}:10') },
  { name: 'what $LATEST cannot have', request: get({ Qualifier: '$LATEST' }), refusal: unpublished },
  { name: 'given back', before: [publish, provision()], request: remove(), answer: {} },
  { name: 'given back, though there is none', before: [publish], request: remove(), answer: {} },
  { name: 'given back by no alias', request: remove({ Qualifier: 'nope' }), refusal: noAlias },
  { name: 'given back by $LATEST', request: remove({ Qualifier: '$LATEST' }), refusal: unpublished },
  { name: 'an empty list', request: list('{f}'), answer: { ProvisionedConcurrencyConfigs: [] } },
  { name: 'a list of no function', request: list('nope'), refusal: noFunction(arnOf('nope')) },
]

const Role = `arn:aws:iam::${accountId}:role/r`
const create = (more: object = {}): Step => [
  'CreateFunction',
  {
    FunctionName: '{f}-new',
    Role,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Code: { ZipFile: 'bm8gemlw' },
    ...more,
  },
]
const configure = (more: object = {}): Step => [
  'UpdateFunctionConfiguration',
  { FunctionName: 'nope', ...more },
]
const ROLE = String.raw`satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+`

const made = '{f}-new'
const ONE = base64(
  'UEsDBBQAAAAAAAAAIQBF63vUIAAAACAAAAAIAAAAaW5kZXguanNleHBvcnRzLmhhbmRsZXIgPSBhc3luYyAoKSA9PiAxClBLAQIUAxQAAAAAAAAAIQBF63vUIAAAACAAAAAIAAAAAAAAAAAAAACAAQAAAABpbmRleC5qc1BLBQYAAAAAAQABADYAAABGAAAAAAA=',
)
const TWO = base64(
  'UEsDBBQAAAAAAAAAIQCGuFb/IAAAACAAAAAIAAAAaW5kZXguanNleHBvcnRzLmhhbmRsZXIgPSBhc3luYyAoKSA9PiAyClBLAQIUAxQAAAAAAAAAIQCGuFb/IAAAACAAAAAIAAAAAAAAAAAAAACAAQAAAABpbmRleC5qc1BLBQYAAAAAAQABADYAAABGAAAAAAA=',
)
const makeOne = create({ Code: { ZipFile: ONE } })
/** What a call answers that has begun something. */
const passing = (more: object): Record<string, unknown> => {
  const { LastUpdateStatus: _, ...rest } = configuration({
    FunctionName: made,
    FunctionArn: '{arn}-new',
    Role,
    Handler: 'index.handler',
    LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${made}` },
  })
  return { ...rest, ...more }
}
const pending = {
  State: 'Pending',
  StateReason: 'The function is being created.',
  StateReasonCode: 'Creating',
}
const updating = {
  LastUpdateStatus: 'InProgress',
  LastUpdateStatusReason: 'The function is being created.',
  LastUpdateStatusReasonCode: 'Creating',
}

/** Functions that the API makes, changes and deletes, and what it refuses of that. */
export const deployCases: readonly LambdaCase[] = [
  { name: 'a function from a zip', request: makeOne, answer: passing(pending) },
  {
    name: 'a function with settings',
    request: create({
      Code: { ZipFile: ONE },
      Description: 'd',
      Timeout: 7,
      MemorySize: 256,
      Environment: { Variables: {} },
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'WARN' },
    }),
    answer: passing({
      ...pending,
      Description: 'd',
      Timeout: 7,
      MemorySize: 256,
      Environment: { Variables: {} },
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: {
        LogFormat: 'JSON',
        ApplicationLogLevel: 'INFO',
        SystemLogLevel: 'WARN',
        LogGroup: `/aws/lambda/${made}`,
      },
    }),
  },
  {
    name: 'a function that there is',
    before: [makeOne],
    request: makeOne,
    refusal: conflict(`Function already exist: ${made}`),
  },
  {
    name: 'a function that is made is there',
    before: [makeOne],
    request: ['GetFunctionConfiguration', { FunctionName: made }],
    answer: passing({ LastUpdateStatus: 'Successful' }),
  },
  {
    name: 'new code',
    before: [makeOne],
    request: ['UpdateFunctionCode', { FunctionName: made, ZipFile: TWO }],
    answer: passing(updating),
  },
  {
    name: 'new code for what has changed since',
    before: [makeOne],
    request: ['UpdateFunctionCode', { FunctionName: made, ZipFile: TWO, RevisionId: '{revision}' }],
    refusal: staleRevision,
  },
  {
    name: 'another configuration',
    before: [makeOne],
    request: ['UpdateFunctionConfiguration', { FunctionName: made, Timeout: 30 }],
    answer: passing({ ...updating, Timeout: 30 }),
  },
  {
    name: 'a function less',
    before: [makeOne, ['DeleteFunction', { FunctionName: made }]],
    request: ['GetFunction', { FunctionName: made }],
    refusal: noFunction('{arn}-new'),
  },
  {
    name: 'a role of another form',
    request: create({ Role: 'r1' }),
    refusal: violations(['r1', 'role', ROLE]),
  },
  {
    name: 'two architectures',
    request: create({ Architectures: ['x86_64', 'arm64'] }),
    refusal: violations(['[x86_64, arm64]', 'architectures', 'have length less than or equal to 1']),
  },
  {
    name: 'a change of no function',
    request: configure({ Timeout: 5 }),
    refusal: noFunction(arnOf('nope')),
  },
  {
    name: 'a change of the role to another form',
    request: ['UpdateFunctionConfiguration', { FunctionName, Role: 'r1' }],
    refusal: violations(['r1', 'role', ROLE]),
  },
  {
    name: 'code of no function',
    request: ['UpdateFunctionCode', { FunctionName: 'nope', ZipFile: 'bm8gemlw' }],
    refusal: noFunction(arnOf('nope')),
  },
  {
    name: 'no function less',
    request: ['DeleteFunction', { FunctionName: 'nope' }],
    refusal: noFunction(arnOf('nope')),
  },
  {
    name: '$LATEST less',
    request: ['DeleteFunction', { FunctionName, Qualifier: '$LATEST' }],
    refusal: invalid('$LATEST version cannot be deleted without deleting the function.'),
  },
]
