import { list, map, type OperationShapes, structure } from '../protocol/shapes.ts'

/** The members of every operation's input, as far as a protocol must know their types. */

const strings = list('member', 'string')
const tags = map('entry', 'key', 'value', 'string')
const group = { logGroupName: 'string' } as const
const identifiedGroup = { ...group, logGroupIdentifier: 'string' } as const
const stream = { ...group, logStreamName: 'string' } as const
const page = { nextToken: 'string', limit: 'integer' } as const
const times = { startTime: 'integer', endTime: 'integer' } as const
const resource = { resourceArn: 'string' } as const

export const shapes = {
  CreateLogGroup: {
    input: structure({
      ...group,
      kmsKeyId: 'string',
      tags,
      logGroupClass: 'string',
      deletionProtectionEnabled: 'boolean',
    }),
  },
  DeleteLogGroup: { input: structure(group) },
  DescribeLogGroups: {
    input: structure({
      accountIdentifiers: strings,
      logGroupNamePrefix: 'string',
      logGroupNamePattern: 'string',
      includeLinkedAccounts: 'boolean',
      logGroupClass: 'string',
      logGroupIdentifiers: strings,
      ...page,
    }),
  },
  CreateLogStream: { input: structure(stream) },
  DeleteLogStream: { input: structure(stream) },
  DescribeLogStreams: {
    input: structure({
      ...identifiedGroup,
      logStreamNamePrefix: 'string',
      orderBy: 'string',
      descending: 'boolean',
      ...page,
    }),
  },
  PutLogEvents: {
    input: structure({
      ...stream,
      logEvents: list('member', structure({ timestamp: 'integer', message: 'string' })),
      sequenceToken: 'string',
    }),
  },
  GetLogEvents: {
    input: structure({
      ...stream,
      logGroupIdentifier: 'string',
      ...times,
      ...page,
      startFromHead: 'boolean',
      unmask: 'boolean',
    }),
  },
  FilterLogEvents: {
    input: structure({
      ...identifiedGroup,
      logStreamNames: strings,
      logStreamNamePrefix: 'string',
      ...times,
      filterPattern: 'string',
      ...page,
      interleaved: 'boolean',
      unmask: 'boolean',
    }),
  },
  PutRetentionPolicy: { input: structure({ ...group, retentionInDays: 'integer' }) },
  DeleteRetentionPolicy: { input: structure(group) },
  TagLogGroup: { input: structure({ ...group, tags }) },
  UntagLogGroup: { input: structure({ ...group, tags: strings }) },
  ListTagsLogGroup: { input: structure(group) },
  TagResource: { input: structure({ ...resource, tags }) },
  UntagResource: { input: structure({ ...resource, tagKeys: strings }) },
  ListTagsForResource: { input: structure(resource) },
  TestMetricFilter: { input: structure({ filterPattern: 'string', logEventMessages: strings }) },
} satisfies Record<string, OperationShapes>
