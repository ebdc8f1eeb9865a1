import type { JsonObject } from '../system/index.ts'
import type { ConfigFragment } from './defineSource.ts'
import type { StartingPosition } from './defineStream.ts'
import type { RecordFilter } from './recordFilter.ts'

/** Reads one queue or topic of a message broker for an event source mapping. */
export interface BrokerReader<Message> {
  /**
   * Waits until there is something, then answers up to `limit` messages, in order within each lane. With `waitUntilMs`
   * (clock time) it answers an empty list when nothing came by then; `waitUntilMs` in the past only looks. Messages of
   * the lanes in `except` stay behind. Rejects with the signal's reason when aborted, and with an `Error` whose message
   * is a sentence when the broker cannot be read; all that was not acknowledged then comes again.
   */
  receive(options: {
    readonly limit: number
    readonly waitUntilMs?: number
    readonly except?: ReadonlySet<string>
    readonly signal: AbortSignal
  }): Promise<Message[]>
  /** The messages are done: acknowledged, or their offsets committed. What cannot be told to the broker comes again. */
  acknowledge(messages: readonly Message[]): Promise<void>
  /** The messages are not done, and may come again at once. Those that were `tried` may be put aside by the broker. */
  giveBack(messages: readonly Message[], options: { readonly tried: boolean }): Promise<void>
  /** Ends the connection; what was not acknowledged comes again with the next one. Closing twice is harmless. */
  close(): Promise<void>
}

/** How a mapping reads a broker, with AWS's defaults filled in. */
export interface BrokerMappingSettings {
  /** The cluster or broker; `null` for self-managed Kafka. */
  readonly sourceArn: string | null
  /** The topic or the queue. */
  readonly channel: string
  /** RabbitMQ only; `/` elsewhere. */
  readonly virtualHost: string
  /** Kafka only: as the mapping names them. Where the brokers really are is the reader's business. */
  readonly bootstrapServers: readonly string[]
  /** Kafka only; `null`: the mapping's own id. */
  readonly consumerGroupId: string | null
  /** Kafka only: where a group without committed offsets begins. */
  readonly startingPosition: StartingPosition
  /** Epoch milliseconds, with `AT_TIMESTAMP`. */
  readonly startingTimestampMs: number | null
  readonly batchSize: number
  readonly windowMs: number
  /** Kafka's provisioned mode, with which the settings below come; `null` without it. */
  readonly provisionedPollers: { readonly minimum: number; readonly maximum: number } | null
  /** `null`: until the batch succeeds. */
  readonly maximumRetryAttempts: number | null
  /** `null`: however old. */
  readonly maximumRecordAgeMs: number | null
  readonly bisectsOnError: boolean
  readonly reportsItemFailures: boolean
  /** Patterns as JSON text, of which a message has to match one; empty lets every message through. */
  readonly filters: readonly string[]
  /** Names of the figures that are asked for: `EventCount`. */
  readonly metrics: readonly string[]
  readonly isEnabled: boolean
}

/** A source whose messages come from a broker. The engine in `mappings/` does all the rest. */
export interface BrokerSource<Config, Message> {
  /** `kafka`, `rabbitmq`: as messages and the ledger call it. */
  readonly name: string
  readonly config: ConfigFragment
  readonly examples: readonly Config[]
  settings(config: Config): BrokerMappingSettings
  /** Compiles the mapping's filters for messages of this source; throws a `PatternError` with AWS's reason. */
  filter(settings: BrokerMappingSettings): RecordFilter
  /** Names the message in the ledger. */
  id(message: Message): string
  /** Messages of a lane are worked on in order, one batch of it at a time; brokers without partitions have one lane. */
  lane(message: Message): string
  /** The list of the event that the message stands in; `undefined` when there is only one list. */
  group(message: Message): string | undefined
  /** How the message looks in the event. */
  record(message: Message): JsonObject
  /** What stands in the event before the messages. */
  envelope(settings: BrokerMappingSettings): JsonObject
  /** The event's member that holds the messages. */
  readonly member: 'records' | 'messages' | 'rmqMessagesByQueue'
  /**
   * What becomes of a batch that fails. `here`: the same batch again and again, since a log has no other way past it.
   * `broker`: it goes back, and the broker hands its messages out again, or puts them aside.
   */
  readonly retries: 'here' | 'broker'
  /** What `batchItemFailures` names, where the source knows that. */
  position?(message: Message): { readonly partition: string; readonly offset: bigint }
  /** When the message came into the broker, epoch milliseconds; `undefined` when it does not say. */
  arrivedMs(message: Message): number | undefined
}

/** Describes a broker that mappings can read. */
export function defineBroker<Config, Message>(
  source: BrokerSource<Config, Message>,
): BrokerSource<Config, Message> {
  return source
}
