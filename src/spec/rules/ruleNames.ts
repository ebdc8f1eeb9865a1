import { lineAndColumn } from '../source.ts'
import { below, type Rule } from './rule.ts'

/** Events that are rules on a bus. */
const RULE_EVENTS = new Set(['eventBridge', 'cloudwatchEvent', 'schedule'])

/** Two rules of a bus cannot have one name: the second would take the place of the first. */
export const ruleNames: Rule = ({ spec, root, report }) => {
  const seen = new Map<string, string>()
  for (const { source, config, pointer } of spec.functions.flatMap(({ events }) => events)) {
    const { name, eventBus = 'default' } = config
    if (!RULE_EVENTS.has(source) || typeof name !== 'string') continue
    const key = `${String(eventBus).split('/').at(-1)} ${name}`
    const earlier = seen.get(key)
    if (earlier !== undefined) {
      const { line } = lineAndColumn(below(root, earlier, 'name'))
      report.problem(
        below(root, pointer, 'name'),
        `two rules have the name \`${name}\``,
        `expected each name once on a bus: the first is on line ${line}`,
      )
    }
    seen.set(key, pointer)
  }
}
