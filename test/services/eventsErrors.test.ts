import { expect, test } from 'vitest'
import { busArn, createEventsWorld, functionArn, queueArn, ruleArn } from './eventsWorld.ts'

const pattern = '{"source":["shop"]}'
const target = { Id: 'q', Arn: queueArn('q') }
const one = { Rule: 'taken' }
const violated = (path: string, value: string, constraint: string) =>
  `1 validation error detected: Value ${value} at '${path}' failed to satisfy constraint: ${constraint}`
const entry = (index: number) =>
  `PutEventsRequestEntry(time=null, source=s${index}, resources=null, detailType=t, detail={}, eventBusName=default, traceHeader=null, kmsKeyIdentifier=null, internalMetadata=null)`
const entries = Array.from({ length: 11 }, (_, index) => index)
const notPattern = (reason: string) => `Event pattern is not valid. Reason: ${reason}`

/** What AWS answers, as recorded. */
const recorded: readonly [title: string, operation: string, input: object, type: string, message: string][] =
  [
    [
      'a bus that exists',
      'CreateEventBus',
      { Name: 'shop' },
      'ResourceAlreadyExistsException',
      'Event bus shop already exists.',
    ],
    [
      'a bus that does not exist',
      'DescribeEventBus',
      { Name: 'nope' },
      'ResourceNotFoundException',
      'Event bus nope does not exist.',
    ],
    [
      'deleting the default bus',
      'DeleteEventBus',
      { Name: 'default' },
      'ValidationException',
      'Cannot delete event bus default.',
    ],
    [
      'a rule on a bus that does not exist',
      'PutRule',
      { Name: 'r', EventPattern: pattern, EventBusName: 'nope' },
      'ResourceNotFoundException',
      'Event bus nope does not exist.',
    ],
    [
      'a rule that does not exist',
      'DescribeRule',
      { Name: 'nope' },
      'ResourceNotFoundException',
      'Rule nope does not exist on EventBus default.',
    ],
    [
      'enabling a rule that does not exist',
      'EnableRule',
      { Name: 'nope', EventBusName: 'shop' },
      'ResourceNotFoundException',
      'Rule nope does not exist on EventBus shop.',
    ],
    [
      'a schedule on another bus',
      'PutRule',
      { Name: 'r', ScheduleExpression: 'rate(1 minute)', EventBusName: 'shop' },
      'ValidationException',
      'ScheduleExpression is supported only on the default event bus.',
    ],
    [
      'a bad schedule',
      'PutRule',
      { Name: 'r', ScheduleExpression: 'rate(1 minutes)' },
      'ValidationException',
      'Parameter ScheduleExpression is not valid.',
    ],
    [
      'a bad pattern',
      'PutRule',
      { Name: 'r', EventPattern: '{"source":"shop"}' },
      'InvalidEventPatternException',
      notPattern('"source" must be an object or an array'),
    ],
    [
      'trying a bad pattern',
      'TestEventPattern',
      { EventPattern: '[]', Event: '{}' },
      'InvalidEventPatternException',
      notPattern('Filter is not an object'),
    ],
    [
      'deleting a rule with targets',
      'DeleteRule',
      { Name: 'taken' },
      'ValidationException',
      "Rule can't be deleted since it has targets.",
    ],
    [
      'six targets',
      'PutTargets',
      { ...one, Targets: entries.slice(0, 5).map((index) => ({ ...target, Id: `n${index}` })) },
      'LimitExceededException',
      'The requested resource exceeds the maximum number allowed.',
    ],
    [
      'the characters of a target id',
      'PutTargets',
      { ...one, Targets: [{ ...target, Id: '!@#$@!#$' }] },
      'ValidationException',
      violated(
        'targets.1.member.id',
        "'!@#$@!#$'",
        String.raw`Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+`,
      ),
    ],
    [
      'the length of a target id',
      'PutTargets',
      { ...one, Targets: [{ ...target, Id: 'x'.repeat(65) }] },
      'ValidationException',
      violated(
        'targets.1.member.id',
        `'${'x'.repeat(65)}'`,
        'Member must have length less than or equal to 64',
      ),
    ],
    [
      'two kinds of input',
      'PutTargets',
      { ...one, Targets: [{ ...target, Input: '{}', InputPath: '$' }] },
      'ValidationException',
      'Only one of Input, InputPath, or InputTransformer must be provided for target q.',
    ],
    [
      'an unknown placeholder',
      'PutTargets',
      {
        ...one,
        Targets: [{ ...target, InputTransformer: { InputTemplate: '"<nope>"', InputPathsMap: {} } }],
      },
      'ValidationException',
      'InputTemplate for target q contains invalid placeholder nope.',
    ],
    [
      'eleven entries',
      'PutEvents',
      {
        Entries: entries.map((index) => ({
          Source: `s${index}`,
          DetailType: 't',
          Detail: '{}',
          EventBusName: 'default',
        })),
      },
      'ValidationException',
      violated(
        'entries',
        `'[${entries.map(entry).join(', ')}]'`,
        'Member must have length less than or equal to 10',
      ),
    ],
    [
      'more than a mebibyte',
      'PutEvents',
      { Entries: [{ Source: 's', DetailType: 't', Detail: JSON.stringify({ x: 'x'.repeat(1_048_570) }) }] },
      'ValidationException',
      'Total size of the entries in the request is over the limit.',
    ],
    [
      'tags of a rule that does not exist',
      'ListTagsForResource',
      { ResourceARN: ruleArn('shop/nope') },
      'ResourceNotFoundException',
      'Rule nope does not exist on EventBus shop.',
    ],
    [
      'tagging a bus that does not exist',
      'TagResource',
      { ResourceARN: busArn('nope'), Tags: [] },
      'ResourceNotFoundException',
      'Event bus nope does not exist.',
    ],
  ]

test.each(recorded)('%s', async (_, operation, input, type, message) => {
  const { call, events, rule } = await createEventsWorld()
  await events.declareBus('shop')
  await rule('taken', { pattern: { source: ['shop'] }, targets: [target] })
  const { status, body } = await call(operation, input)
  expect({ status, type: String(body['__type']).split('#').at(-1), message: body['message'] }).toEqual({
    status: 400,
    type,
    message,
  })
})

/** What is refused, by code alone: the sentences are not known from AWS. */
test.each<[string, string, object, string]>([
  ['neither pattern nor schedule', 'PutRule', { Name: 'r' }, 'ValidationException'],
  ['text that is no JSON', 'PutRule', { Name: 'r', EventPattern: '{' }, 'InvalidEventPatternException'],
  [
    'an unknown state',
    'PutRule',
    { Name: 'r', EventPattern: pattern, State: 'MAYBE' },
    'ValidationException',
  ],
  ['a rule without a name', 'PutRule', { EventPattern: pattern }, 'ValidationException'],
  [
    'a partner bus',
    'CreateEventBus',
    { Name: 'aws.partner/x', EventSourceName: 'aws.partner/x' },
    'ValidationException',
  ],
  ['a bus with rules', 'DeleteEventBus', { Name: 'shop' }, 'ValidationException'],
  ['no targets', 'PutTargets', { ...one, Targets: [] }, 'ValidationException'],
  ['a target without an ARN', 'PutTargets', { ...one, Targets: [{ Id: 'x' }] }, 'ValidationException'],
  [
    'a target that is no ARN',
    'PutTargets',
    { ...one, Targets: [{ Id: 'x', Arn: 'queue' }] },
    'ValidationException',
  ],
  [
    'a target of another kind',
    'PutTargets',
    { ...one, Targets: [{ Id: 'x', Arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:m' }] },
    'ValidationException',
  ],
  [
    'parameters of another kind',
    'PutTargets',
    { ...one, Targets: [{ ...target, SqsParameters: { MessageGroupId: 'g' } }] },
    'ValidationException',
  ],
  [
    '186 retries',
    'PutTargets',
    { ...one, Targets: [{ ...target, RetryPolicy: { MaximumRetryAttempts: 186 } }] },
    'ValidationException',
  ],
  [
    'a maximum age of a second',
    'PutTargets',
    { ...one, Targets: [{ ...target, RetryPolicy: { MaximumEventAgeInSeconds: 1 } }] },
    'ValidationException',
  ],
  [
    'a function as dead-letter queue',
    'PutTargets',
    { ...one, Targets: [{ ...target, DeadLetterConfig: { Arn: functionArn('f') } }] },
    'ValidationException',
  ],
  [
    'input that is no JSON',
    'PutTargets',
    { ...one, Targets: [{ ...target, Input: '{' }] },
    'ValidationException',
  ],
  [
    'a path that is none',
    'PutTargets',
    { ...one, Targets: [{ ...target, InputPath: 'detail' }] },
    'ValidationException',
  ],
  ['a number as a source', 'PutEvents', { Entries: [{ Source: 1 }] }, 'SerializationException'],
  [
    'a time that is none',
    'PutEvents',
    { Entries: [{ Time: 'soon', Source: 's', DetailType: 't', Detail: '{}' }] },
    'SerializationException',
  ],
  ['no entries', 'PutEvents', { Entries: [] }, 'ValidationException'],
  [
    'an event that is no object',
    'TestEventPattern',
    { EventPattern: pattern, Event: '[]' },
    'ValidationException',
  ],
  ['a page of none', 'ListRules', { Limit: 0 }, 'ValidationException'],
  ['a token of nobody', 'ListRules', { NextToken: '!' }, 'ValidationException'],
  ['tags of something else', 'ListTagsForResource', { ResourceARN: queueArn('q') }, 'ValidationException'],
])('%s is refused', async (_, operation, input, type) => {
  const { call, rule, events } = await createEventsWorld()
  await events.declareBus('shop')
  await rule('one', { bus: 'shop', pattern: { source: ['shop'] } })
  await rule('taken', { pattern: { source: ['shop'] }, targets: [target] })
  const { status, body } = await call(operation, input)
  expect([status, String(body['__type']).split('#').at(-1)]).toEqual([400, type])
})

test('a bus holds 300 rules', async () => {
  const { call, rule } = await createEventsWorld({ limits: { rulesPerBus: 2 } })
  await rule('a', { pattern: { source: ['shop'] } })
  await rule('b', { pattern: { source: ['shop'] } })
  await rule('b', { pattern: { source: ['shop'] } })
  const { body } = await call('PutRule', { Name: 'c', EventPattern: pattern })
  expect(body).toMatchObject({ message: 'The requested resource exceeds the maximum number allowed.' })
})

test('what is not built says so', async () => {
  const { call } = await createEventsWorld()
  const { status, body } = await call('CreateArchive', {})
  expect([status, body['__type']]).toEqual([501, 'com.amazonaws.events#UnknownOperationException'])
})
