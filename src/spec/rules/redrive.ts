import { below, queuePointer, type Rule } from './rule.ts'

export const redrive: Rule = ({ spec, root, report }) => {
  for (const { name, arn, redrive } of spec.queues) {
    if (redrive?.deadLetterArn !== arn) continue
    const place = below(root, queuePointer(name), 'redrive', 'queue')
    report.problem(
      place,
      `the queue \`${name}\` cannot be its own dead-letter queue`,
      'expected another queue',
    )
  }
}
