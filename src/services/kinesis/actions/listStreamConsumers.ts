import type { Operation } from '../../operation.ts'
import { checkMembers } from '../constraints.ts'
import { consumerShape } from '../consumers.ts'
import * as errors from '../errors.ts'
import { limitMember, required, streamArnMember, streamMembers } from '../members.ts'
import { nextTokenFor, readNextToken } from '../shardsToken.ts'
import type { Stream } from '../stream.ts'
import type { Streams } from '../streams.ts'

interface Input {
  readonly StreamARN: string
  readonly NextToken?: string
  readonly MaxResults?: number
  readonly StreamCreationTimestamp?: number
  readonly StreamId?: string
}

/** What a page holds where the request does not say (Kinesis API Reference). */
const DEFAULT_PAGE = 100

/** `ListStreamConsumers`, by name. */
export const createListStreamConsumers =
  (streams: Streams): Operation<Input> =>
  (input) => {
    checkMembers([
      required(streamArnMember(input.StreamARN)),
      { path: 'nextToken', value: input.NextToken, least: 1, most: 1_048_576 },
      limitMember(input.MaxResults, 10_000, 'maxResults'),
      ...streamMembers(input.StreamId === undefined ? {} : { StreamId: input.StreamId }),
    ])
    const stream = streams.ofInputCreated(input, input.StreamCreationTimestamp)
    const after = input.NextToken === undefined ? '' : placeIn(streams, stream, input.NextToken)
    const rest = [...stream.record.consumers]
      .sort((one, other) => (one.name < other.name ? -1 : 1))
      .filter(({ name }) => name > after)
    const page = rest.slice(0, input.MaxResults ?? DEFAULT_PAGE)
    const last = page.at(-1)
    return {
      Consumers: page.map((consumer) => consumerShape(stream, consumer)),
      ...(last &&
        rest.length > page.length && { NextToken: nextTokenFor(streams, stream, last.name, undefined) }),
    }
  }

function placeIn(streams: Streams, stream: Stream, token: string): string {
  const place = readNextToken(streams, token)
  if (place.stream !== stream) throw errors.invalidArgument('Invalid NextToken.')
  return place.after
}
