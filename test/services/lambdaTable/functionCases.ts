import {
  alias,
  arnOf,
  configuration,
  conflict,
  FunctionName,
  invalid,
  type LambdaCase,
  listed,
  NAME_PATTERN,
  noFunction,
  notFound,
  otherQualifier,
  publish,
  staleRevision,
  violations,
  withAlias,
} from './lambdaCase.ts'

const ALIAS_PATTERN = String.raw`satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)`
const VERSION_PATTERN = String.raw`satisfy regular expression pattern: (\$LATEST(\.PUBLISHED)?|[0-9]+)`
const code = { RepositoryType: 'S3', Location: '<text>' }
const oneAlias = (more: object = {}): Record<string, unknown> => ({
  AliasArn: '{arn}:live',
  Name: 'live',
  FunctionVersion: '1',
  Description: '',
  RevisionId: '<uuid>',
  ...more,
})
const weights = (AdditionalVersionWeights: Readonly<Record<string, number>>): object => ({
  RoutingConfig: { AdditionalVersionWeights },
})
const unknown = { FunctionName: 'nope' }

/** Functions as they are read, versions and aliases. */
export const functionCases: readonly LambdaCase[] = [
  {
    name: 'a function',
    request: ['GetFunction', { FunctionName }],
    answer: { Configuration: configuration(), Code: code },
  },
  {
    name: 'a function, with all that it may have',
    before: [
      ['TagResource', { Resource: '{arn}', Tags: { team: 'shop' } }],
      ['PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions: 1 }],
    ],
    request: ['GetFunction', { FunctionName: '{arn}' }],
    answer: {
      Configuration: configuration(),
      Code: code,
      Tags: { team: 'shop' },
      Concurrency: { ReservedConcurrentExecutions: 1 },
    },
  },
  {
    name: 'a function, by $LATEST',
    request: ['GetFunction', { FunctionName, Qualifier: '$LATEST' }],
    answer: { Configuration: configuration({ FunctionArn: '{arn}:$LATEST' }), Code: code },
  },
  {
    name: 'a version',
    before: [publish],
    request: ['GetFunction', { FunctionName, Qualifier: '1' }],
    answer: { Configuration: configuration({ FunctionArn: '{arn}:1', Version: '1' }), Code: code },
  },
  {
    name: 'an alias shows its version',
    before: withAlias,
    request: ['GetFunction', { FunctionName, Qualifier: 'live' }],
    answer: { Configuration: configuration({ FunctionArn: '{arn}:live', Version: '1' }), Code: code },
  },
  {
    name: 'a function that is not there',
    request: ['GetFunction', unknown],
    refusal: noFunction(arnOf('nope')),
  },
  {
    name: 'a version that is not there',
    request: ['GetFunction', { FunctionName, Qualifier: '42' }],
    refusal: noFunction('{arn}:42'),
  },
  {
    name: 'two qualifiers',
    request: ['GetFunction', { FunctionName: '{f}:1', Qualifier: '2' }],
    refusal: otherQualifier,
  },
  {
    name: 'a name of another form',
    request: ['GetFunction', { FunctionName: 'invalid:function:name' }],
    refusal: violations([
      'invalid:function:name',
      'functionName',
      `satisfy regular expression pattern: ${NAME_PATTERN}`,
    ]),
  },
  {
    name: 'a configuration',
    request: ['GetFunctionConfiguration', { FunctionName }],
    answer: configuration(),
  },
  {
    name: 'a configuration of an alias',
    before: withAlias,
    request: ['GetFunctionConfiguration', { FunctionName: '{f}:live' }],
    answer: configuration({ FunctionArn: '{arn}:live', Version: '1' }),
  },
  {
    name: 'a configuration that is not there',
    request: ['GetFunctionConfiguration', unknown],
    refusal: noFunction(arnOf('nope')),
  },
  {
    name: 'a list of functions, in pages',
    request: ['ListFunctions', { MaxItems: 1 }],
    answer: {
      Functions: [
        listed({
          FunctionName: 'aaa',
          FunctionArn: arnOf('aaa'),
          Description: 'the first',
          LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/aaa' },
        }),
      ],
      NextMarker: '<text>',
    },
  },
  {
    name: 'a list of functions, unknown sort of versions',
    request: ['ListFunctions', { FunctionVersion: 'SOME' }],
    refusal: violations(['SOME', 'functionVersion', 'satisfy enum value set: [ALL]']),
  },
  {
    name: 'a list of functions, too large a page',
    request: ['ListFunctions', { MaxItems: 10_001 }],
    refusal: violations(['10001', 'maxItems', 'have value less than or equal to 10000']),
  },
  {
    name: 'publishing',
    request: ['PublishVersion', { FunctionName, Description: 'one' }],
    answer: configuration({ FunctionArn: '{arn}:1', Version: '1', Description: 'one' }),
  },
  {
    name: 'publishing without a change answers the version there is',
    before: [publish],
    request: ['PublishVersion', { FunctionName, Description: 'another' }],
    answer: configuration({ FunctionArn: '{arn}:1', Version: '1' }),
  },
  {
    name: 'publishing code that is as expected',
    before: [['GetFunctionConfiguration', { FunctionName }]],
    request: ['PublishVersion', { FunctionName, CodeSha256: '{sha}', RevisionId: '{revision}' }],
    answer: configuration({ FunctionArn: '{arn}:1', Version: '1', CodeSha256: '{sha}' }),
  },
  {
    name: 'publishing other code than expected',
    before: [['GetFunctionConfiguration', { FunctionName }]],
    request: ['PublishVersion', { FunctionName, CodeSha256: 'other' }],
    refusal: invalid(
      'CodeSHA256 (other) is different from current CodeSHA256 in $LATEST ({sha}). Please try again with the CodeSHA256 in $LATEST.',
    ),
  },
  {
    name: 'publishing after a change',
    request: ['PublishVersion', { FunctionName, RevisionId: 'stale' }],
    refusal: staleRevision,
  },
  {
    name: 'publishing what is not there',
    request: ['PublishVersion', unknown],
    refusal: noFunction(arnOf('nope')),
  },
  {
    name: 'versions, $LATEST first',
    before: [publish],
    request: ['ListVersionsByFunction', { FunctionName }],
    answer: {
      Versions: [listed({ FunctionArn: '{arn}:$LATEST' }), listed({ FunctionArn: '{arn}:1', Version: '1' })],
    },
  },
  {
    name: 'versions, the second page',
    before: [publish, ['ListVersionsByFunction', { FunctionName, MaxItems: 1 }]],
    request: ['ListVersionsByFunction', { FunctionName, MaxItems: 1, Marker: '{marker}' }],
    answer: { Versions: [listed({ FunctionArn: '{arn}:1', Version: '1' })] },
  },
  {
    name: 'versions of what is not there',
    request: ['ListVersionsByFunction', unknown],
    refusal: noFunction(arnOf('nope')),
  },

  { name: 'a new alias', before: [publish], request: alias(), answer: oneAlias() },
  {
    name: 'a new alias of $LATEST, with a description',
    request: alias('live', '$LATEST', { Description: 'the newest' }),
    answer: oneAlias({ FunctionVersion: '$LATEST', Description: 'the newest' }),
  },
  {
    name: 'an alias that exists',
    before: withAlias,
    request: alias(),
    refusal: conflict('Alias already exists: {arn}:live'),
  },
  { name: 'an alias of no version', request: alias('live', '7'), refusal: noFunction('{arn}:7') },
  {
    name: 'an alias that is a number, of a version that is none',
    request: alias('12', 'x'),
    refusal: violations(['12', 'name', ALIAS_PATTERN], ['x', 'functionVersion', VERSION_PATTERN]),
  },
  {
    name: 'an alias of no function',
    request: ['CreateAlias', { ...unknown, Name: 'live', FunctionVersion: '1' }],
    refusal: noFunction(arnOf('nope')),
  },
  {
    name: 'an alias with the same version twice',
    before: [publish],
    request: alias('live', '1', weights({ 1: 0.5 })),
    refusal: invalid(
      'Invalid function version 1. Function version 1 is already included in routing configuration.',
    ),
  },
  {
    name: 'an alias with two weights',
    before: [publish],
    request: alias('live', '1', weights({ 2: 0.2, 3: 0.2 })),
    refusal: invalid('Number of items in AdditionalVersionWeights cannot be greater than 1'),
  },
  {
    name: 'an alias with too great a weight',
    before: [publish],
    request: alias('live', '1', weights({ 2: 2 })),
    refusal: violations([
      '{2=2.0}',
      'routingConfig.additionalVersionWeights',
      'Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]',
    ]),
  },
  {
    name: 'an alias of $LATEST with a weight',
    before: [publish],
    request: alias('live', '$LATEST', weights({ 1: 0.5 })),
    refusal: invalid('$LATEST is not supported for an alias pointing to more than 1 version'),
  },
  {
    name: 'an alias',
    before: withAlias,
    request: ['GetAlias', { FunctionName, Name: 'live' }],
    answer: oneAlias(),
  },
  {
    name: 'no such alias',
    request: ['GetAlias', { FunctionName, Name: 'nope' }],
    refusal: noFunction('{arn}:nope'),
  },
  {
    name: 'a changed alias',
    before: withAlias,
    request: [
      'UpdateAlias',
      {
        FunctionName,
        Name: 'live',
        FunctionVersion: '$LATEST',
        Description: 'changed',
        RevisionId: '{revision}',
      },
    ],
    answer: oneAlias({ FunctionVersion: '$LATEST', Description: 'changed' }),
  },
  {
    name: 'an alias that was changed meanwhile',
    before: withAlias,
    request: ['UpdateAlias', { FunctionName, Name: 'live', RevisionId: 'stale' }],
    refusal: staleRevision,
  },
  {
    name: 'a change of no alias',
    request: ['UpdateAlias', { FunctionName, Name: 'nope', Description: 'x' }],
    refusal: notFound('Alias not found: {arn}:nope'),
  },
  {
    name: 'an alias less',
    before: withAlias,
    request: ['DeleteAlias', { FunctionName, Name: 'live' }],
    answer: {},
  },
  { name: 'no alias less', request: ['DeleteAlias', { FunctionName, Name: 'nope' }], answer: {} },
  {
    name: 'an alias of no function less',
    request: ['DeleteAlias', { ...unknown, Name: 'nope' }],
    refusal: noFunction(arnOf('nope')),
  },
  {
    name: 'aliases',
    before: [...withAlias, alias('test', '$LATEST')],
    request: ['ListAliases', { FunctionName }],
    answer: {
      Aliases: [oneAlias(), oneAlias({ AliasArn: '{arn}:test', Name: 'test', FunctionVersion: '$LATEST' })],
    },
  },
  {
    name: 'aliases of a version, in pages',
    before: [...withAlias, alias('next')],
    request: ['ListAliases', { FunctionName, FunctionVersion: '1', MaxItems: 1 }],
    answer: { Aliases: [oneAlias()], NextMarker: '<text>' },
  },
  { name: 'no aliases', request: ['ListAliases', { FunctionName }], answer: { Aliases: [] } },
  { name: 'aliases of no function', request: ['ListAliases', unknown], refusal: noFunction(arnOf('nope')) },
]
