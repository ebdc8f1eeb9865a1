import type { EventsService } from '../../services/events/index.ts'
import type { KinesisService, SeenRecord } from '../../services/kinesis/index.ts'
import type { FunctionRegistry } from '../../services/lambda/index.ts'
import type { PeekedObject, S3Service } from '../../services/s3/index.ts'
import type { LogsService, PrintedEvent } from '../../services/logs/index.ts'
import type { SnsService } from '../../services/sns/index.ts'
import type { PeekedMessage, SqsService } from '../../services/sqs/index.ts'
import type { FunctionSpec } from '../../spec/index.ts'
import { hasDestination } from '../eventInvokeConfigs.ts'
import type { App, SpiedLogEvent, SpiedMessage, SpiedObject, SpiedStreamRecord, Spy } from '../types.ts'
import { destinationName, type PutRecord, type Recorder } from './recorder.ts'
import type { Watched } from './recordings.ts'
import { createSpy } from './spy.ts'

interface Watchable {
  readonly recorder: Recorder
  readonly sqs: SqsService
  readonly sns: SnsService
  readonly events: EventsService
  readonly s3: S3Service
  readonly kinesis: KinesisService
  readonly logs: LogsService
  readonly registry: FunctionRegistry
  /** Those of `lambda.yml` and those that the API made, as they are now. */
  readonly functionList: () => readonly FunctionSpec[]
}

type Spies = Pick<App, 'function' | 'queue' | 'topic' | 'bus' | 'bucket' | 'stream' | 'logs' | 'destination'>

/** The spies of an application: one for each thing that was asked for. */
export function createSpies(on: Watchable, settle: () => Promise<void>): Spies {
  const spies = new Map<string, Spy<unknown>>()

  function spyOn<Item>(kind: string, name: string, watch: () => Watched<Item>): Spy<Item> {
    const key = `${kind} ${name}`
    let spy = spies.get(key)
    if (!spy) spies.set(key, (spy = createSpy(watch(), settle)))
    return spy as Spy<Item>
  }

  function functionNamed(name: string): FunctionSpec {
    const functions = on.functionList()
    const found = functions.find((one) => one.name === name || one.key === name)
    if (found) return found
    throw unknown(
      'function',
      name,
      functions.map(({ key }) => key),
    )
  }

  return {
    function(name) {
      const one = functionNamed(name)
      return spyOn('function', one.name, () => on.recorder.invocations.of(one.name))
    },
    queue(name) {
      if (!on.sqs.queueExists(name)) throw unknown('queue', name, on.sqs.queueNames())
      return spyOn('queue', name, () => watchedQueue(on.sqs, name))
    },
    topic(name) {
      const names = on.sns.topics().map((topic) => topic.name)
      if (!names.includes(name)) throw unknown('topic', name, names)
      return spyOn('topic', name, () => on.recorder.topics.of(name))
    },
    bus(name) {
      if (!on.events.busExists(name)) throw unknown('bus', name, on.events.buses())
      return spyOn('bus', name, () => on.recorder.buses.of(name))
    },
    bucket(name) {
      if (!on.s3.bucketExists(name)) throw unknown('bucket', name, on.s3.buckets())
      return spyOn('bucket', name, () => watchedBucket(on.s3, name, on.recorder.objects.of(name)))
    },
    stream(name) {
      if (!on.kinesis.exists(name)) throw unknown('stream', name, on.kinesis.streamNames())
      return spyOn('stream', name, () => watchedStream(on.kinesis, name, on.recorder.streams.of(name)))
    },
    logs(functionName, { filterPattern = '' } = {}) {
      const one = functionNamed(functionName)
      return spyOn('logs', `${one.name} ${one.logging.group} ${filterPattern}`, () =>
        watchedLogs(on.logs, one, filterPattern),
      )
    },
    destination(functionName, condition) {
      const one = functionNamed(functionName)
      if (!hasDestination(one, condition, on.registry))
        throw new Error(`the function ${functionName} has no destination ${condition}`)
      const name = destinationName(one.name, condition)
      return spyOn('destination', name, () => on.recorder.records.of(name))
    },
  }
}

const unknown = (noun: string, name: string, names: readonly string[]): Error =>
  new Error(`there is no ${noun} ${name}; there are: ${names.join(', ') || 'none'}`)

const messageOf = ({ messageId, body, attributes, receiveCount }: PeekedMessage): SpiedMessage => ({
  messageId,
  body,
  attributes,
  receiveCount,
})

const watchedQueue = (sqs: SqsService, name: string): Watched<SpiedMessage> => ({
  label: `queue ${name}`,
  all: () => sqs.peek(name).map(messageOf),
  after(position) {
    const [message] = sqs.peek(name, { after: position, limit: 1 })
    return message && { item: messageOf(message), position: message.sequence }
  },
  subscribe: (listener) => sqs.watch(name, listener),
})

/** What is in the bucket now; the keys that were put say what came when. */
const watchedBucket = (s3: S3Service, name: string, keys: Watched<string>): Watched<SpiedObject> => ({
  label: keys.label,
  all: () => s3.objects(name).map(objectOf),
  after(position) {
    for (let put = keys.after(position); put; put = keys.after(put.position)) {
      const { item: key, position } = put
      const found = s3.objects(name).find((object) => object.key === key)
      if (found) return { item: objectOf(found), position }
    }
    return undefined
  },
  subscribe: (listener) => keys.subscribe(listener),
})

const objectOf = ({ key, size, contentType, metadata, body }: PeekedObject): SpiedObject => ({
  key,
  size,
  contentType,
  metadata,
  body,
})

/** So many of each shard are shown. */
const MOST_RECORDS = 1_000

/** What lies in the stream now; the records that were put say what came when. */
const watchedStream = (
  kinesis: KinesisService,
  name: string,
  puts: Watched<PutRecord>,
): Watched<SpiedStreamRecord> => ({
  label: puts.label,
  all: () => kinesis.records(name, MOST_RECORDS).map(recordOf),
  after(position) {
    for (let put = puts.after(position); put; put = puts.after(put.position)) {
      const { item, position: at } = put
      const record = kinesis.record(name, item.shardId, item.sequenceNumber)
      if (record) return { item: recordOf(record), position: at }
    }
    return undefined
  },
  subscribe: (listener) => puts.subscribe(listener),
})

/** Of the function's log group, what the function itself has printed. */
function watchedLogs(
  logs: LogsService,
  { name, logging: { group } }: FunctionSpec,
  filterPattern: string,
): Watched<SpiedLogEvent> {
  const printed = (): PrintedEvent[] =>
    logs.printed(group, filterPattern).filter(({ functionName }) => functionName === name)
  return {
    label: `the log of ${name}${filterPattern === '' ? '' : ` with ${filterPattern}`}`,
    all: () => printed().map(logEventOf),
    after(position) {
      const event = printed().find(({ sequence }) => sequence > position)
      return event && { item: logEventOf(event), position: event.sequence }
    },
    subscribe: (listener) =>
      logs.subscribe((ofGroup) => {
        if (ofGroup === group) listener()
      }),
  }
}

const logEventOf = ({ timestamp, message, logStreamName, requestId }: PrintedEvent): SpiedLogEvent => ({
  timestamp,
  message,
  logStreamName,
  requestId,
})

const recordOf = ({ data, ...record }: SeenRecord): SpiedStreamRecord => ({
  ...record,
  data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString(),
})
