import { FIFO_SUFFIX } from '../resourceKinds.ts'
import { below, queuePointer, type Rule } from './rule.ts'

/** A dead-letter queue is another queue of the same type. */
export const redrive: Rule = ({ spec, root, report }) => {
  for (const { name, arn, fifo, redrive } of spec.queues) {
    if (!redrive) continue
    const place = below(root, queuePointer(name), 'redrive', 'queue')
    if (redrive.deadLetterArn === arn)
      report.problem(
        place,
        `the queue \`${name}\` cannot be its own dead-letter queue`,
        'expected another queue',
      )
    else if (redrive.deadLetterArn.endsWith(FIFO_SUFFIX) !== (fifo !== null))
      report.problem(
        place,
        'Dead-letter queue must be same type of queue as the source.',
        fifo ? `expected a FIFO queue, whose name ends in \`${FIFO_SUFFIX}\`` : 'expected a standard queue',
      )
  }
}
