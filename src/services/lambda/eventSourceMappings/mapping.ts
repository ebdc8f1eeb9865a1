import type { BrokerSettings, MappingSettings } from './settings.ts'

/** What a mapping joins; with the topic or queue inside a broker, this is what there is one mapping for. */
export type MappingTarget = {
  readonly functionName: string
  /** As the caller named it; `null` when it named none. */
  readonly qualifier: string | null
  /** As the caller gave it: for enhanced fan-out that of a consumer. `null` for a Kafka cluster of one's own. */
  readonly eventSourceArn: string | null
}

/** A mapping that `lambda.yml` declares. */
export type DeclaredMapping = MappingTarget & { readonly settings: MappingSettings }

/** An event source mapping as it is kept. */
export type EventSourceMapping = DeclaredMapping & {
  readonly uuid: string
  readonly kmsKeyArn: string | null
  readonly tags: Readonly<Record<string, string>>
  readonly modifiedMs: number
}

/** What a mapping is until a change has been carried out. */
export type TransientState = 'Creating' | 'Enabling' | 'Disabling' | 'Updating' | 'Deleting'

/** Lambda's `State` of a mapping. */
export type MappingState = TransientState | 'Enabled' | 'Disabled'

/** What the Lambda API needs to know of sources, and from whoever reads them. Handed in. */
export interface MappingHost {
  /** The queue of that ARN, `undefined` when there is none. */
  queue(arn: string): Promise<QueueFacts | undefined>
  /** The stream, or consumer of a stream, of that ARN; `undefined` when there is none. */
  stream(arn: string): Promise<StreamFacts | undefined>
  /** The broker that such a mapping would read, `undefined` when the application was told of none. */
  broker(mapping: BrokerMapping): Promise<BrokerFacts | undefined>
  /**
   * Called before a new mapping is kept: takes the places durably from which it will read, so that `LATEST` misses nothing
   * that comes after the answer. Takes none twice.
   */
  begin(mapping: EventSourceMapping): Promise<void>
  /** Called when a mapping is gone for good and nothing of it runs: how far it had come is no longer kept. Never rejects. */
  forget(uuid: string): Promise<void>
  /**
   * Brings what runs in line with what the registry says of this mapping, gone ones included. Resolves once that is so:
   * batches under way may have to end first. Never rejects.
   */
  follow(uuid: string): Promise<void>
  /** Why the mapping's source cannot be read at the moment; `undefined` when all is well. */
  problem(uuid: string): string | undefined
  /** How the last batch ended, in AWS's words; `undefined` before the first. */
  lastProcessingResult(uuid: string): string | undefined
}

export interface QueueFacts {
  readonly visibilityTimeoutSeconds: number
}

export interface StreamFacts {
  readonly streamName: string
}

export interface BrokerFacts {
  /** Where it is read. */
  readonly url: string
}

/** A mapping of a broker, as far as it says what is read. */
export type BrokerMapping = MappingTarget & { readonly settings: BrokerSettings }

/** Whether both would be the same mapping: AWS lets only one of them be. */
export const isSameMapping = (a: DeclaredMapping, b: DeclaredMapping): boolean =>
  a.functionName === b.functionName &&
  a.qualifier === b.qualifier &&
  a.eventSourceArn === b.eventSourceArn &&
  isSamePart(a.settings, b.settings)

/** A broker has many topics or queues. One bootstrap server in common makes two Kafka clusters the same one. */
function isSamePart(a: MappingSettings, b: MappingSettings): boolean {
  if (a.kind !== 'broker' || b.kind !== 'broker') return a.kind === b.kind
  const isSameCluster =
    a.source !== 'selfManagedKafka' ||
    a.bootstrapServers.some((server) => b.bootstrapServers.includes(server))
  return isSameCluster && partOf(a) === partOf(b)
}

/** What is read, in one line that stays the same: for a stream or a queue its ARN. */
export function sourceKeyOf({
  eventSourceArn,
  settings,
}: Pick<DeclaredMapping, 'eventSourceArn' | 'settings'>): string {
  if (settings.kind !== 'broker') return eventSourceArn ?? ''
  return `${eventSourceArn ?? settings.bootstrapServers.toSorted().join(',')}/${partOf(settings)}`
}

/** Queues of one name in two virtual hosts are two queues. */
const partOf = ({ topics, queues, virtualHost }: BrokerSettings): string =>
  [...topics, ...queues].join(',') + (virtualHost === null ? '' : `@${virtualHost}`)

export const isFifo = (queueArn: string): boolean => queueArn.endsWith('.fifo')
