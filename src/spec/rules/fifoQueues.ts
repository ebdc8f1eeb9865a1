import { FIFO_DEFAULTS } from '../defaults.ts'
import { entryOf, type Node, nodeAt, pathOf } from '../nodes.ts'
import { FIFO_SUFFIX } from '../resourceKinds.ts'
import type { QueueSpec } from '../types.ts'
import { below, queuePointer, type Rule, type RuleContext } from './rule.ts'

/** A queue's name says whether it is a FIFO queue; its settings must agree with that, and with each other. */
export const fifoQueues: Rule = (context) => {
  for (const queue of context.spec.queues) {
    const settings = nodeAt(context.root, pathOf(queuePointer(queue.name)))
    if (queue.fifo) checkFifo(queue, queue.fifo, settings, context)
    else checkStandard(queue, settings, context)
  }
}

function checkFifo(
  { name }: QueueSpec,
  { fifoThroughputLimit, deduplicationScope }: NonNullable<QueueSpec['fifo']>,
  settings: Node | undefined,
  { root, report }: RuleContext,
): void {
  const place = (key: string) => below(root, queuePointer(name), key)
  if (says(settings, 'false'))
    report.problem(
      place('fifo'),
      `\`${name}\` is a FIFO queue: its name ends in \`${FIFO_SUFFIX}\``,
      'expected `fifo: true`, or another name',
    )
  if (fifoThroughputLimit === 'perMessageGroupId' && deduplicationScope !== 'messageGroup')
    report.problem(
      place('fifoThroughputLimit'),
      '`perMessageGroupId` is for queues with `deduplicationScope: messageGroup` only',
      'expected `deduplicationScope: messageGroup`, or `fifoThroughputLimit: perQueue`',
    )
}

function checkStandard({ name }: QueueSpec, settings: Node | undefined, { root, report }: RuleContext): void {
  const hint = `expected the name \`${name}${FIFO_SUFFIX}\``
  if (says(settings, 'true')) {
    const message = `the name of a FIFO queue ends in \`${FIFO_SUFFIX}\``
    report.problem(below(root, queuePointer(name), 'fifo'), message, hint)
    return
  }
  for (const key of Object.keys(FIFO_DEFAULTS)) {
    const entry = entryOf(settings, key)
    if (entry) report.problem(entry.keyPlace, `\`${key}\` is for FIFO queues only`, hint)
  }
}

/** Whether `fifo` is written, as this. */
function says(settings: Node | undefined, value: 'true' | 'false'): boolean {
  const node = entryOf(settings, 'fifo')?.value
  return node?.kind === 'scalar' && String(node.value) === value
}
