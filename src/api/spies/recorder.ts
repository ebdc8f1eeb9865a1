import type { Invocation, Outcome } from '../../invoke/index.ts'
import type { RecentMessage } from '../../services/sns/index.ts'
import type { Deliver } from '../../store/index.ts'
import type { SpiedEvent, SpiedInvocation, SpiedNotification, SpiedRecord } from '../types.ts'
import { Recordings } from './recordings.ts'

/** What is remembered of an invocation: nothing that holds on to more memory than it shows. */
interface RanInvocation extends Pick<Invocation, 'requestId' | 'door' | 'cause' | 'attempt'> {
  readonly event: Uint8Array
  readonly answer: Uint8Array | undefined
  readonly outcome: Outcome['kind']
  readonly atMs: number
}

/** Which record was put; what is in it lies in the stream. */
export interface PutRecord {
  readonly shardId: string
  readonly sequenceNumber: string
}

/** Remembers what went by, for spies. */
export interface Recorder {
  readonly invocations: Recordings<RanInvocation, SpiedInvocation>
  /** By function and condition: `checkout onFailure`. */
  readonly records: Recordings<Uint8Array, SpiedRecord>
  /** By topic. */
  readonly topics: Recordings<RecentMessage, SpiedNotification>
  noteMessage(topic: string, message: RecentMessage): void
  /** Keys of objects that were put, by bucket. */
  readonly objects: Recordings<string, string>
  noteObject(bucket: string, key: string): void
  /** Records that were put, by stream. */
  readonly streams: Recordings<PutRecord, PutRecord>
  noteRecord(stream: string, record: PutRecord): void
  /** By bus. */
  readonly buses: Recordings<SpiedEvent, SpiedEvent>
  noteEvent(bus: string, event: SpiedEvent): void
  clear(): void
}

export function createRecorder(): Recorder {
  const invocations = new Recordings<RanInvocation, SpiedInvocation>('function', invocationShown)
  const records = new Recordings<Uint8Array, SpiedRecord>('destination', (body) => {
    return parsed(body) as SpiedRecord
  })
  const topics = new Recordings<RecentMessage, SpiedNotification>('topic', notificationShown)
  const objects = new Recordings<string, string>('bucket', (key) => key)
  const streams = new Recordings<PutRecord, PutRecord>('stream', (record) => record)
  const buses = new Recordings<SpiedEvent, SpiedEvent>('bus', (event) => event)
  return {
    invocations,
    records,
    topics,
    buses,
    objects,
    streams,
    noteRecord: (stream, record) => streams.note(stream, record, record.sequenceNumber.length),
    noteObject: (bucket, key) => objects.note(bucket, key, key.length),
    noteEvent: (bus, event) => buses.note(bus, event, APPROXIMATE_EVENT_BYTES),
    noteMessage: (topic, message) => topics.note(topic, message, message.message.length),
    clear() {
      invocations.clear()
      records.clear()
      topics.clear()
      buses.clear()
      objects.clear()
      streams.clear()
    },
  }
}

/** Measuring each event would cost more than remembering it. */
const APPROXIMATE_EVENT_BYTES = 1_024

/** Where the records of a function go, as recordings name it. */
export const destinationName = (functionName: string, condition: 'onSuccess' | 'onFailure'): string =>
  `${functionName} ${condition}`

/** Runs and remembers. */
export const recordingRun =
  (recorder: Recorder, now: () => number, run: (invocation: Invocation) => Promise<Outcome>) =>
  async (invocation: Invocation): Promise<Outcome> => {
    const atMs = now()
    const event = copyOf(invocation.payload)
    const outcome = await run(invocation)
    const answer = 'payload' in outcome ? copyOf(outcome.payload) : undefined
    const { functionName, requestId, door, cause, attempt } = invocation
    recorder.invocations.note(
      functionName,
      { requestId, door, cause, attempt, event, answer, outcome: outcome.kind, atMs },
      event.length + (answer?.length ?? 0),
    )
    return outcome
  }

/** A few bytes would keep the whole piece of memory that they came in. */
const copyOf = (bytes: Uint8Array): Uint8Array => Uint8Array.prototype.slice.call(bytes)

/** Delivers and remembers the records among what is delivered, once they are. */
export const recordingDeliver =
  (recorder: Recorder, deliver: Deliver): Deliver =>
  (arn, message) => {
    const delivery = deliver(arn, message)
    const { record, body } = message
    if (!record || delivery.kind === 'refused') return delivery
    const name = destinationName(record.functionName, record.isSuccess ? 'onSuccess' : 'onFailure')
    return {
      ...delivery,
      committed() {
        delivery.committed?.()
        recorder.records.note(name, body, body.length)
      },
    }
  }

const invocationShown = ({ event, answer, ...rest }: RanInvocation): SpiedInvocation => ({
  ...rest,
  event: event.length === 0 ? {} : parsed(event),
  response: answer && parsed(answer),
})

const notificationShown = ({
  messageId,
  message,
  subject,
  attributes,
  cause,
}: RecentMessage): SpiedNotification => ({
  messageId,
  message,
  subject,
  attributes: Object.fromEntries(Object.entries(attributes).map(([name, { Value }]) => [name, Value])),
  cause,
})

const parsed = (json: Uint8Array): unknown => JSON.parse(Buffer.from(json).toString()) as unknown
