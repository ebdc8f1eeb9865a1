import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import type { MoveTasks } from '../moveTasks.ts'

/** `CancelMessageMoveTask`: what has moved stays where it is now. */
export const createCancelMessageMoveTask =
  (tasks: MoveTasks): Operation<{ readonly TaskHandle?: string }> =>
  async ({ TaskHandle }) => {
    if (TaskHandle === undefined || TaskHandle === '') throw errors.missingParameter('TaskHandle')
    return { ApproximateNumberOfMessagesMoved: await tasks.cancel(TaskHandle) }
  }
