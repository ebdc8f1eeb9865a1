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
}

/**
 * Creates the stream that a spec describes, or gives an existing one the spec's settings; records stay. Another number of
 * shards splits or merges them as `UpdateShardCount` does.
 */
export async function declareStream(streams: Streams, declared: DeclaredStream): Promise<void> {
  const { name, shards: shardCount, retentionHours, mode } = declared
  const existing = streams.get(name)
  if (!existing) {
    checkShardLimit(streams, shardCount)
    const wanted = { mode: mode ?? 'PROVISIONED', shardCount } as const
    await streams.create(name, { ...wanted, ...(retentionHours !== undefined && { retentionHours }) })
    return
  }
  const change: Partial<StreamRecord> = {
    ...(retentionHours !== undefined &&
      retentionHours !== existing.record.retentionHours && { retentionHours }),
    ...(mode !== undefined && mode !== existing.record.mode && { mode }),
  }
  if (Object.keys(change).length > 0) await streams.change(existing, change)
  if (existing.open.length === shardCount) return
  checkShardLimit(streams, shardCount - existing.open.length)
  await reshape(streams, existing, (lineage) => lineage.makeUniform(shardCount))
}
