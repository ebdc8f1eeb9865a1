import type { Identity } from './identity.ts'

/** The kinds of things that `resources:` declares and references name. */
export type ResourceKind = 'queue' | 'stream' | 'topic' | 'bus' | 'bucket'

export interface ResourceDescription {
  readonly kind: ResourceKind
  /** As people call it. */
  readonly noun: string
  /** Its key under `resources:`. */
  readonly plural: 'queues' | 'streams' | 'topics' | 'buses' | 'buckets'
  /** The service in its ARN, and before the colon of a short reference. */
  readonly service: string
  readonly namePattern: string
  /** What the pattern says, for messages. */
  readonly nameRule: string
  readonly arn: (identity: Identity, name: string) => string
  /** The name in the last part of an ARN; `undefined` when that names something else. */
  readonly nameIn: (arnRest: string) => string | undefined
  /** Whether its ARN says where and whose it is. */
  readonly isLocated: boolean
  /** Names that are always there. */
  readonly builtIn: readonly string[]
}

/** What the name of a FIFO queue, and of nothing else, ends with. */
export const FIFO_SUFFIX = '.fifo'

const QUEUE_NAME = '^([A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\\.fifo)$'
const STREAM_NAME = '^[A-Za-z0-9_.-]{1,128}$'
const TOPIC_NAME = '^[A-Za-z0-9_-]{1,256}$'
const BUS_NAME = '^[A-Za-z0-9_.-]{1,256}$'
const BUCKET_NAME = '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$'

/** All kinds, each said once: ARNs, names, spellings. */
export const RESOURCES: Readonly<Record<ResourceKind, ResourceDescription>> = {
  queue: {
    kind: 'queue',
    noun: 'queue',
    plural: 'queues',
    service: 'sqs',
    namePattern: QUEUE_NAME,
    nameRule: 'letters, digits, `-` and `_`, 1 to 80 of them, with `.fifo` at the end of a FIFO queue',
    arn: ({ region, accountId }, name) => `arn:aws:sqs:${region}:${accountId}:${name}`,
    nameIn: (rest) => rest,
    isLocated: true,
    builtIn: [],
  },
  stream: {
    kind: 'stream',
    noun: 'stream',
    plural: 'streams',
    service: 'kinesis',
    namePattern: STREAM_NAME,
    nameRule: 'letters, digits, `-`, `_` and `.`, 1 to 128 of them',
    arn: ({ region, accountId }, name) => `arn:aws:kinesis:${region}:${accountId}:stream/${name}`,
    nameIn: (rest) => /^stream\/([^/]+)$/.exec(rest)?.[1],
    isLocated: true,
    builtIn: [],
  },
  topic: {
    kind: 'topic',
    noun: 'topic',
    plural: 'topics',
    service: 'sns',
    namePattern: TOPIC_NAME,
    nameRule: 'letters, digits, `-` and `_`, 1 to 256 of them',
    arn: ({ region, accountId }, name) => `arn:aws:sns:${region}:${accountId}:${name}`,
    // One part more names a subscription.
    nameIn: (rest) => (rest.includes(':') ? undefined : rest),
    isLocated: true,
    builtIn: [],
  },
  bus: {
    kind: 'bus',
    noun: 'event bus',
    plural: 'buses',
    service: 'events',
    namePattern: BUS_NAME,
    nameRule: 'letters, digits, `-`, `_` and `.`, 1 to 256 of them',
    arn: ({ region, accountId }, name) => `arn:aws:events:${region}:${accountId}:event-bus/${name}`,
    nameIn: (rest) => /^event-bus\/(.+)$/.exec(rest)?.[1],
    isLocated: true,
    builtIn: ['default'],
  },
  bucket: {
    kind: 'bucket',
    noun: 'bucket',
    plural: 'buckets',
    service: 's3',
    namePattern: BUCKET_NAME,
    nameRule: 'lower-case letters, digits, `-` and `.`, 3 to 63 of them',
    arn: (_, name) => `arn:aws:s3:::${name}`,
    nameIn: (rest) => (rest.includes('/') ? undefined : rest),
    isLocated: false,
    builtIn: [],
  },
}

export const RESOURCE_KINDS = Object.values(RESOURCES)
