import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import { iteratorFor, placeOf } from '../iterator.ts'
import { limitMember, required } from '../members.ts'
import { MOST_PAGE_RECORDS, readPage } from '../readShard.ts'
import { recordShape } from '../recordShape.ts'
import type { Streams } from '../streams.ts'

interface Input {
  readonly ShardIterator: string
  readonly Limit?: number
}

/** `GetRecords`: up to 1,000 records or 1 MiB, and an iterator for what comes behind them, unless nothing will. */
export const createGetRecords =
  (streams: Streams): Operation<Input> =>
  ({ ShardIterator: iterator, Limit: limit = MOST_PAGE_RECORDS }) => {
    checkMembers([
      required({ path: 'shardIterator', value: iterator, least: 1, most: 2_048 }),
      limitMember(limit, MOST_PAGE_RECORDS),
    ])
    const { stream, shard, afterSequence } = placeOf(streams, iterator)
    const page = readPage(streams, stream, shard, { afterSequence, limit })
    return {
      Records: page.records.map((record) => recordShape(streams, stream, shard, record)),
      ...(!page.isEnd && { NextShardIterator: iteratorFor(streams, stream, shard, page.afterSequence) }),
    }
  }
