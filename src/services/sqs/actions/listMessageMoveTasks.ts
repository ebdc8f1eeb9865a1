import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import type { MoveTasks } from '../moveTasks.ts'
import type { Queues } from '../queues.ts'
import { queueOfArn } from './startMessageMoveTask.ts'

interface Input {
  readonly SourceArn?: string
  readonly MaxResults?: number
}

const mostResults = 10

/** `ListMessageMoveTasks`: the latest tasks of a dead-letter queue, newest first, one unless asked for more. */
export const createListMessageMoveTasks =
  (queues: Queues, tasks: MoveTasks): Operation<Input> =>
  ({ SourceArn, MaxResults = 1 }) => {
    const source = queueOfArn(queues, SourceArn, 'SourceArn')
    if (!(MaxResults >= 1 && MaxResults <= mostResults))
      throw errors.invalidValue(
        MaxResults,
        'MaxResults',
        `Must be between 1 and ${mostResults}, if provided.`,
      )
    return {
      Results: tasks
        .of(source)
        .slice(0, MaxResults)
        .map((task) => ({
          // A handle is for cancelling, so only what runs has one.
          ...(task.status === 'RUNNING' && { TaskHandle: task.handle }),
          Status: task.status,
          SourceArn: task.sourceArn,
          ...(task.destinationArn !== undefined && { DestinationArn: task.destinationArn }),
          ...(task.perSecond !== undefined && { MaxNumberOfMessagesPerSecond: task.perSecond }),
          ApproximateNumberOfMessagesMoved: task.moved,
          ApproximateNumberOfMessagesToMove: task.toMove,
          ...(task.failureReason !== undefined && { FailureReason: task.failureReason }),
          StartedTimestamp: task.startedMs,
        })),
    }
  }
