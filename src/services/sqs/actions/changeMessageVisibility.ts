import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import type { Queues } from '../queues.ts'
import { change, prepareChange, type VisibilityInput } from '../visibility.ts'

interface Input extends VisibilityInput {
  readonly QueueUrl?: string
}

/** `ChangeMessageVisibility`: of a message that is in flight; 0 gives it back at once. */
export const createChangeMessageVisibility =
  (queues: Queues): Operation<Input> =>
  async (input) => {
    const queue = queues.ofUrl(input.QueueUrl)
    await queues.expire(queue)
    const wanted = prepareChange(queues, queue, input)
    const [outcome] = await change(queues, queue, [wanted])
    if (outcome !== 'done') throw errors.notAvailableForVisibilityChange(wanted.handle)
  }
