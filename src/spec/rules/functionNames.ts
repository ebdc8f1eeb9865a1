import { lineAndColumn } from '../source.ts'
import { below, type Rule } from './rule.ts'

const LONGEST_NAME = 64
const NAME = /^[a-zA-Z0-9-_]+$/

/** Names are as AWS's CreateFunction wants them, and no two functions have the same. */
export const functionNames: Rule = ({ spec, root, report }) => {
  const seen = new Map<string, string>()
  for (const { name, pointer } of spec.functions) {
    const place = below(root, pointer, 'name')
    const constraint = brokenConstraint(name)
    if (constraint !== undefined) {
      const message = `1 validation error detected: Value '${name}' at 'functionName' failed to satisfy constraint: ${constraint}`
      report.problem(place, message, 'expected at most 64 letters, digits, `-` and `_`')
    }
    const earlier = seen.get(name)
    if (earlier !== undefined) {
      const { line } = lineAndColumn(below(root, earlier, 'name'))
      report.problem(
        place,
        `two functions have the name \`${name}\``,
        `expected each name once: the first is on line ${line}`,
      )
    }
    seen.set(name, pointer)
  }
}

function brokenConstraint(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return 'Member must have length less than or equal to 64'
  return NAME.test(name) ? undefined : 'Member must satisfy regular expression pattern: [a-zA-Z0-9-_]+'
}
