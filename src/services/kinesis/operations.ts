import type { Operation } from '../operation.ts'
import { createCreateStream } from './actions/createStream.ts'
import { createDeleteStream } from './actions/deleteStream.ts'
import { createDescribeStream } from './actions/describeStream.ts'
import { createDescribeStreamSummary } from './actions/describeStreamSummary.ts'
import { createGetRecords } from './actions/getRecords.ts'
import { createGetShardIterator } from './actions/getShardIterator.ts'
import { createListShards } from './actions/listShards.ts'
import { createListStreams } from './actions/listStreams.ts'
import { createPutRecord } from './actions/putRecord.ts'
import { createPutRecords } from './actions/putRecords.ts'
import type { Streams } from './streams.ts'

/** The table of Kinesis's actions. */
export const operationsOf = (streams: Streams): Record<string, Operation> => ({
  CreateStream: createCreateStream(streams),
  DeleteStream: createDeleteStream(streams),
  DescribeStream: createDescribeStream(streams),
  DescribeStreamSummary: createDescribeStreamSummary(streams),
  ListStreams: createListStreams(streams),
  PutRecord: createPutRecord(streams),
  PutRecords: createPutRecords(streams),
  GetShardIterator: createGetShardIterator(streams),
  GetRecords: createGetRecords(streams),
  ListShards: createListShards(streams),
})

/** Actions that AWS has and we have not. */
export const notBuilt = [
  'DeregisterStreamConsumer',
  'DescribeStreamConsumer',
  'ListStreamConsumers',
  'RegisterStreamConsumer',
  'SubscribeToShard',
] as const
