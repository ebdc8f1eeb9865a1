import type { JsonObject } from '../system/index.ts'

/** A change of a collection as MongoDB's change streams tell it, in relaxed extended JSON. */
export interface DocumentChange extends JsonObject {
  /** The resume token. */
  readonly _id: { readonly _data: string }
  readonly clusterTime: { readonly $timestamp: { readonly t: number; readonly i: number } }
  readonly documentKey: JsonObject
  readonly ns: { readonly db: string; readonly coll: string }
  readonly operationType: string
}

/**
 * The event of a DocumentDB mapping (Lambda Developer Guide, "Using Lambda with Amazon DocumentDB"). There is no
 * DocumentDB to read here, so nothing but a test makes such an event.
 */
export const documentDbEvent = (clusterArn: string, changes: readonly DocumentChange[]): JsonObject => ({
  eventSourceArn: clusterArn,
  eventSource: 'aws:docdb',
  events: changes.map((event) => ({ event })),
})
