import path from 'node:path'

/** A line of a handler's log, taken apart. */
export interface LogText {
  /** `INFO`, `ERROR`; empty when the handler wrote the line itself. */
  readonly level: string
  readonly lines: readonly string[]
}

/** What `console` writes in a handler: time, request id, level, text. */
const CONSOLE_LINE = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t[^\t]*\t([A-Z]+)\t(.*)$/s
/** How the runtime reports an error that the handler did not catch; JSON follows. */
const UNCAUGHT = /^((?:Invoke|Init|Uncaught|Unhandled)[\w ]*?) ?\t(\{.*\})$/s
/** Frames inside Node, inside us and inside what runs us say nothing about the handler. */
const FOREIGN_FRAME =
  /^\s+at .*(?:\(?node:|[\\/]functions[\\/]executor[\\/]|[\\/]node_modules[\\/]piscina[\\/]|new Promise \(<anonymous>\))/
const MOST_STACK_LINES = 6

/** Drops what a terminal's line says already (time, request id), and opens up the runtime's error JSON. */
export function parseLogText(text: string, directory: string): LogText {
  const entry = jsonEntry(text)
  if (entry) return linesOfEntry(entry, directory)
  const [, level = '', message = text] = CONSOLE_LINE.exec(text) ?? []
  const [, title, json] = UNCAUGHT.exec(message) ?? []
  const stack = json === undefined ? undefined : stackOf(json, directory)
  if (title !== undefined && stack) return { level, lines: stack }
  return { level, lines: message.split(/\r?\n/) }
}

/** A console call in the JSON format. */
interface JsonEntry {
  readonly level: string
  readonly message: unknown
}

/** What looks like one and is none (a handler may print what it likes) stays as it is. */
function jsonEntry(text: string): JsonEntry | undefined {
  if (!text.startsWith('{"timestamp":"')) return undefined
  try {
    const entry = JSON.parse(text) as Partial<JsonEntry>
    return typeof entry.level === 'string' && 'message' in entry ? (entry as JsonEntry) : undefined
  } catch {
    return undefined
  }
}

/** An error as its stack, text as text, other values as JSON. */
function linesOfEntry({ level, message }: JsonEntry, directory: string): LogText {
  if (typeof message === 'string') return { level, lines: message.split(/\r?\n/) }
  const stack = (message as { stackTrace?: unknown } | null)?.stackTrace
  if (!Array.isArray(stack)) return { level, lines: [JSON.stringify(message)] }
  return { level, lines: shownOf(stack.map(String), directory) }
}

function stackOf(json: string, directory: string): string[] | undefined {
  try {
    const { stack } = JSON.parse(json) as { stack?: unknown }
    if (!Array.isArray(stack)) return undefined
    return shownOf(stack.map(String), directory)
  } catch {
    return undefined
  }
}

function shownOf(stack: readonly string[], directory: string): string[] {
  const own = ownLines(stack, directory)
  const shown = own.slice(0, MOST_STACK_LINES)
  return own.length > shown.length ? [...shown, `    … ${own.length - shown.length} more`] : shown
}

/** A stack trace without the frames that are not the handler's, its paths relative to `directory`. */
export const ownLines = (trace: readonly string[], directory: string): string[] =>
  trace.filter((line) => !FOREIGN_FRAME.test(line)).map((line) => shortPaths(line, directory))

/** The text with paths relative to `directory`, as people know their files. */
export const shortPaths = (text: string, directory: string): string =>
  text.replaceAll(`file://${directory}${path.sep}`, '').replaceAll(`${directory}${path.sep}`, '')
