import type { Operation } from '../../operation.ts'
import { onDemandStreamsOf, ON_DEMAND_STREAM_LIMIT, openShardsOf, SHARD_LIMIT } from '../limits.ts'
import type { Streams } from '../streams.ts'

/** `DescribeLimits`. */
export const createDescribeLimits =
  (streams: Streams): Operation<object> =>
  () => ({
    ShardLimit: SHARD_LIMIT,
    OpenShardCount: openShardsOf(streams),
    OnDemandStreamCount: onDemandStreamsOf(streams),
    OnDemandStreamCountLimit: ON_DEMAND_STREAM_LIMIT,
  })
