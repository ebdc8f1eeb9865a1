import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import * as errors from '../errors.ts'
import { required, type StreamInput, streamMembers } from '../members.ts'
import type { Streams } from '../streams.ts'

interface Input extends StreamInput {
  readonly EncryptionType: string
  readonly KeyId: string
}

/** `StartStreamEncryption`, `StopStreamEncryption`: kept and shown; nothing is encrypted on a machine with one owner. */
export const createStreamEncryption =
  (streams: Streams, isOn: boolean): Operation<Input> =>
  async (input) => {
    checkMembers([
      ...streamMembers(input),
      required({ path: 'encryptionType', value: input.EncryptionType, oneOf: ['NONE', 'KMS'] }),
      required({ path: 'keyId', value: input.KeyId, least: 1, most: 2_048 }),
    ])
    const stream = streams.ofInput(input)
    if (input.EncryptionType !== 'KMS') throw errors.invalidArgument('The only valid EncryptionType is KMS.')
    await streams.change(stream, { keyId: isOn ? input.KeyId : undefined })
  }
