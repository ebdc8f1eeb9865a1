import {
  arnOf,
  conflict,
  FunctionName,
  invalid,
  json,
  type LambdaCase,
  noFunction,
  notFound,
  otherQualifier,
  publish,
  staleRevision,
  type Step,
  violations,
  withAlias,
} from './lambdaCase.ts'

const unknown = { FunctionName: 'nope' }
const pattern = (text: string): string => `satisfy regular expression pattern: ${text}`

const add = (more: object = {}): Step => [
  'AddPermission',
  {
    FunctionName,
    StatementId: 's3',
    Action: 'lambda:InvokeFunction',
    Principal: 's3.amazonaws.com',
    ...more,
  },
]
const statement = (more: object = {}): object => ({
  Sid: 's3',
  Effect: 'Allow',
  Principal: { Service: 's3.amazonaws.com' },
  Action: 'lambda:InvokeFunction',
  Resource: '{arn}',
  ...more,
})
const added = (more: object = {}): Record<string, unknown> => ({ Statement: json(statement(more)) })
const policy = (...statements: object[]): Record<string, unknown> => ({
  Policy: json({ Version: '2012-10-17', Id: 'default', Statement: statements }),
  RevisionId: '<uuid>',
})
const get = (more: object = {}): Step => ['GetPolicy', { FunctionName, ...more }]
const remove = (more: object = {}): Step => ['RemovePermission', { FunctionName, StatementId: 's3', ...more }]
const noResource = notFound('The resource you requested does not exist.')

/** Who may invoke: policies of functions, versions and aliases. */
export const permissionCases: readonly LambdaCase[] = [
  {
    name: 'a service, from one bucket',
    request: add({ SourceArn: 'arn:aws:s3:::b' }),
    answer: added({ Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::b' } } }),
  },
  { name: 'a service, from anywhere', request: add(), answer: added() },
  {
    name: 'an account',
    request: add({ Principal: '123456789012' }),
    answer: added({ Principal: { AWS: 'arn:aws:iam::123456789012:root' } }),
  },
  {
    name: 'a role',
    request: add({ Principal: 'arn:aws:iam::123456789012:role/r' }),
    answer: added({ Principal: { AWS: 'arn:aws:iam::123456789012:role/r' } }),
  },
  {
    name: 'everybody, by a function URL',
    request: add({ Principal: '*', Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' }),
    answer: added({
      Principal: '*',
      Action: 'lambda:InvokeFunctionUrl',
      Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } },
    }),
  },
  {
    name: 'an organization',
    request: add({ Principal: '*', PrincipalOrgID: 'o-1234567890' }),
    answer: added({ Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1234567890' } } }),
  },
  {
    name: 'everybody, but only by the URL',
    request: add({ Principal: '*', InvokedViaFunctionUrl: true }),
    answer: added({ Principal: '*', Condition: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } } }),
  },
  {
    name: 'a skill with its token',
    request: add({ Principal: 'alexa-appkit.amazon.com', EventSourceToken: 'amzn1.ask.skill' }),
    answer: added({
      Principal: { Service: 'alexa-appkit.amazon.com' },
      Condition: { StringEquals: { 'lambda:EventSourceToken': 'amzn1.ask.skill' } },
    }),
  },
  {
    name: 'an account and a bucket',
    request: add({ SourceAccount: '123456789012', SourceArn: 'arn:aws:s3:::b' }),
    answer: added({
      Condition: {
        StringEquals: { 'AWS:SourceAccount': '123456789012' },
        ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::b' },
      },
    }),
  },
  {
    name: 'an alias',
    before: withAlias,
    request: add({ Qualifier: 'live' }),
    answer: added({ Resource: '{arn}:live' }),
  },
  {
    name: 'a policy',
    before: [add(), add({ StatementId: 'sns', Principal: 'sns.amazonaws.com' })],
    request: get(),
    answer: policy(statement(), statement({ Sid: 'sns', Principal: { Service: 'sns.amazonaws.com' } })),
  },
  {
    name: 'a policy of a function is no policy of its version',
    before: [publish, add()],
    request: get({ Qualifier: '1' }),
    refusal: noResource,
  },
  {
    name: 'a policy of an alias',
    before: [...withAlias, add({ FunctionName: '{arn}:live' })],
    request: get({ FunctionName: '{f}:live' }),
    answer: policy(statement({ Resource: '{arn}:live' })),
  },
  {
    name: 'a policy of a version, after a look at the version',
    before: [
      publish,
      add({ Qualifier: '1' }),
      ['GetFunctionConfiguration', { FunctionName, Qualifier: '1' }],
    ],
    request: add({ Qualifier: '1', StatementId: 'sns', RevisionId: '{revision}' }),
    answer: added({ Sid: 'sns', Resource: '{arn}:1' }),
  },
  {
    name: 'a policy of an alias, after a look at the alias',
    before: [...withAlias, add({ Qualifier: 'live' }), ['GetAlias', { FunctionName, Name: 'live' }]],
    request: remove({ Qualifier: 'live', RevisionId: '{revision}' }),
    answer: {},
  },
  { name: 'no policy', request: get(), refusal: noResource },
  { name: 'a policy of no function', request: get(unknown), refusal: noFunction(arnOf('nope')) },
  {
    name: 'a permission after a look at the policy',
    before: [add(), get()],
    request: add({ StatementId: 'sns', RevisionId: '{revision}' }),
    answer: added({ Sid: 'sns' }),
  },
  {
    name: 'a permission after a look at the function',
    before: [add(), ['GetFunctionConfiguration', { FunctionName }]],
    request: add({ StatementId: 'sns', RevisionId: '{revision}' }),
    answer: added({ Sid: 'sns' }),
  },
  {
    name: 'a permission, while the policy was changed',
    before: [add(), get(), add({ StatementId: 'sns' })],
    request: add({ StatementId: 'sqs', RevisionId: '{revision}' }),
    refusal: staleRevision,
  },
  {
    name: 'a permission of the same name',
    before: [add()],
    request: add({ Principal: '*' }),
    refusal: conflict(
      'The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.',
    ),
  },
  {
    name: 'a permission of the same name, for an alias',
    before: [...withAlias, add()],
    request: add({ Qualifier: 'live' }),
    answer: added({ Resource: '{arn}:live' }),
  },
  {
    name: 'a permission of $LATEST',
    request: add({ Qualifier: '$LATEST' }),
    refusal: invalid('We currently do not support adding policies for $LATEST.'),
  },
  {
    name: 'a principal that nobody is',
    request: add({ Principal: 'nobody' }),
    refusal: invalid('The provided principal was invalid. Please check the principal and try again.'),
  },
  {
    name: 'a permission of another form',
    request: add({ StatementId: 'example.com', Action: 'invoke', SourceArn: 'bucket' }),
    refusal: violations(
      ['example.com', 'statementId', pattern('([a-zA-Z0-9-_]+)')],
      ['invoke', 'action', pattern('(lambda:[*]|lambda:[a-zA-Z]+|[*])')],
      [
        'bucket',
        'sourceArn',
        pattern(
          String.raw`arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)`,
        ),
      ],
    ),
  },
  {
    name: 'a permission of nothing',
    request: ['AddPermission', { FunctionName }],
    refusal: violations(
      [null, 'statementId', 'not be null'],
      [null, 'action', 'not be null'],
      [null, 'principal', 'not be null'],
    ),
  },
  { name: 'a permission of no function', request: add(unknown), refusal: noFunction(arnOf('nope')) },
  {
    name: 'a permission of no version',
    request: add({ Qualifier: '42' }),
    refusal: noFunction('{arn}:42'),
  },
  {
    name: 'a permission of no alias',
    request: add({ Qualifier: 'nope' }),
    refusal: notFound('Cannot find alias arn: {arn}:nope'),
  },
  {
    name: 'a permission of two qualifiers',
    request: add({ FunctionName: '{f}:live', Qualifier: '1' }),
    refusal: otherQualifier,
  },
  { name: 'a permission less', before: [add()], request: remove(), answer: {} },
  {
    name: 'the last permission takes the policy away',
    before: [add(), remove()],
    request: get(),
    refusal: noResource,
  },
  {
    name: 'a permission that is not there less',
    before: [add()],
    request: remove({ StatementId: 'other' }),
    refusal: notFound('Statement other is not found in resource policy.'),
  },
  {
    name: 'a permission less of a policy that is not there',
    request: remove(),
    refusal: notFound('No policy is associated with the given resource.'),
  },
  {
    name: 'a permission less of no function',
    request: remove(unknown),
    refusal: notFound(`No policy found for: ${arnOf('nope')}`),
  },
  {
    name: 'a permission less of no alias',
    request: remove({ Qualifier: 'nope' }),
    refusal: notFound('Cannot find alias arn: {arn}:nope'),
  },
  {
    name: 'a permission less, while the policy was changed',
    before: [add()],
    request: remove({ RevisionId: 'stale' }),
    refusal: staleRevision,
  },
]

const QUALIFIER = pattern(String.raw`((?!^\d+$)^[0-9a-zA-Z-_]+$)`)
const create = (more: object = {}): Step => [
  'CreateFunctionUrlConfig',
  { FunctionName, AuthType: 'NONE', ...more },
]
const url = (more: object = {}): Record<string, unknown> => ({
  FunctionUrl: '{base}/_url/{f}/',
  FunctionArn: '{arn}',
  AuthType: 'NONE',
  CreationTime: '<time>',
  ...more,
})
const read = (more: object = {}): Record<string, unknown> =>
  url({ LastModifiedTime: '<time>', InvokeMode: 'BUFFERED', ...more })
const cors = {
  AllowCredentials: true,
  AllowHeaders: ['x-a'],
  AllowMethods: ['GET'],
  AllowOrigins: ['https://a.example'],
  ExposeHeaders: ['x-b'],
  MaxAge: 60,
}
const ofAlias = { FunctionArn: '{arn}:live', FunctionUrl: '{base}/_url/{f}:live/' }
const noUrlFunction = notFound('Function does not exist')

/** HTTP addresses of functions and aliases. */
export const urlCases: readonly LambdaCase[] = [
  { name: 'a new URL', request: create(), answer: url() },
  {
    name: 'a new URL of a mode',
    request: create({ InvokeMode: 'RESPONSE_STREAM' }),
    answer: url({ InvokeMode: 'RESPONSE_STREAM' }),
  },
  { name: 'a new URL for pages of others', request: create({ Cors: cors }), answer: url({ Cors: cors }) },
  {
    name: 'a new URL of an alias',
    before: withAlias,
    request: create({ Qualifier: 'live' }),
    answer: url(ofAlias),
  },
  {
    name: 'a URL that exists',
    before: [create()],
    request: create(),
    refusal: conflict(
      'Failed to create function url config for [functionArn = {arn}]. Error message:  FunctionUrlConfig exists for this Lambda function',
    ),
  },
  {
    name: 'a URL of a version',
    request: create({ Qualifier: '1' }),
    refusal: violations(['1', 'qualifier', QUALIFIER]),
  },
  {
    name: 'a URL of $LATEST',
    request: create({ Qualifier: '$LATEST' }),
    refusal: violations(['$LATEST', 'qualifier', QUALIFIER]),
  },
  { name: 'a URL of no function', request: create(unknown), refusal: noUrlFunction },
  { name: 'a URL of no alias', request: create({ Qualifier: 'nope' }), refusal: noUrlFunction },
  {
    name: 'a URL of two qualifiers',
    request: create({ FunctionName: '{f}:live', Qualifier: 'test' }),
    refusal: otherQualifier,
  },
  {
    name: 'a URL of no kind',
    request: create({ AuthType: 'SOME', InvokeMode: 'SLOW' }),
    refusal: violations(
      ['SOME', 'authType', 'satisfy enum value set: [NONE, AWS_IAM]'],
      ['SLOW', 'invokeMode', 'satisfy enum value set: [BUFFERED, RESPONSE_STREAM]'],
    ),
  },
  {
    name: 'a URL that preflights hold for too long',
    request: create({ Cors: { MaxAge: 86_401 } }),
    refusal: violations(['86401', 'cors.maxAge', 'have value less than or equal to 86400']),
  },
  { name: 'a URL', before: [create()], request: ['GetFunctionUrlConfig', { FunctionName }], answer: read() },
  {
    name: 'a URL of an alias, by its ARN',
    before: [...withAlias, create({ Qualifier: 'live' })],
    request: ['GetFunctionUrlConfig', { FunctionName: '{arn}:live' }],
    answer: read(ofAlias),
  },
  { name: 'no URL', request: ['GetFunctionUrlConfig', { FunctionName }], refusal: noResource },
  { name: 'the URL of no function', request: ['GetFunctionUrlConfig', unknown], refusal: noResource },
  {
    name: 'the URL of no alias',
    request: ['GetFunctionUrlConfig', { FunctionName, Qualifier: 'nope' }],
    refusal: noResource,
  },
  {
    name: 'a changed URL',
    before: [create({ Cors: cors })],
    request: ['UpdateFunctionUrlConfig', { FunctionName, Cors: { AllowOrigins: ['*'] } }],
    answer: url({ Cors: { AllowOrigins: ['*'] }, LastModifiedTime: '<time>' }),
  },
  {
    name: 'a changed URL keeps what is not said',
    before: [
      create({ Cors: cors }),
      ['UpdateFunctionUrlConfig', { FunctionName, InvokeMode: 'RESPONSE_STREAM' }],
    ],
    request: ['GetFunctionUrlConfig', { FunctionName }],
    answer: read({ Cors: cors, InvokeMode: 'RESPONSE_STREAM' }),
  },
  { name: 'no URL, changed', request: ['UpdateFunctionUrlConfig', { FunctionName }], refusal: noResource },
  {
    name: 'the URL of no function, changed',
    request: ['UpdateFunctionUrlConfig', unknown],
    refusal: noUrlFunction,
  },
  {
    name: 'a URL less',
    before: [create()],
    request: ['DeleteFunctionUrlConfig', { FunctionName }],
    answer: {},
  },
  { name: 'no URL less', request: ['DeleteFunctionUrlConfig', { FunctionName }], refusal: noResource },
  {
    name: 'URLs',
    before: [...withAlias, create(), create({ Qualifier: 'live' })],
    request: ['ListFunctionUrlConfigs', { FunctionName }],
    answer: { FunctionUrlConfigs: [read(), read(ofAlias)] },
  },
  {
    name: 'URLs, in pages',
    before: [...withAlias, create(), create({ Qualifier: 'live' })],
    request: ['ListFunctionUrlConfigs', { FunctionName, MaxItems: 1 }],
    answer: { FunctionUrlConfigs: [read()], NextMarker: '<text>' },
  },
  {
    name: 'no URLs',
    request: ['ListFunctionUrlConfigs', { FunctionName }],
    answer: { FunctionUrlConfigs: [] },
  },
  { name: 'URLs of no function', request: ['ListFunctionUrlConfigs', unknown], refusal: noUrlFunction },
]

const Resource = '{arn}'
const tag = (Tags: Readonly<Record<string, string>>): Step => ['TagResource', { Resource, Tags }]
const list: Step = ['ListTags', { Resource }]
const unqualified = invalid(
  'Tags on function aliases and versions are not supported. Please specify a function ARN.',
)
const many = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}_key`, `${index}_value`]))

/** Tags of functions. */
export const tagCases: readonly LambdaCase[] = [
  { name: 'tags', request: tag({ a: '1', b: '' }), answer: {} },
  { name: 'no tags', request: list, answer: { Tags: {} } },
  {
    name: 'tags are added, and replaced',
    before: [tag({ a: '1', b: '2' }), tag({ b: '3', c: '4' })],
    request: list,
    answer: { Tags: { a: '1', b: '3', c: '4' } },
  },
  {
    name: 'tags are taken away, whether there or not',
    before: [tag({ a: '1', b: '2' }), ['UntagResource', { Resource, TagKeys: ['a', 'x'] }]],
    request: list,
    answer: { Tags: { b: '2' } },
  },
  {
    name: 'a tag that is not there less',
    request: ['UntagResource', { Resource, TagKeys: ['x'] }],
    answer: {},
  },
  {
    name: 'no key less',
    request: ['UntagResource', { Resource, TagKeys: [] }],
    refusal: violations([null, 'tagKeys', 'not be null']),
  },
  {
    name: 'nothing to tag with',
    request: tag({}),
    refusal: invalid('An error occurred and the request cannot be processed.'),
  },
  { name: 'fifty tags', before: [tag(many(50))], request: list, answer: { Tags: many(50) } },
  {
    name: 'too many tags',
    before: [tag(many(50))],
    request: tag({ another: 'one' }),
    refusal: invalid('Number of tags exceeds resource tag limit.'),
  },
  {
    name: 'too many tags at once',
    request: tag(many(51)),
    refusal: invalid('Number of tags exceeds resource tag limit.'),
  },
  { name: 'a version', request: ['ListTags', { Resource: '{arn}:1' }], refusal: unqualified },
  {
    name: 'an alias, there or not',
    request: ['TagResource', { Resource: '{arn}:live', Tags: { a: '1' } }],
    refusal: unqualified,
  },
  { name: '$LATEST', request: ['ListTags', { Resource: '{arn}:$LATEST' }], refusal: unqualified },
  {
    name: 'no function',
    request: ['ListTags', { Resource: arnOf('nope') }],
    refusal: noFunction(arnOf('nope')),
  },
  {
    name: 'a tag changes the function’s revision',
    before: [['GetFunctionConfiguration', { FunctionName }], tag({ a: '1' })],
    request: ['PublishVersion', { FunctionName, RevisionId: '{revision}' }],
    refusal: staleRevision,
  },
]
