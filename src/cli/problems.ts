import type { Problem } from '../spec/types.ts'
import type { Colors } from './colors.ts'

/** Problems as a compiler prints them: place and message, what was expected, the lines with a marker. */
export function renderProblems(
  problems: readonly Problem[],
  colors: Colors,
  kind: 'error' | 'warning',
): string[] {
  const paint = kind === 'error' ? colors.red : colors.yellow
  return problems.flatMap((problem, index) => {
    const place = colors.bold(`${problem.file}:${problem.line}:${problem.column}`)
    const head = `${place}  ${kind === 'warning' ? `${paint('warning:')} ` : ''}${problem.message}`
    const hint = problem.hint === '' ? [] : [`  ${problem.hint}`]
    const frame =
      problem.frame === '' ? [] : problem.frame.split('\n').map((text) => paintFrame(text, paint, colors))
    return [...(index === 0 ? [] : ['']), head, ...hint, ...frame]
  })
}

function paintFrame(text: string, paint: (text: string) => string, colors: Colors): string {
  const [, before, marker] = /^(\s*\|\s*)(\^+)$/.exec(text) ?? []
  if (before !== undefined && marker !== undefined) return `${colors.dim(before)}${paint(marker)}`
  return text.startsWith('>') ? text : colors.dim(text)
}
