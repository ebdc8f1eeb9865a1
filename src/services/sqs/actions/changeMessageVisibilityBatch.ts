import type { Operation } from '../../operation.ts'
import { type BatchInput, type BatchOutput, entriesOf, failureOf, prepareEach } from '../batch.ts'
import * as errors from '../errors.ts'
import type { Queues } from '../queues.ts'
import { change, prepareChange, type VisibilityInput } from '../visibility.ts'

/** `ChangeMessageVisibilityBatch`: up to ten changes in one transaction. */
export const createChangeMessageVisibilityBatch =
  (queues: Queues): Operation<BatchInput<VisibilityInput>, Promise<BatchOutput<{ readonly Id: string }>>> =>
  async (input) => {
    const queue = queues.ofUrl(input.QueueUrl)
    await queues.expire(queue)
    const entries = entriesOf(input, 'ChangeMessageVisibilityBatchRequestEntry')
    const { accepted, failed } = prepareEach(entries, (entry) => prepareChange(queues, queue, entry))
    const outcomes =
      accepted.length > 0
        ? await change(
            queues,
            queue,
            accepted.map(({ value }) => value),
          )
        : []
    const isDone = (index: number): boolean => outcomes[index] === 'done'
    const late = accepted.filter((_, index) => !isDone(index))
    return {
      Successful: accepted.filter((_, index) => isDone(index)).map(({ id }) => ({ Id: id })),
      Failed: [
        ...failed,
        ...late.map(({ id, value }) => failureOf(id, errors.notAvailableForVisibilityChange(value.handle))),
      ],
    }
  }
