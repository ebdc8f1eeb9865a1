import type { Operation } from '../../operation.ts'
import { checkMembers } from '../constraints.ts'
import { shardShape } from '../describe.ts'
import * as errors from '../errors.ts'
import { limitMember, required, shardIdMember, type StreamInput, streamMembers } from '../members.ts'
import { filterShards, filterTypes, type ShardFilter } from '../shardFilter.ts'
import { nextTokenFor, readNextToken } from '../shardsToken.ts'
import type { Stream } from '../stream.ts'
import type { Streams } from '../streams.ts'

interface Input extends StreamInput {
  readonly NextToken?: string
  readonly ExclusiveStartShardId?: string
  readonly MaxResults?: number
  readonly StreamCreationTimestamp?: number
  readonly ShardFilter?: ShardFilter
}

/** More are never on a page, whatever `MaxResults` says (Kinesis API Reference, `ListShards`). */
const LARGEST_PAGE = 1_000

/** `ListShards`. */
export const createListShards =
  (streams: Streams): Operation<Input> =>
  (input) => {
    check(input)
    const { stream, after, filter } =
      input.NextToken === undefined ? begin(streams, input) : goOn(streams, input)
    const rest = filterShards(stream, filter, streams.edges.clock.now()).filter(({ id }) => id > after)
    const page = rest.slice(0, Math.min(input.MaxResults ?? LARGEST_PAGE, LARGEST_PAGE))
    const last = page.at(-1)
    return {
      Shards: page.map(shardShape),
      ...(last && rest.length > page.length && { NextToken: nextTokenFor(streams, stream, last.id, filter) }),
    }
  }

interface Listing {
  readonly stream: Stream
  readonly after: string
  readonly filter: ShardFilter | undefined
}

function begin(streams: Streams, input: Input): Listing {
  const { ExclusiveStartShardId: after = '', ShardFilter: filter } = input
  return { stream: streams.ofInputCreated(input, input.StreamCreationTimestamp), after, filter }
}

/** A token says all but the size of the page. */
function goOn(streams: Streams, input: Input): Listing {
  const others = [
    input.StreamName,
    input.StreamARN,
    input.ExclusiveStartShardId,
    input.StreamCreationTimestamp,
    input.ShardFilter,
  ]
  if (others.some((value) => value !== undefined))
    throw errors.invalidArgument('NextToken and StreamName cannot be provided together.')
  return readNextToken(streams, input.NextToken ?? '')
}

const check = (input: Input): void =>
  checkMembers([
    ...streamMembers(input),
    { path: 'nextToken', value: input.NextToken, least: 1, most: 1_048_576 },
    shardIdMember('exclusiveStartShardId', input.ExclusiveStartShardId),
    limitMember(input.MaxResults, 10_000, 'maxResults'),
    ...(input.ShardFilter
      ? [
          required({ path: 'shardFilter.type', value: input.ShardFilter.Type, oneOf: filterTypes }),
          shardIdMember('shardFilter.shardId', input.ShardFilter.ShardId),
        ]
      : []),
  ])
