import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import type { MoveTasks } from '../moveTasks.ts'
import type { Queues } from '../queues.ts'

interface Input {
  readonly SourceArn?: string
  readonly DestinationArn?: string
  readonly MaxNumberOfMessagesPerSecond?: number
}

const fastestPerSecond = 500

/** `StartMessageMoveTask`: answered at once; the messages move behind it. */
export const createStartMessageMoveTask =
  (queues: Queues, tasks: MoveTasks): Operation<Input> =>
  async ({ SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond: perSecond }) => {
    const source = queueOfArn(queues, SourceArn, 'SourceArn')
    const destination =
      DestinationArn === undefined ? undefined : queueOfArn(queues, DestinationArn, 'DestinationArn')
    if (perSecond !== undefined && !(perSecond >= 1 && perSecond <= fastestPerSecond))
      throw errors.invalidValue(
        perSecond,
        'MaxNumberOfMessagesPerSecond',
        `Must be between 1 and ${fastestPerSecond}, if provided.`,
      )
    const { task } = await tasks.start({ source, destination, perSecond })
    return { TaskHandle: task.handle }
  }

/** The queue that an ARN names; throws AWS's errors. */
export function queueOfArn(queues: Queues, arn: string | undefined, parameter: string) {
  if (arn === undefined || arn === '') throw errors.missingParameter(parameter)
  const queue = queues.byArn(arn)
  if (queue) return queue
  throw errors.resourceNotFound(
    `The resource that you specified for the ${parameter} parameter doesn't exist.`,
  )
}
