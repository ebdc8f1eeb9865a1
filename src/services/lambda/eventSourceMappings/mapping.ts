/** What a mapping joins. There is one mapping for each function, qualifier and source. */
export type MappingTarget = {
  readonly functionName: string
  /** As the caller named it; `null` when it named none. */
  readonly qualifier: string | null
  readonly eventSourceArn: string
}

/** How a mapping reads its queue, with AWS's defaults filled in. */
export type MappingSettings = {
  readonly batchSize: number
  readonly windowMs: number
  readonly reportsItemFailures: boolean
  readonly maximumConcurrency: number | null
  readonly provisionedPollers: { readonly minimum: number; readonly maximum: number } | null
  /** Patterns as JSON text. */
  readonly filters: readonly string[]
  readonly metrics: readonly string[]
  readonly isEnabled: boolean
}

/** An event source mapping as it is kept. */
export type EventSourceMapping = MappingTarget & {
  readonly uuid: string
  readonly settings: MappingSettings
  readonly kmsKeyArn: string | null
  readonly tags: Readonly<Record<string, string>>
  readonly modifiedMs: number
}

/** What a mapping is until a change has been carried out. */
export type TransientState = 'Creating' | 'Enabling' | 'Disabling' | 'Updating' | 'Deleting'

/** Lambda's `State` of a mapping. */
export type MappingState = TransientState | 'Enabled' | 'Disabled'

/** A mapping that `lambda.yml` declares. */
export type DeclaredMapping = MappingTarget & { readonly settings: MappingSettings }

/** What the Lambda API needs to know of queues, and from whoever reads them. Handed in. */
export interface MappingHost {
  /** The queue of that ARN, `undefined` when there is none. */
  queue(arn: string): Promise<QueueFacts | undefined>
  /**
   * Brings what runs in line with what the registry says of this mapping, gone ones included. Resolves once that is so:
   * batches under way may have to end first. Never rejects.
   */
  follow(uuid: string): Promise<void>
  /** Why the mapping's queue cannot be read at the moment; `undefined` when all is well. */
  problem(uuid: string): string | undefined
}

export interface QueueFacts {
  readonly visibilityTimeoutSeconds: number
}

export const isSameTarget = (a: MappingTarget, b: MappingTarget): boolean =>
  a.functionName === b.functionName && a.qualifier === b.qualifier && a.eventSourceArn === b.eventSourceArn

export const isFifo = (queueArn: string): boolean => queueArn.endsWith('.fifo')
