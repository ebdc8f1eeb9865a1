import type { JsonObject } from '../system/index.ts'
import type { ConfigFragment } from './defineSource.ts'
import type { RecordFilter } from './recordFilter.ts'

/** Reads one queue for an event source mapping, wherever the queue is. */
export interface QueueReader<Message> {
  /**
   * Waits until there is something, then answers up to `limit` messages, now invisible to others. With `waitUntilMs`
   * (clock time) it answers an empty list when nothing came by then; `waitUntilMs` in the past only looks.
   * Rejects with the signal's reason when aborted.
   */
  receive(options: { limit: number; waitUntilMs?: number; signal: AbortSignal }): Promise<Message[]>
  /** Deletes messages; those that cannot be deleted come back by themselves. */
  remove(messages: readonly Message[]): Promise<void>
  /** Makes messages visible again at once, where the queue can do that; otherwise they wait for their time. */
  release?(messages: readonly Message[]): Promise<void>
}

/** How a mapping reads a queue, with AWS's defaults filled in. */
export interface QueueMappingSettings {
  readonly queueArn: string
  readonly batchSize: number
  readonly windowMs: number
  readonly reportsItemFailures: boolean
  /** `null`: only the function's own limits. */
  readonly maximumConcurrency: number | null
  /** Provisioned mode: pollers that are there from the start, each good for ten invocations at once; `null` without it. */
  readonly provisionedPollers: { readonly minimum: number; readonly maximum: number } | null
  /** Patterns as JSON text, of which a message has to match one; empty lets every message through. */
  readonly filters: readonly string[]
  /** Names of the figures that are asked for: `EventCount`. */
  readonly metrics: readonly string[]
  readonly isEnabled: boolean
}

/** A source whose records are read from a queue. The engine in `mappings/` does all the rest. */
export interface QueueSource<Config, Message> {
  readonly name: string
  readonly config: ConfigFragment
  readonly examples: readonly Config[]
  settings(config: Config): QueueMappingSettings
  /** Compiles the mapping's filters for records of this source; throws a `PatternError` with AWS's reason. */
  filter(settings: QueueMappingSettings): RecordFilter
  /** Whether the queue has groups of messages that must be worked on in order, one batch of a group at a time. */
  isOrdered(settings: QueueMappingSettings): boolean
  /** The group that the message belongs to, if any. */
  group(message: Message): string | undefined
  /** The name used in `batchItemFailures`. */
  id(message: Message): string
  /** How the message looks in the event's `Records`. */
  record(message: Message, mapping: { settings: QueueMappingSettings; region: string }): JsonObject
  /** The trace header that came with the message, if any. */
  traceId(message: Message): string | undefined
  /** When the message becomes visible to others again, epoch milliseconds. */
  visibleAgainMs(message: Message): number
}

/** Describes a queue that mappings can read. */
export function defineQueue<Config, Message>(
  source: QueueSource<Config, Message>,
): QueueSource<Config, Message> {
  return source
}
