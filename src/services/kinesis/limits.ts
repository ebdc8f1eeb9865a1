import * as errors from './errors.ts'
import type { Streams } from './streams.ts'

/** Of an account in a region, as AWS sets them where it is largest. */
export const SHARD_LIMIT = 20_000
export const ON_DEMAND_STREAM_LIMIT = 50

export const openShardsOf = (streams: Streams): number =>
  streams.all().reduce((sum, { open }) => sum + open.length, 0)

/** Refuses shards beyond the account's limit. */
export function checkShardLimit(streams: Streams, more: number): void {
  const current = openShardsOf(streams)
  if (current + more <= SHARD_LIMIT) return
  const { accountId, region } = streams.edges.identity
  throw errors.limitExceeded(
    `This request would exceed the shard limit for the account ${accountId} in ${region}. Current shard count for the account: ${current}. Limit: ${SHARD_LIMIT}. Number of additional shards that would have resulted from this request: ${more}. Refer to the AWS Service Limits page (https://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request higher limits.`,
  )
}

export const onDemandStreamsOf = (streams: Streams): number =>
  streams.all().filter(({ record }) => record.mode === 'ON_DEMAND').length

/** Refuses one more on-demand stream than the account may have. */
export function checkOnDemandLimit(streams: Streams): void {
  const current = onDemandStreamsOf(streams)
  if (current < ON_DEMAND_STREAM_LIMIT) return
  const { accountId, region } = streams.edges.identity
  throw errors.limitExceeded(
    `This request would exceed the on-demand stream limit for the account ${accountId} in ${region}. Current on-demand stream count for the account: ${current}. Limit: ${ON_DEMAND_STREAM_LIMIT}.`,
  )
}
