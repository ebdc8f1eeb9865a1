import { checkShardLimit } from './limits.ts'
import { reshape } from './reshape.ts'
import type { StreamMode, StreamRecord } from './stream.ts'
import type { Streams } from './streams.ts'

/** A stream that a spec describes. */
export interface DeclaredStream {
  readonly name: string
  readonly shards: number
  /** Default: 24, for a stream that exists as it is. */
  readonly retentionHours?: number
  /** Default: `PROVISIONED`, for a stream that exists as it is. */
  readonly mode?: StreamMode
  /** Whether each shard refuses what is above its share. Default: false. */
  readonly limitsThroughput?: boolean
}

/**
 * Creates the stream that a spec describes, or gives an existing one the spec's settings; records stay. Where the spec says
 * another number of shards than it said before, they are split or merged as `UpdateShardCount` does it; what the API has
 * made of them is left alone otherwise.
 */
export async function declareStream(streams: Streams, declared: DeclaredStream): Promise<void> {
  const { name, shards: shardCount, retentionHours, mode, limitsThroughput = false } = declared
  const existing = streams.get(name)
  if (!existing) {
    checkShardLimit(streams, shardCount)
    const wanted = { mode: mode ?? 'PROVISIONED', shardCount } as const
    await streams.create(name, {
      ...wanted,
      declaredShards: shardCount,
      limitsThroughput,
      ...(retentionHours !== undefined && { retentionHours }),
    })
    return
  }
  const change: Partial<StreamRecord> = {
    ...(retentionHours !== undefined &&
      retentionHours !== existing.record.retentionHours && { retentionHours }),
    ...(mode !== undefined && mode !== existing.record.mode && { mode }),
    ...(limitsThroughput !== (existing.record.limitsThroughput ?? false) && { limitsThroughput }),
  }
  const isSaidAnew = existing.record.declaredShards !== shardCount
  const isOther = isSaidAnew && existing.open.length !== shardCount
  if (isOther) checkShardLimit(streams, shardCount - existing.open.length)
  if (Object.keys(change).length > 0) await streams.change(existing, change)
  if (isOther) await reshape(streams, existing, (lineage) => lineage.makeUniform(shardCount))
  if (isSaidAnew) await streams.change(existing, { declaredShards: shardCount })
}
