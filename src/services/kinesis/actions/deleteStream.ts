import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import * as errors from '../errors.ts'
import { type StreamInput, streamMembers } from '../members.ts'
import type { Streams } from '../streams.ts'

interface Input extends StreamInput {
  readonly EnforceConsumerDeletion?: boolean
}

/** `DeleteStream`, with all records. The name is free at once. */
export const createDeleteStream =
  (streams: Streams): Operation<Input> =>
  async (input) => {
    checkMembers(streamMembers(input))
    const stream = streams.ofInput(input)
    if (stream.record.consumers.length > 0 && input.EnforceConsumerDeletion !== true)
      throw errors.resourceInUse(
        `Stream ${stream.name} under account ${streams.edges.identity.accountId} has registered consumers; delete them first, or set EnforceConsumerDeletion.`,
      )
    await streams.remove(stream)
  }
