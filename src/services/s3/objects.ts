import { createHash } from 'node:crypto'
import type { Effect } from '../../store/index.ts'
import type { JsonObject } from '../../system/index.ts'
import { hostIdOf } from '../protocol/restXmlProtocol.ts'
import type { Telling } from '../signals.ts'
import type { Bucket, Edges } from './buckets.ts'
import type { Checksum } from './checksums.ts'
import * as errors from './errors.ts'
import { bytesOf, type Listing, listPage, type ListingQuery, textOf } from './listing.ts'
import { Sequencers } from './sequencer.ts'
import { objectChanged, type ObjectChange } from './signals.ts'
import { Turns } from './turns.ts'

/** An object as the store keeps it; its content is the entry's body. */
export interface ObjectRecord extends JsonObject {
  readonly size: number
  /** Without quotes. */
  readonly eTag: string
  readonly contentType: string
  /** `Cache-Control` and the like, by member. */
  readonly headers: Readonly<Record<string, string>>
  /** User metadata by name, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>
  /** Whole seconds. */
  readonly lastModifiedMs: number
  readonly sequencer: string
  readonly checksum?: Checksum & JsonObject
}

/** What a writer says about an object. */
export type Description = Pick<ObjectRecord, 'contentType' | 'headers' | 'metadata'> & {
  readonly checksum?: Checksum | undefined
}

/** Who makes a change. */
export interface Origin {
  readonly requestId: string
  readonly sourceIp: string
  readonly cause: string | undefined
}

/** A change and its consequences, for one transaction. */
export interface PreparedWrite {
  readonly record: ObjectRecord
  readonly effects: readonly Effect[]
  /** Call once the effects are durable. */
  readonly told: () => void
}

/** S3 takes keys of up to this many bytes of UTF-8. */
export const LARGEST_KEY_BYTES = 1_024

/** The content type of objects that were stored without one. */
export const DEFAULT_CONTENT_TYPE = 'binary/octet-stream'

/** The objects in all buckets. */
export class Objects {
  readonly #edges: Edges
  readonly #sequencers = new Sequencers()
  readonly #turns = new Turns()

  constructor(edges: Edges) {
    this.#edges = edges
  }

  get({ table }: Bucket, key: string): ObjectRecord | undefined {
    return this.#edges.store.get(table, bytesOf(key)) as ObjectRecord | undefined
  }

  /** An object that must be there. */
  of(bucket: Bucket, key: string): ObjectRecord {
    const record = this.get(bucket, key)
    if (!record) throw errors.noSuchKey(key)
    return record
  }

  /** The content that belongs to the record which `get` answered in the same turn. */
  content({ table }: Bucket, key: string): Uint8Array {
    return this.#edges.store.body(table, bytesOf(key)) ?? new Uint8Array()
  }

  list(
    { table }: Bucket,
    query: Omit<ListingQuery, 'after'> & { readonly after: string },
  ): Listing<ObjectRecord> {
    const { store } = this.#edges
    const inBytes = { ...query, prefix: bytesOf(query.prefix), delimiter: bytesOf(query.delimiter) }
    const page = listPage((range) => store.list(table, range) as [string, ObjectRecord][], inBytes)
    return {
      contents: page.contents.map(([key, record]) => [textOf(key), record] as const),
      commonPrefixes: page.commonPrefixes.map(textOf),
      next: page.next,
    }
  }

  /**
   * Stores an object, and the events of whoever wants to know in the same transaction. `check` is asked about what is
   * there when its turn has come: whatever it throws, nothing is stored.
   */
  async put(
    bucket: Bucket,
    key: string,
    content: Uint8Array,
    about: {
      readonly description: Description
      readonly origin: Origin
      readonly eventName: 'ObjectCreated:Put' | 'ObjectCreated:Copy'
      readonly check?: (existing: ObjectRecord | undefined) => void
    },
  ): Promise<ObjectRecord> {
    checkKey(key)
    bucket.writing++
    try {
      return await this.#turns.take(turnOf(bucket, key), async () => {
        about.check?.(this.get(bucket, key))
        const { record, effects, told } = this.prepare(bucket, key, content, about)
        await this.#edges.store.apply(effects)
        told()
        return record
      })
    } finally {
      bucket.writing--
    }
  }

  /** What storing an object comes to, for a transaction that somebody else makes. */
  prepare(
    bucket: Bucket,
    key: string,
    content: Uint8Array,
    about: {
      readonly description: Description
      readonly origin: Origin
      readonly eventName: 'ObjectCreated:Put' | 'ObjectCreated:Copy'
    },
  ): PreparedWrite {
    const nowMs = this.#edges.clock.now()
    const { checksum, ...description } = about.description
    const record: ObjectRecord = {
      ...description,
      size: content.length,
      eTag: createHash('md5').update(content).digest('hex'),
      lastModifiedMs: Math.floor(nowMs / 1_000) * 1_000,
      sequencer: this.#sequencers.next(nowMs, this.get(bucket, key)?.sequencer),
      ...(checksum && { checksum: { ...checksum } }),
    }
    const { size, eTag, sequencer } = record
    const telling = this.#tell({
      bucket: bucket.name,
      key,
      eventName: about.eventName,
      size,
      eTag,
      sequencer,
      hostId: hostIdOf(about.origin.requestId),
      atMs: nowMs,
      ...about.origin,
    })
    const stored: Effect = {
      kind: 'set',
      table: bucket.table,
      key: bytesOf(key),
      value: record,
      body: content,
    }
    return { record, effects: [stored, ...telling.effects], told: telling.told }
  }

  /** Removes an object; one that is not there is fine, and nobody is told. */
  remove(
    bucket: Bucket,
    key: string,
    origin: Origin,
    check?: (existing: ObjectRecord | undefined) => void,
  ): Promise<void> {
    return this.#turns.take(turnOf(bucket, key), async () => {
      const existing = this.get(bucket, key)
      check?.(existing)
      if (!existing) return
      const atMs = this.#edges.clock.now()
      const telling = this.#tell({
        bucket: bucket.name,
        key,
        eventName: 'ObjectRemoved:Delete',
        sequencer: this.#sequencers.next(atMs, existing.sequencer),
        hostId: hostIdOf(origin.requestId),
        atMs,
        ...origin,
      })
      await this.#edges.store.apply([
        { kind: 'remove', table: bucket.table, key: bytesOf(key) },
        ...telling.effects,
      ])
      telling.told()
    })
  }

  /** Resolves when nothing is being written. */
  idle(): Promise<void> {
    return this.#turns.idle()
  }

  #tell(change: ObjectChange): Telling {
    const { effects, told } = this.#edges.signals.prepare(objectChanged, change)
    return {
      effects,
      told: () => {
        told()
        this.#edges.onObjectChanged?.(change)
      },
    }
  }
}

export function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key)
  if (bytes > LARGEST_KEY_BYTES) throw errors.keyTooLong(bytes, LARGEST_KEY_BYTES)
}

const turnOf = (bucket: Bucket, key: string): string => `${bucket.name}/${key}`
