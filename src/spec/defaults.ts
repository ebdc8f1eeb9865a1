/** What holds where the file says nothing. The first three are the Serverless Framework's, the others AWS's. */
export const DEFAULTS = {
  runtime: 'nodejs22.x',
  timeoutSeconds: 6,
  memoryMegabytes: 1024,
  accountConcurrency: 1000,
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
  isolation: 'thread',
  logging: { format: 'Text', applicationLevel: 'INFO', systemLevel: 'INFO' },
  clock: 'live',
} as const

export const QUEUE_DEFAULTS = {
  visibilityTimeoutSeconds: 30,
  delaySeconds: 0,
  retentionSeconds: 345_600,
  receiveWaitSeconds: 0,
  maximumMessageBytes: 1_048_576,
} as const

/** One shard, as the smallest stream has; AWS's in all else. */
export const STREAM_DEFAULTS = { shards: 1, retentionHours: 24, mode: 'provisioned' } as const

/** AWS's number for a stream whose shards are its own business. */
export const ON_DEMAND_SHARDS = 4

export const FIFO_DEFAULTS = {
  contentBasedDeduplication: false,
  deduplicationScope: 'queue',
  fifoThroughputLimit: 'perQueue',
} as const

/** The Serverless Framework's `cors: true` of a function URL. */
export const CORS_DEFAULTS = {
  allowedOrigins: ['*'],
  allowedHeaders: ['Content-Type', 'X-Amz-Date', 'Authorization', 'X-Api-Key', 'X-Amz-Security-Token'],
  allowedMethods: ['*'],
  maxAge: 0,
} as const
