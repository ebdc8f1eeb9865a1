import type { Store } from '../../store/index.ts'
import type { Clock, Ids, JsonObject } from '../../system/index.ts'
import type { Signals } from '../signals.ts'
import { isBucketName } from './bucketName.ts'
import * as errors from './errors.ts'
import type { ObjectChange } from './signals.ts'

/** What the service is made of. */
export interface Edges {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly identity: { readonly accountId: string; readonly region: string }
  readonly signals: Pick<Signals, 'prepare'>
  /** Told of every change once it is durable. */
  readonly onObjectChanged?: (change: ObjectChange) => void
}

interface BucketRecord extends JsonObject {
  readonly createdMs: number
}

export interface Bucket {
  readonly name: string
  readonly createdMs: number
  /** The store's name for its objects. */
  readonly table: string
  /** How many objects are being written to it now. */
  writing: number
}

/** Buckets are entries of `s3`; the objects of each are the entries of a table of their own, `s3/<bucket>`. */
const bucketTable = 's3'

/** All buckets of the account, by name. */
export class Buckets {
  readonly #edges: Edges
  readonly #byName = new Map<string, Bucket>()

  constructor(edges: Edges) {
    this.#edges = edges
    this.reload()
  }

  /** Reads the buckets again: after the store was emptied. */
  reload(): void {
    this.#byName.clear()
    for (const [name, record] of this.#edges.store.list(bucketTable)) this.#add(name, record as BucketRecord)
  }

  get(name: string): Bucket | undefined {
    return this.#byName.get(name)
  }

  /** By name. */
  all(): readonly Bucket[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** The bucket of a request; throws when there is none, or it is not whose the caller expects. */
  of(name: string, expectedOwner?: string): Bucket {
    const bucket = this.#byName.get(name)
    if (!bucket) throw errors.noSuchBucket(name)
    if (expectedOwner !== undefined && expectedOwner !== this.#edges.identity.accountId)
      throw errors.accessDenied()
    return bucket
  }

  async create(name: string): Promise<Bucket> {
    if (!isBucketName(name)) throw errors.invalidBucketName(name)
    // Whole seconds, as S3's own times are.
    const createdMs = Math.floor(this.#edges.clock.now() / 1_000) * 1_000
    await this.#edges.store.set(bucketTable, name, { createdMs })
    return this.#byName.get(name) ?? this.#add(name, { createdMs })
  }

  /** Removes an empty bucket. */
  async remove(bucket: Bucket): Promise<void> {
    const { store } = this.#edges
    if (bucket.writing > 0 || store.list(bucket.table, { limit: 1 }).length > 0)
      throw errors.bucketNotEmpty(bucket.name)
    this.#byName.delete(bucket.name)
    try {
      await store.remove(bucketTable, bucket.name)
    } catch (error) {
      this.#byName.set(bucket.name, bucket)
      throw error
    }
  }

  #add(name: string, { createdMs }: BucketRecord): Bucket {
    const bucket: Bucket = { name, createdMs, table: `s3/${name}`, writing: 0 }
    this.#byName.set(name, bucket)
    return bucket
  }
}
