import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import * as errors from '../errors.ts'
import { limitMember, streamName } from '../members.ts'
import type { Streams } from '../streams.ts'

interface Input {
  readonly Limit?: number
  readonly ExclusiveStartStreamName?: string
  readonly NextToken?: string
}

const DEFAULT_LIMIT = 100

/** `ListStreams`, in the order of names. */
export const createListStreams =
  (streams: Streams): Operation<Input> =>
  (input) => {
    checkMembers([
      limitMember(input.Limit, 10_000),
      streamName(input.ExclusiveStartStreamName, 'exclusiveStartStreamName'),
      { path: 'nextToken', value: input.NextToken, least: 1, most: 1_048_576 },
    ])
    const after = input.NextToken === undefined ? input.ExclusiveStartStreamName : nameIn(input.NextToken)
    const rest = streams.all().filter(({ name }) => name > (after ?? ''))
    const page = rest.slice(0, input.Limit ?? DEFAULT_LIMIT)
    const hasMore = rest.length > page.length
    return {
      StreamNames: page.map(({ name }) => name),
      HasMoreStreams: hasMore,
      ...(hasMore && { NextToken: Buffer.from(page.at(-1)?.name ?? '').toString('base64') }),
      StreamSummaries: page.map(({ name, arn, record }) => ({
        StreamName: name,
        StreamARN: arn,
        StreamStatus: 'ACTIVE',
        StreamModeDetails: { StreamMode: record.mode },
        StreamCreationTimestamp: record.createdMs / 1_000,
      })),
    }
  }

function nameIn(token: string): string {
  const name = Buffer.from(token, 'base64').toString('utf8')
  if (/^[\w.-]{1,128}$/.test(name)) return name
  throw errors.invalidArgument('Invalid NextToken.')
}
