import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The lines around the first place of a stack trace that lies in the project, with a marker under it; or nothing. */
export function frameOfTrace(trace: readonly string[], directory: string): string {
  for (const line of trace) {
    const [, place, lineNumber, column] =
      /((?:file:\/\/)?\/[^()\n]*?|[A-Za-z]:\\[^()\n]*?):(\d+)(?::(\d+))?\)?$/.exec(line) ?? []
    if (place === undefined) continue
    const file = place.startsWith('file:') ? fileURLToPath(place) : place
    const isOwn = file.startsWith(directory) && !file.includes('node_modules') && existsSync(file)
    if (isOwn) return codeFrame(file, Number(lineNumber), Number(column ?? 1))
  }
  return ''
}

/** Two lines before, one after. */
function codeFrame(file: string, line: number, column: number): string {
  const lines = readFileSync(file, 'utf8').split('\n')
  const first = Math.max(1, line - 2)
  const shown = lines.slice(first - 1, line + 1)
  const width = String(line + 1).length
  const numbered = shown.map((text, index) => `${String(first + index).padStart(width)} | ${text}`)
  numbered.splice(line - first + 1, 0, `${' '.repeat(width)} | ${' '.repeat(Math.max(0, column - 1))}^`)
  return [`${file}:${line}:${column}`, ...numbered].join('\n')
}
