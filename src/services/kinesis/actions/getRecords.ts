import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import { childShapes, recordShape } from '../describe.ts'
import * as errors from '../errors.ts'
import { iteratorFor, placeOf } from '../iterator.ts'
import { limitMember, required, type StreamInput, streamMembers } from '../members.ts'
import { MOST_PAGE_RECORDS, readPage } from '../readShard.ts'
import type { Streams } from '../streams.ts'

interface Input extends StreamInput {
  readonly ShardIterator: string
  readonly Limit?: number
}

/** `GetRecords`: up to 10,000 records or 10 MiB, and an iterator for what comes behind them. */
export const createGetRecords =
  (streams: Streams): Operation<Input> =>
  (input) => {
    checkMembers([
      required({ path: 'shardIterator', value: input.ShardIterator, least: 1, most: 512 }),
      limitMember(input.Limit, MOST_PAGE_RECORDS),
      ...streamMembers(input),
    ])
    const { stream, shard, afterSequence } = placeOf(streams, input.ShardIterator)
    const isNamed = input.StreamARN !== undefined || input.StreamId !== undefined
    if (isNamed && streams.ofInput(input) !== stream)
      throw errors.invalidArgument('The ShardIterator is not of the stream that the request names.')
    const throughput = streams.throughputOf(stream)
    throughput?.checkRead(stream, shard)
    const limit = input.Limit ?? MOST_PAGE_RECORDS
    const page = readPage(streams, stream, shard, { afterSequence, limit })
    throughput?.noteRead(stream, shard, page.records)
    return {
      Records: page.records.map((record) => recordShape(shard.prefix, record)),
      NextShardIterator: page.isEnd ? null : iteratorFor(streams, stream, shard, page.afterSequence),
      MillisBehindLatest: page.millisBehindLatest,
      ...(page.isEnd && { ChildShards: childShapes(stream, shard.id) }),
    }
  }
