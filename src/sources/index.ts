import type { EventFragment } from '../spec/index.ts'
import type { AnySource } from './defineSource.ts'
import { activemq } from './activemq.ts'
import { dynamodb } from './dynamodb.ts'
import { cloudwatchEvent, eventBridge } from './eventBridge.ts'
import { functionUrl } from './functionUrl.ts'
import { kafka, msk } from './kafka.ts'
import { kinesis } from './kinesis.ts'
import { rabbitmq } from './rabbitmq.ts'
import { schedule } from './schedule.ts'
import { sns } from './sns.ts'
import { sqs } from './sqs.ts'
import { streamFragment } from './streamFragment.ts'

export type { ActiveMqMessage } from './activemq.ts'
export type { BrokerQueueConfig } from './brokerConfig.ts'
export { connect, type SignalInvoker } from './connect.ts'
export type { AwsContext, ConfigFragment, ReplyOutcome, Trigger } from './defineSource.ts'
export type { BrokerMappingSettings, BrokerReader, BrokerSource } from './defineBroker.ts'
export type { QueueMappingSettings, QueueReader, QueueSource } from './defineQueue.ts'
export type {
  ShardFacts,
  ShardPage,
  ShardPosition,
  StartingPosition,
  StreamMappingSettings,
  StreamReader,
  StreamRecordContext,
  StreamSource,
} from './defineStream.ts'
export { documentDbEvent, type DocumentChange } from './documentDb.ts'
export type { KafkaMessage } from './kafka.ts'
export type { KafkaConfig, MskConfig, SaslKind } from './kafkaConfig.ts'
export type { RabbitConfig, RabbitHeader, RabbitMessage } from './rabbitmq.ts'
export { type CloudwatchEventConfig, type EventBridgeConfig, ruleOfConfig } from './ruleConfig.ts'
export { ratesOf, type ScheduleConfig } from './schedule.ts'
export { type SnsConfig, snsDeadLetterArnOf } from './sns.ts'
export type { RecordFilter } from './recordFilter.ts'
export type { SqsConfig } from './sqsConfig.ts'
export { consumerOf, type StreamConfig, type StreamKind, streamKindOf } from './streamConfig.ts'

/** Every source that is pushed to functions. A new source is one file and one line here. */
export const pushSources: readonly AnySource[] = [schedule, functionUrl, sns, eventBridge, cloudwatchEvent]

/** Every queue that is read in batches. */
export const queueSources = { sqs } as const

/** Every source that a message broker of one's own holds. */
export const brokerSources = { kafka, msk, rabbitmq, activemq } as const

/** Every stream that is read in batches, shard by shard; `stream` under `events:` is one of them. */
export const streamSources = { kinesis, dynamodb } as const

/** `stream` under `events:`, for streams of all kinds. */
const stream = {
  name: 'stream',
  config: streamFragment,
  examples: ['kinesis:clicks', ...dynamodb.examples, ...kinesis.examples],
}

/** What may stand under `events:` in `lambda.yml`. (A function URL has its own key, `url:`.) */
export const eventFragments: readonly EventFragment[] = [
  schedule,
  sqs,
  stream,
  sns,
  eventBridge,
  cloudwatchEvent,
  kafka,
  msk,
  rabbitmq,
  activemq,
].map(({ name, config, examples }) => ({
  name,
  ...config,
  examples,
}))
