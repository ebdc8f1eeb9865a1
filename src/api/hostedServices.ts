import {
  createDynamoDbStreamsService,
  type DynamoDbStreamsService,
} from '../services/dynamodbStreams/index.ts'
import { createEventsService, type EventsService } from '../services/events/index.ts'
import { createKinesisService, type KinesisService } from '../services/kinesis/index.ts'
import { createLogsService, type LogsService } from '../services/logs/index.ts'
import { createS3Service, type S3Service } from '../services/s3/index.ts'
import { createSnsService, type SnsService } from '../services/sns/index.ts'
import { createSqsService, type SqsService } from '../services/sqs/index.ts'
import type { Signals } from '../services/signals.ts'
import type { Deliver, History, Store } from '../store/index.ts'
import type { Activity, Clock, Ids, Ledger, Log } from '../system/index.ts'
import type { Recorder } from './spies/index.ts'

/** What the hosted services stand on; what is wired after them is reached when it is needed. */
export interface ServiceEdges {
  readonly store: Store
  readonly history: History
  readonly clock: Clock
  readonly ids: Ids
  readonly identity: { readonly accountId: string; readonly region: string }
  readonly activity: Activity
  readonly log: Log
  readonly ledger: Ledger
  readonly recorder: Recorder
  readonly deliver: Deliver
  readonly signals: Signals
  /** Somebody subscribed a function to something, or no longer does. */
  readonly onTriggersChanged: () => void
}

/** The services that hold what people send: queues, topics, event buses, buckets, streams. */
export interface HostedServices {
  readonly sqs: SqsService
  readonly sns: SnsService
  readonly events: EventsService
  readonly s3: S3Service
  readonly kinesis: KinesisService
  readonly dynamodbStreams: DynamoDbStreamsService
  readonly logs: LogsService
}

/** Creates the services; what happens in them is told to the ledger. */
export function createHostedServices(on: ServiceEdges): HostedServices {
  const { ledger } = on
  const services: HostedServices = {
    sqs: createSqsService({
      ...on,
      onSent: ({ queue, messageIds }, cause) =>
        ledger.write({ kind: 'messageSent', queue, messageIds }, cause),
      onMoved: (fact) => ledger.write({ kind: 'messagesMoved', ...fact }, fact.moves[0]?.messageId),
      onMoveEnded: (fact) => ledger.write({ kind: 'moveTaskEnded', ...fact }),
      onDeadLettered: (fact) => ledger.write({ kind: 'messagesDeadLettered', ...fact }, fact.messageIds[0]),
    }),
    sns: createSnsService({
      ...on,
      onSubscriptionsChanged: on.onTriggersChanged,
      onPublished({ topicArn, messageId, endpoints, cause }) {
        const topic = lastPart(topicArn)
        for (const message of services.sns.published(topic, 1)) on.recorder.noteMessage(topic, message)
        ledger.write({ kind: 'messagePublished', topic, messageId, endpoints }, cause)
      },
      onDeliveryFailed: ({ subscriptionArn, endpoint, messageId, reason }) =>
        ledger.write(
          { kind: 'handOverFailed', from: subscriptionArn, to: endpoint, messageId, reason },
          messageId,
        ),
    }),
    s3: createS3Service({
      ...on,
      onObjectChanged({ bucket, key, eventName, sequencer, cause }) {
        if (eventName.startsWith('ObjectCreated')) on.recorder.noteObject(bucket, key)
        ledger.write({ kind: 'objectChanged', bucket, key, event: eventName, changeId: sequencer }, cause)
      },
    }),
    kinesis: createKinesisService({
      ...on,
      onPut({ stream, shardId, count: records, sequenceNumbers }, cause) {
        for (const sequenceNumber of sequenceNumbers)
          on.recorder.noteRecord(stream, { shardId, sequenceNumber })
        ledger.write(
          {
            kind: 'recordsPut',
            stream,
            shardId,
            records,
            firstSequenceNumber: sequenceNumbers[0] ?? '',
            lastSequenceNumber: sequenceNumbers.at(-1) ?? '',
          },
          cause,
        )
      },
    }),
    dynamodbStreams: createDynamoDbStreamsService({
      ...on,
      onPut({ streamArn: stream, shardId, count: records, sequenceNumbers }, cause) {
        // Where a table's change went with them, that is what is told.
        const [firstSequenceNumber, lastSequenceNumber] = [sequenceNumbers[0], sequenceNumbers.at(-1)]
        if (firstSequenceNumber === undefined || lastSequenceNumber === undefined) return
        ledger.write(
          { kind: 'recordsPut', stream, shardId, records, firstSequenceNumber, lastSequenceNumber },
          cause,
        )
      },
    }),
    events: createEventsService({
      ...on,
      onTargetsChanged: on.onTriggersChanged,
      onEventPut({ bus, eventId, source, detailType, rules, isBusThere, cause }) {
        for (const event of services.events.received(bus, 1)) on.recorder.noteEvent(bus, event)
        ledger.write({ kind: 'eventPut', bus, eventId, source, detailType, rules }, cause)
        if (isBusThere) return
        const reason = `there is no event bus ${bus}`
        ledger.write({ kind: 'handOverFailed', from: source, to: bus, messageId: eventId, reason }, eventId)
      },
      onDeliveryFailed: ({ ruleArn, targetArn, eventId, reason }) =>
        ledger.write(
          { kind: 'handOverFailed', from: ruleArn, to: targetArn, messageId: eventId, reason },
          eventId,
        ),
    }),
    logs: createLogsService(on),
  }
  ledger.subscribe((entry) => {
    if (entry.kind === 'logLine') services.logs.note(entry)
  })
  return services
}

const lastPart = (arn: string): string => arn.split(':').at(-1) ?? ''
