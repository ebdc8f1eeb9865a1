import type { Operation } from '../operation.ts'
import { createCreateStream } from './actions/createStream.ts'
import { createDeregisterStreamConsumer } from './actions/deregisterStreamConsumer.ts'
import { createDescribeStreamConsumer } from './actions/describeStreamConsumer.ts'
import { createListStreamConsumers } from './actions/listStreamConsumers.ts'
import { createRegisterStreamConsumer } from './actions/registerStreamConsumer.ts'
import { createSubscribeToShard } from './actions/subscribeToShard.ts'
import { createDeleteStream } from './actions/deleteStream.ts'
import { createDescribeStream } from './actions/describeStream.ts'
import { createDescribeStreamSummary } from './actions/describeStreamSummary.ts'
import { createGetRecords } from './actions/getRecords.ts'
import { createGetShardIterator } from './actions/getShardIterator.ts'
import { createListShards } from './actions/listShards.ts'
import { createListStreams } from './actions/listStreams.ts'
import { createPutRecord } from './actions/putRecord.ts'
import { createPutRecords } from './actions/putRecords.ts'
import { createDescribeAccountSettings, createUpdateAccountSettings } from './actions/accountSettings.ts'
import { createDescribeLimits } from './actions/describeLimits.ts'
import { createEnhancedMonitoring } from './actions/enhancedMonitoring.ts'
import { createMergeShards } from './actions/mergeShards.ts'
import {
  createDeleteResourcePolicy,
  createGetResourcePolicy,
  createPutResourcePolicy,
} from './actions/resourcePolicy.ts'
import { createListTagsForResource, createTagResource, createUntagResource } from './actions/resourceTags.ts'
import { createRetentionPeriod } from './actions/retentionPeriod.ts'
import { createSplitShard } from './actions/splitShard.ts'
import { createStreamEncryption } from './actions/streamEncryption.ts'
import {
  createAddTagsToStream,
  createListTagsForStream,
  createRemoveTagsFromStream,
} from './actions/streamTags.ts'
import { createUpdateMaxRecordSize } from './actions/updateMaxRecordSize.ts'
import { createUpdateShardCount } from './actions/updateShardCount.ts'
import { createUpdateStreamMode } from './actions/updateStreamMode.ts'
import { createUpdateStreamWarmThroughput } from './actions/updateStreamWarmThroughput.ts'
import type { shapes } from './shapes.ts'
import type { Streams } from './streams.ts'
import type { Subscriptions } from './subscriptions.ts'

/** The table of Kinesis's actions. */
export const operationsOf = (
  streams: Streams,
  subscriptions: Subscriptions,
): Record<keyof typeof shapes, Operation> => ({
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
  RegisterStreamConsumer: createRegisterStreamConsumer(streams),
  DescribeStreamConsumer: createDescribeStreamConsumer(streams),
  ListStreamConsumers: createListStreamConsumers(streams),
  DeregisterStreamConsumer: createDeregisterStreamConsumer(streams, subscriptions),
  SubscribeToShard: createSubscribeToShard(streams, subscriptions),
  SplitShard: createSplitShard(streams),
  MergeShards: createMergeShards(streams),
  UpdateShardCount: createUpdateShardCount(streams),
  IncreaseStreamRetentionPeriod: createRetentionPeriod(streams, 'Increase'),
  DecreaseStreamRetentionPeriod: createRetentionPeriod(streams, 'Decrease'),
  AddTagsToStream: createAddTagsToStream(streams),
  RemoveTagsFromStream: createRemoveTagsFromStream(streams),
  ListTagsForStream: createListTagsForStream(streams),
  TagResource: createTagResource(streams),
  UntagResource: createUntagResource(streams),
  ListTagsForResource: createListTagsForResource(streams),
  UpdateStreamMode: createUpdateStreamMode(streams),
  EnableEnhancedMonitoring: createEnhancedMonitoring(streams, true),
  DisableEnhancedMonitoring: createEnhancedMonitoring(streams, false),
  StartStreamEncryption: createStreamEncryption(streams, true),
  StopStreamEncryption: createStreamEncryption(streams, false),
  PutResourcePolicy: createPutResourcePolicy(streams),
  GetResourcePolicy: createGetResourcePolicy(streams),
  DeleteResourcePolicy: createDeleteResourcePolicy(streams),
  UpdateMaxRecordSize: createUpdateMaxRecordSize(streams),
  UpdateStreamWarmThroughput: createUpdateStreamWarmThroughput(streams),
  DescribeLimits: createDescribeLimits(streams),
  DescribeAccountSettings: createDescribeAccountSettings(streams),
  UpdateAccountSettings: createUpdateAccountSettings(streams),
})
