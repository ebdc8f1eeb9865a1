import {
  accountId,
  FunctionName,
  invalid,
  type LambdaCase,
  notFound,
  region,
  type Step,
} from './lambdaCase.ts'

const EventSourceArn = `arn:aws:sqs:${region}:${accountId}:orders`
const create: Step = ['CreateEventSourceMapping', { FunctionName, EventSourceArn, Enabled: false }]
const mapping = (State: string, more: object = {}): Record<string, unknown> => ({
  UUID: '{uuid}',
  BatchSize: 10,
  MaximumBatchingWindowInSeconds: 0,
  EventSourceArn,
  FunctionArn: '{arn}',
  LastModified: '<seconds>',
  State,
  StateTransitionReason: 'USER_INITIATED',
  FunctionResponseTypes: [],
  EventSourceMappingArn: `arn:aws:lambda:${region}:${accountId}:event-source-mapping:{uuid}`,
  ...more,
})
const UUID = '00000000-0000-4000-8000-000000000000'
const arnOfMapping = (uuid: string): string =>
  `arn:aws:lambda:${region}:${accountId}:event-source-mapping:${uuid}`
const missing = notFound('The resource you requested does not exist.')

/** One row for each operation on event source mappings; their parameters have tables of their own. */
export const mappingCases: readonly LambdaCase[] = [
  {
    name: 'a new mapping',
    request: ['CreateEventSourceMapping', { FunctionName, EventSourceArn }],
    answer: mapping('Creating', { UUID: '<uuid>', EventSourceMappingArn: '<text>' }),
  },
  {
    name: 'a mapping',
    before: [create],
    request: ['GetEventSourceMapping', { UUID: '{uuid}' }],
    answer: mapping('Disabled'),
  },
  {
    name: 'mappings',
    before: [create],
    request: ['ListEventSourceMappings', { FunctionName }],
    answer: { EventSourceMappings: [mapping('Disabled')] },
  },
  {
    name: 'mappings of what is not there',
    request: ['ListEventSourceMappings', { FunctionName: 'nope' }],
    answer: { EventSourceMappings: [] },
  },
  {
    name: 'a changed mapping',
    before: [create, ['GetEventSourceMapping', { UUID: '{uuid}' }]],
    request: ['UpdateEventSourceMapping', { UUID: '{uuid}', BatchSize: 5 }],
    answer: mapping('Updating', { BatchSize: 5 }),
  },
  {
    name: 'a mapping less',
    before: [create, ['GetEventSourceMapping', { UUID: '{uuid}' }]],
    request: ['DeleteEventSourceMapping', { UUID: '{uuid}' }],
    answer: mapping('Deleting'),
  },
  {
    name: 'tags of a mapping',
    before: [
      ['CreateEventSourceMapping', { FunctionName, EventSourceArn, Enabled: false, Tags: { a: '1' } }],
    ],
    request: ['ListTags', { Resource: arnOfMapping('{uuid}') }],
    answer: { Tags: { a: '1' } },
  },
  {
    name: 'tags of no mapping',
    request: ['ListTags', { Resource: arnOfMapping(UUID) }],
    refusal: notFound(`Event source mapping not found: ${arnOfMapping(UUID)}`),
  },
  { name: 'no mapping', request: ['GetEventSourceMapping', { UUID }], refusal: missing },
  {
    name: 'no mapping, changed',
    request: ['UpdateEventSourceMapping', { UUID, BatchSize: 5 }],
    refusal: missing,
  },
  { name: 'no mapping less', request: ['DeleteEventSourceMapping', { UUID }], refusal: missing },
  {
    name: 'a mapping of no function',
    request: ['CreateEventSourceMapping', { FunctionName: 'nope', EventSourceArn }],
    refusal: invalid('Function does not exist'),
  },
]
