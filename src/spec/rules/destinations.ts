import { below, type Rule } from './rule.ts'

export const destinations: Rule = ({ spec, root, report }) => {
  for (const each of spec.functions) {
    for (const condition of ['onSuccess', 'onFailure'] as const) {
      if (each.destinations[condition] !== each.arn) continue
      const place = below(root, each.pointer, 'destinations', condition)
      report.problem(
        place,
        "You can't specify the function as a destination for itself.",
        'expected another function, or a queue',
      )
    }
  }
}
