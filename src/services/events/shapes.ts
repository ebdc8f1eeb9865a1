import { list, map, type OperationShapes, structure } from '../protocol/shapes.ts'

/** The members of every operation, as far as their JSON types are checked; `PutEvents` checks its times itself. */

const strings = list('member', 'string')
const tags = list('member', structure({ Key: 'string', Value: 'string' }))
const deadLetterConfig = structure({ Arn: 'string' })
const pages = { NextToken: 'string', Limit: 'integer' } as const
const oneRule = { input: structure({ Name: 'string', EventBusName: 'string' }) }

const target = structure({
  Id: 'string',
  Arn: 'string',
  RoleArn: 'string',
  Input: 'string',
  InputPath: 'string',
  InputTransformer: structure({
    InputPathsMap: map('entry', 'key', 'value', 'string'),
    InputTemplate: 'string',
  }),
  DeadLetterConfig: deadLetterConfig,
  RetryPolicy: structure({ MaximumRetryAttempts: 'integer', MaximumEventAgeInSeconds: 'integer' }),
})

const entry = structure({
  Source: 'string',
  Resources: strings,
  DetailType: 'string',
  Detail: 'string',
  EventBusName: 'string',
  TraceHeader: 'string',
})

export const shapes = {
  CreateEventBus: {
    input: structure({
      Name: 'string',
      EventSourceName: 'string',
      Description: 'string',
      KmsKeyIdentifier: 'string',
      DeadLetterConfig: deadLetterConfig,
      LogConfig: structure({ IncludeDetail: 'string', Level: 'string' }),
      Tags: tags,
    }),
  },
  DeleteEventBus: { input: structure({ Name: 'string' }) },
  DescribeEventBus: { input: structure({ Name: 'string' }) },
  ListEventBuses: { input: structure({ NamePrefix: 'string', ...pages }) },
  PutRule: {
    input: structure({
      Name: 'string',
      ScheduleExpression: 'string',
      EventPattern: 'string',
      State: 'string',
      Description: 'string',
      RoleArn: 'string',
      Tags: tags,
      EventBusName: 'string',
    }),
  },
  DeleteRule: { input: structure({ Name: 'string', EventBusName: 'string', Force: 'boolean' }) },
  DescribeRule: oneRule,
  EnableRule: oneRule,
  DisableRule: oneRule,
  ListRules: { input: structure({ NamePrefix: 'string', EventBusName: 'string', ...pages }) },
  PutTargets: {
    input: structure({ Rule: 'string', EventBusName: 'string', Targets: list('member', target) }),
  },
  RemoveTargets: {
    input: structure({ Rule: 'string', EventBusName: 'string', Ids: strings, Force: 'boolean' }),
  },
  ListTargetsByRule: { input: structure({ Rule: 'string', EventBusName: 'string', ...pages }) },
  ListRuleNamesByTarget: { input: structure({ TargetArn: 'string', EventBusName: 'string', ...pages }) },
  PutEvents: { input: structure({ Entries: list('member', entry), EndpointId: 'string' }) },
  TestEventPattern: { input: structure({ EventPattern: 'string', Event: 'string' }) },
  TagResource: { input: structure({ ResourceARN: 'string', Tags: tags }) },
  UntagResource: { input: structure({ ResourceARN: 'string', TagKeys: strings }) },
  ListTagsForResource: { input: structure({ ResourceARN: 'string' }) },
} satisfies Record<string, OperationShapes>
