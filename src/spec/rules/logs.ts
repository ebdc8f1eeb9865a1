import { nodeAt, pathOf, placeAt } from '../nodes.ts'
import type { Rule } from './rule.ts'

const LEVELS = ['applicationLogLevel', 'systemLogLevel'] as const

/**
 * Levels count with JSON only; AWS refuses them with text as well. A function that chooses text itself leaves those of the
 * provider to the others.
 */
export const logs: Rule = ({ spec, root, report }) => {
  const refused = new Set<string>()
  for (const { logging, pointer } of spec.functions) {
    if (logging.format === 'JSON') continue
    const own = [...pathOf(pointer), 'logs']
    const isChosen = nodeAt(root, [...own, 'logFormat']) !== undefined
    for (const folder of isChosen ? [own] : [own, ['provider', 'logs', 'lambda']]) {
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
