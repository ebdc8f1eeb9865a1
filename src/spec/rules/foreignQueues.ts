import { areQueuesForeign } from '../foreign.ts'
import { nodeAt } from '../nodes.ts'
import { below, queuePointer, type Rule } from './rule.ts'

/** Nothing is created or changed at a foreign SQS: settings that say how a queue should be have no effect there. */
export const foreignQueues: Rule = ({ spec, root, report }) => {
  if (!areQueuesForeign(spec)) return
  for (const { name, isDeclared } of spec.queues) {
    const node = nodeAt(root, ['resources', 'queues', name])
    if (!isDeclared || node?.kind !== 'map' || node.entries.length === 0) continue
    report.warning(
      below(root, queuePointer(name)),
      `the settings of \`${name}\` are not applied: it is a queue of \`endpoints.sqs\`, which has its own`,
      'nothing is created or changed there; with `sqs: embedded` they hold',
    )
  }
}
