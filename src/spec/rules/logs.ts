import { nodeAt, pathOf, placeAt } from '../nodes.ts'
import type { Rule } from './rule.ts'

const LEVELS = ['applicationLogLevel', 'systemLogLevel'] as const

/** Levels count with JSON only; AWS refuses them with text as well. */
export const logs: Rule = ({ spec, root, report }) => {
  const refused = new Set<string>()
  for (const { logging, pointer } of spec.functions) {
    if (logging.format === 'JSON') continue
    for (const folder of [
      [...pathOf(pointer), 'logs'],
      ['provider', 'logs', 'lambda'],
    ]) {
      for (const level of LEVELS) {
        const path = [...folder, level]
        if (nodeAt(root, path) === undefined || refused.has(path.join('/'))) continue
        refused.add(path.join('/'))
        const message = `\`${level}\` has no effect with the text format`
        report.problem(placeAt(root, path), message, 'expected `logFormat: JSON` beside it')
      }
    }
  }
}
