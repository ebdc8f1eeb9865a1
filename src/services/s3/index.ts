import type { Deliver } from '../../store/index.ts'
import type { Service } from '../service.ts'
import { createBinding, notBuilt } from './binding.ts'
import { Buckets, type Edges } from './buckets.ts'
import { createDeliver } from './deliver.ts'
import * as errors from './errors.ts'
import { LARGEST_BODY_BYTES } from './limits.ts'
import { Objects } from './objects.ts'
import { operationsOf } from './operations.ts'

export type { Edges as S3Options } from './buckets.ts'

/** S3, hosted here: the API for the gateway, and direct ways in and out for the rest of this process. */
export interface S3Service {
  readonly service: Service
  /** Creates a bucket unless it is there; its objects stay. */
  declareBucket(name: string): Promise<void>
  bucketExists(name: string): boolean
  /** Names, sorted. */
  buckets(): string[]
  /** The first objects in the order of their keys, 1,000 unless said otherwise: for tests and the console. */
  objects(bucket: string, limit?: number): PeekedObject[]
  /** An object as it is; throws S3's error when it is not there. */
  content(bucket: string, key: string): Buffer
  /** Puts invocation records into buckets. */
  readonly deliver: Deliver
  /** Reads the buckets from the store again, after it was emptied from outside. */
  reload(): void
  /** Resolves when nothing is being written. */
  stop(): Promise<void>
}

export interface PeekedObject {
  readonly key: string
  readonly size: number
  /** Without quotes. */
  readonly eTag: string
  readonly contentType: string
  readonly metadata: Readonly<Record<string, string>>
  readonly lastModifiedMs: number
  /** As UTF-8 text; read when it is asked for. */
  readonly body: string
}

/**
 * Creates S3 over a store; buckets that the store holds are there at once.
 * @example
 * const s3 = createS3Service({ store, clock, ids, identity, signals })
 * await s3.declareBucket('uploads')
 */
export function createS3Service(edges: Edges): S3Service {
  const buckets = new Buckets(edges)
  const objects = new Objects(edges)

  return {
    service: {
      name: 's3',
      operations: operationsOf({ identity: edges.identity, buckets, objects }),
      notBuilt,
      maximumBodyBytes: LARGEST_BODY_BYTES,
      bodyTooLarge: errors.tooLarge,
      restXml: createBinding((name) => buckets.get(name) !== undefined),
    },
    async declareBucket(name) {
      if (!buckets.get(name)) await buckets.create(name)
    },
    bucketExists: (name) => buckets.get(name) !== undefined,
    buckets: () => buckets.all().map(({ name }) => name),
    objects(name, limit = 1_000) {
      const bucket = buckets.of(name)
      const { contents } = objects.list(bucket, { prefix: '', delimiter: '', after: '', limit })
      return contents.map(([key, { size, eTag, contentType, metadata, lastModifiedMs }]) => ({
        key,
        size,
        eTag,
        contentType,
        metadata,
        lastModifiedMs,
        get body() {
          return Buffer.from(objects.content(bucket, key)).toString('utf8')
        },
      }))
    },
    content(bucket, key) {
      const found = buckets.of(bucket)
      objects.of(found, key)
      return Buffer.from(objects.content(found, key))
    },
    deliver: createDeliver(edges, buckets, objects),
    reload: () => buckets.reload(),
    stop: () => objects.idle(),
  }
}
