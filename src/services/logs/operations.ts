import type { Operation } from '../operation.ts'
import { createDescribeLogGroups } from './actions/describeLogGroups.ts'
import { createDescribeLogStreams } from './actions/describeLogStreams.ts'
import { createFilterLogEvents } from './actions/filterLogEvents.ts'
import { createGetLogEvents } from './actions/getLogEvents.ts'
import {
  createListTagsForResource,
  createListTagsLogGroup,
  createTagLogGroup,
  createTagResource,
  createUntagLogGroup,
  createUntagResource,
} from './actions/groupTags.ts'
import { createCreateLogGroup, createDeleteLogGroup } from './actions/logGroups.ts'
import { createCreateLogStream, createDeleteLogStream } from './actions/logStreams.ts'
import { createPutLogEvents } from './actions/putLogEvents.ts'
import { createDeleteRetentionPolicy, createPutRetentionPolicy } from './actions/retentionPolicy.ts'
import { createTestMetricFilter } from './actions/testMetricFilter.ts'
import type { Groups } from './groups.ts'
import type { shapes } from './shapes.ts'

/** The table of the actions. */
export const operationsOf = (groups: Groups): Record<keyof typeof shapes, Operation> => ({
  CreateLogGroup: createCreateLogGroup(groups),
  DeleteLogGroup: createDeleteLogGroup(groups),
  DescribeLogGroups: createDescribeLogGroups(groups),
  CreateLogStream: createCreateLogStream(groups),
  DeleteLogStream: createDeleteLogStream(groups),
  DescribeLogStreams: createDescribeLogStreams(groups),
  PutLogEvents: createPutLogEvents(groups),
  GetLogEvents: createGetLogEvents(groups),
  FilterLogEvents: createFilterLogEvents(groups),
  PutRetentionPolicy: createPutRetentionPolicy(groups),
  DeleteRetentionPolicy: createDeleteRetentionPolicy(groups),
  TagLogGroup: createTagLogGroup(groups),
  UntagLogGroup: createUntagLogGroup(groups),
  ListTagsLogGroup: createListTagsLogGroup(groups),
  TagResource: createTagResource(groups),
  UntagResource: createUntagResource(groups),
  ListTagsForResource: createListTagsForResource(groups),
  TestMetricFilter: createTestMetricFilter(),
})
