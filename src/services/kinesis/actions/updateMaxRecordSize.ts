import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import { recordSizeMember, required, type StreamInput, streamMembers } from '../members.ts'
import type { Streams } from '../streams.ts'

/** `UpdateMaxRecordSize`. */
export const createUpdateMaxRecordSize =
  (streams: Streams): Operation<StreamInput & { readonly MaxRecordSizeInKiB: number }> =>
  async (input) => {
    checkMembers([...streamMembers(input), required(recordSizeMember(input.MaxRecordSizeInKiB))])
    await streams.change(streams.ofInput(input), { maximumRecordKiB: input.MaxRecordSizeInKiB })
  }
