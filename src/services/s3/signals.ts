import { fact } from '../signals.ts'

/** An object that was made or removed (S3 User Guide, "Event notification types"). */
export interface ObjectChange {
  readonly bucket: string
  /** As it is, not encoded. */
  readonly key: string
  /** Without `s3:`, as in events. */
  readonly eventName: 'ObjectCreated:Put' | 'ObjectCreated:Copy' | 'ObjectRemoved:Delete'
  /** In bytes; absent when the object was removed, like the ETag. */
  readonly size?: number
  /** Without quotes. */
  readonly eTag?: string
  /** Hexadecimal and of one length: the later of two changes of a key has the greater one. */
  readonly sequencer: string
  /** `x-amz-request-id` of the answer that the caller got. */
  readonly requestId: string
  /** `x-amz-id-2` of that answer. */
  readonly hostId: string
  readonly sourceIp: string
  readonly atMs: number
  /** The invocation whose handler did it, or what was delivered. */
  readonly cause: string | undefined
}

export const objectChanged = fact<ObjectChange>('s3.objectChanged')
