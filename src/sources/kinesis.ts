import type { KinesisRecord } from '../services/kinesis/index.ts'
import { defineStream } from './defineStream.ts'
import { compileFilters } from './recordFilter.ts'
import { type StreamConfig, streamSettings } from './streamConfig.ts'
import { recordData } from './streamContent.ts'
import { streamFragment } from './streamFragment.ts'

/** A Kinesis data stream as an event source (Lambda Developer Guide, "Using Lambda with Amazon Kinesis"). */
export const kinesis = defineStream<StreamConfig, KinesisRecord>({
  name: 'kinesis',
  config: streamFragment,
  examples: [
    { stream: 'clicks' },
    {
      type: 'kinesis',
      stream: 'clicks',
      consumer: 'reports',
      batchSize: 500,
      batchWindow: 5,
      startingPosition: 'AT_TIMESTAMP',
      startingPositionTimestamp: 1_763_980_000,
      parallelizationFactor: 2,
      maximumRetryAttempts: 3,
      maximumRecordAgeInSeconds: 3_600,
      bisectBatchOnFunctionError: true,
      tumblingWindowInSeconds: 60,
      functionResponseType: 'ReportBatchItemFailures',
      destinations: { onFailure: 'sqs:clicks-failed' },
      filterPatterns: [{ data: { kind: ['buy'] } }],
      metricsConfig: { metrics: ['EventCount'] },
      enabled: false,
    },
    { stream: 'kinesis:clicks', consumer: true, startingPosition: 'LATEST' },
  ],
  settings: streamSettings,
  filter: ({ filters }) => compileFilters(filters, recordData),
  sequenceNumber: (record) => record.sequenceNumber,
  orderKey: (record) => record.partitionKey,
  arrivedMs: (record) => record.arrivedMs,
  cause: (record) => record.cause,
  // The order of the keys is the one recorded from AWS.
  record: (record, { settings, region, shardId, roleArn }) => ({
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: record.partitionKey,
      sequenceNumber: record.sequenceNumber,
      data: Buffer.from(record.data).toString('base64'),
      approximateArrivalTimestamp: record.arrivedMs / 1_000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${shardId}:${record.sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: roleArn,
    awsRegion: region,
    eventSourceARN: settings.streamArn,
  }),
  failure: { infoMember: 'KinesisBatchInfo', time: (ms) => new Date(ms).toISOString() },
})
