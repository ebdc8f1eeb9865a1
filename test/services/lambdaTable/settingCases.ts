import {
  accountId,
  arnOf,
  FunctionName,
  invalid,
  type LambdaCase,
  noFunction,
  notFound,
  region,
  type Step,
  violations,
  withAlias,
} from './lambdaCase.ts'

const unknown = { FunctionName: 'nope' }
const queue = `arn:aws:sqs:${region}:${accountId}:failed`
const put = (more: object): Step => ['PutFunctionEventInvokeConfig', { FunctionName, ...more }]
const config = (more: object = {}): Record<string, unknown> => ({
  FunctionArn: '{arn}:$LATEST',
  LastModified: '<seconds>',
  DestinationConfig: { OnSuccess: {}, OnFailure: {} },
  ...more,
})
const noConfig = (arn: string) => notFound(`The function ${arn} doesn't have an EventInvokeConfig`)
const UNQUALIFIED = invalid(
  'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
)

/** Concurrency, asynchronous invocation, recursion, what else tools read, and the account. */
export const settingCases: readonly LambdaCase[] = [
  {
    name: 'a reserved concurrency',
    request: ['PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions: 5 }],
    answer: { ReservedConcurrentExecutions: 5 },
  },
  {
    name: 'a reserved concurrency of 0 is one',
    before: [['PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions: 0 }]],
    request: ['GetFunctionConcurrency', { FunctionName }],
    answer: { ReservedConcurrentExecutions: 0 },
  },
  {
    name: 'no reserved concurrency is no error',
    request: ['GetFunctionConcurrency', { FunctionName }],
    answer: {},
  },
  {
    name: 'a reserved concurrency is given back',
    before: [['PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions: 5 }]],
    request: ['DeleteFunctionConcurrency', { FunctionName }],
    answer: {},
  },
  {
    name: 'too much of the account',
    request: ['PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions: 1_000 }],
    refusal: invalid(
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    ),
  },
  {
    name: 'less than none',
    request: ['PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions: -1 }],
    refusal: violations(['-1', 'reservedConcurrentExecutions', 'have value greater than or equal to 0']),
  },
  {
    name: 'nothing said of how much',
    request: ['PutFunctionConcurrency', { FunctionName }],
    refusal: violations([null, 'reservedConcurrentExecutions', 'not be null']),
  },
  {
    name: 'a reserved concurrency of a version',
    request: ['PutFunctionConcurrency', { FunctionName: '{arn}:1', ReservedConcurrentExecutions: 1 }],
    refusal: UNQUALIFIED,
  },
  {
    name: 'a reserved concurrency of no function',
    request: ['PutFunctionConcurrency', { ...unknown, ReservedConcurrentExecutions: 1 }],
    refusal: noFunction(arnOf('nope:$LATEST')),
  },

  {
    name: 'the reserved concurrency of no function',
    request: ['GetFunctionConcurrency', unknown],
    refusal: noFunction(arnOf('nope')),
  },
  {
    name: 'the reserved concurrency of no function given back',
    request: ['DeleteFunctionConcurrency', unknown],
    refusal: noFunction(arnOf('nope')),
  },

  {
    name: 'settings of events',
    request: put({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 }),
    answer: config({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 }),
  },
  {
    name: 'settings of events, put in place of others',
    before: [put({ MaximumRetryAttempts: 1, DestinationConfig: { OnFailure: { Destination: queue } } })],
    request: put({ MaximumEventAgeInSeconds: 60 }),
    answer: config({ MaximumEventAgeInSeconds: 60 }),
  },
  {
    name: 'settings of events, changed',
    before: [put({ MaximumRetryAttempts: 1 })],
    request: [
      'UpdateFunctionEventInvokeConfig',
      { FunctionName, DestinationConfig: { OnFailure: { Destination: queue } } },
    ],
    answer: config({
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnSuccess: {}, OnFailure: { Destination: queue } },
    }),
  },
  {
    name: 'settings of events of an alias',
    before: [...withAlias, put({ Qualifier: 'live', MaximumRetryAttempts: 2 })],
    request: ['GetFunctionEventInvokeConfig', { FunctionName, Qualifier: 'live' }],
    answer: config({ FunctionArn: '{arn}:live', MaximumRetryAttempts: 2 }),
  },
  {
    name: 'no settings of events',
    request: ['GetFunctionEventInvokeConfig', { FunctionName }],
    refusal: noConfig('{arn}:$LATEST'),
  },
  {
    name: 'settings of events of no function',
    request: put({ ...unknown, MaximumRetryAttempts: 0 }),
    refusal: notFound("The function doesn't exist."),
  },
  {
    name: 'settings of events that are not there, changed',
    request: ['UpdateFunctionEventInvokeConfig', { FunctionName, MaximumRetryAttempts: 0 }],
    refusal: noConfig('{arn}:$LATEST'),
  },
  {
    name: 'too many retries of too old events',
    request: put({ MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 59 }),
    refusal: violations(
      ['3', 'maximumRetryAttempts', 'have value less than or equal to 2'],
      ['59', 'maximumEventAgeInSeconds', 'have value greater than or equal to 60'],
    ),
  },
  {
    name: 'settings of events that are nothing',
    request: put({}),
    refusal: invalid('You must specify at least one of error handling or destination setting.'),
  },
  {
    name: 'the function as its own destination',
    request: put({ DestinationConfig: { OnSuccess: { Destination: '{arn}' } } }),
    refusal: invalid("You can't specify the function as a destination for itself."),
  },
  {
    name: 'settings of events, taken away',
    before: [put({ MaximumRetryAttempts: 0 })],
    request: ['DeleteFunctionEventInvokeConfig', { FunctionName }],
    answer: {},
  },
  {
    name: 'settings of events that are not there, taken away',
    request: ['DeleteFunctionEventInvokeConfig', { FunctionName }],
    refusal: noConfig('{arn}:$LATEST'),
  },
  {
    name: 'all settings of events',
    before: [put({ MaximumRetryAttempts: 0 })],
    request: ['ListFunctionEventInvokeConfigs', { FunctionName }],
    answer: { FunctionEventInvokeConfigs: [config({ MaximumRetryAttempts: 0 })] },
  },
  {
    name: 'all settings of events, of no function',
    request: ['ListFunctionEventInvokeConfigs', unknown],
    refusal: notFound("The function doesn't exist."),
  },

  {
    name: 'loops are ended by default',
    request: ['GetFunctionRecursionConfig', { FunctionName }],
    answer: { RecursiveLoop: 'Terminate' },
  },
  {
    name: 'loops are allowed',
    request: ['PutFunctionRecursionConfig', { FunctionName, RecursiveLoop: 'Allow' }],
    answer: { RecursiveLoop: 'Allow' },
  },
  {
    name: 'loops are neither',
    request: ['PutFunctionRecursionConfig', { FunctionName, RecursiveLoop: 'Sometimes' }],
    refusal: violations(['Sometimes', 'recursiveLoop', 'satisfy enum value set: [Allow, Terminate]']),
  },
  {
    name: 'loops of no function',
    request: ['GetFunctionRecursionConfig', unknown],
    refusal: noFunction(arnOf('nope')),
  },

  {
    name: 'runtimes are updated by themselves',
    request: ['GetRuntimeManagementConfig', { FunctionName }],
    answer: { UpdateRuntimeOn: 'Auto', FunctionArn: '{arn}' },
  },
  {
    name: 'runtimes are to be updated by themselves',
    request: ['PutRuntimeManagementConfig', { FunctionName, UpdateRuntimeOn: 'Auto' }],
    answer: { UpdateRuntimeOn: 'Auto', FunctionArn: '{arn}' },
  },
  {
    name: 'runtimes are updated by no word that is known',
    request: ['PutRuntimeManagementConfig', { FunctionName, UpdateRuntimeOn: 'Never' }],
    refusal: violations([
      'Never',
      'updateRuntimeOn',
      'satisfy enum value set: [Auto, Manual, FunctionUpdate]',
    ]),
  },
  {
    name: 'runtimes of no function',
    request: ['GetRuntimeManagementConfig', unknown],
    refusal: noFunction(arnOf('nope')),
  },
  {
    name: 'no code signing',
    request: ['GetFunctionCodeSigningConfig', { FunctionName }],
    answer: {},
  },
  {
    name: 'no code signing less',
    request: ['DeleteFunctionCodeSigningConfig', { FunctionName }],
    answer: {},
  },
  {
    name: 'code signing of no function',
    request: ['GetFunctionCodeSigningConfig', unknown],
    refusal: noFunction(arnOf('nope')),
  },
  {
    name: 'a code signing that is not there',
    request: [
      'PutFunctionCodeSigningConfig',
      {
        FunctionName,
        CodeSigningConfigArn: `arn:aws:lambda:${region}:${accountId}:code-signing-config:csc-12345678901234567`,
      },
    ],
    refusal: {
      code: 'CodeSigningConfigNotFoundException',
      message: `The code signing configuration cannot be found. Check that the provided configuration is not deleted: arn:aws:lambda:${region}:${accountId}:code-signing-config:csc-12345678901234567.`,
    },
  },
  {
    name: 'the account',
    request: ['GetAccountSettings', {}],
    answer: {
      AccountLimit: {
        TotalCodeSize: 80_530_636_800,
        CodeSizeUnzipped: 262_144_000,
        CodeSizeZipped: 52_428_800,
        ConcurrentExecutions: 1_000,
        UnreservedConcurrentExecutions: '<number>',
      },
      AccountUsage: { TotalCodeSize: '<number>', FunctionCount: '<number>' },
    },
  },
]
