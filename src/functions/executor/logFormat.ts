import { format } from 'node:util'
import { asError, RuntimeError } from './errors.ts'

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const

/** How console calls become lines (invocation reference, section 3.5). */
export interface LogFormat {
  /** Whether a level is written at all. */
  writes(level: string): boolean
  /** A console call's line, with time, request and level. */
  line(level: string, requestId: string, values: readonly unknown[]): string
  /** The line of an error that the runtime itself reports; `text` is how plain lines show it. */
  errorLine(requestId: string, text: string, error: unknown): string
}

/** By the variables that Lambda sets: levels count with JSON only. */
export function logFormatOf(variables: NodeJS.ProcessEnv): LogFormat {
  if (variables['AWS_LAMBDA_LOG_FORMAT']?.toUpperCase() !== 'JSON') return TEXT
  const level = variables['AWS_LAMBDA_LOG_LEVEL']?.toUpperCase() ?? 'TRACE'
  const lowest = LEVELS.findIndex((each) => each === level)
  const written = new Set<string>(LEVELS.slice(Math.max(0, lowest)))
  return { ...JSON_LINES, writes: (each) => written.has(each) }
}

const now = (): string => new Date().toISOString()

const TEXT: LogFormat = {
  writes: () => true,
  line: (level, requestId, values) => `${now()}\t${requestId}\t${level}\t${format(...values)}`,
  errorLine: (requestId, text) => `${now()}\t${requestId}\tERROR\t${text}`,
}

const JSON_LINES: LogFormat = {
  writes: () => true,
  line: (level, requestId, values) => jsonLine({ timestamp: now(), level, ...named(requestId) }, values),
  errorLine: (requestId, _text, error) =>
    jsonLine({ timestamp: now(), level: 'ERROR', ...named(requestId) }, [asError(error)]),
}

/** Outside of requests the older runtime has no id; text says `undefined`, JSON nothing. */
const named = (requestId: string): object => (requestId === 'undefined' ? {} : { requestId })

/** One value stays what it is; several become text, and the first error among them fields of the line. */
function jsonLine(head: object, values: readonly unknown[]): string {
  if (values.length !== 1) {
    const error = values.find((value) => value instanceof Error)
    return JSON.stringify({ ...head, message: format(...values), ...(error ? fieldsOf(error) : {}) })
  }
  const [message] = values
  try {
    return JSON.stringify({ ...head, message }, (_key, value: unknown) =>
      value instanceof Error ? Object.assign(fieldsOf(value), value) : value,
    )
  } catch {
    return JSON.stringify({ ...head, message: format(message) })
  }
}

function fieldsOf(error: Error): { errorType: string; errorMessage: string; stackTrace: string[] } {
  const { message, stack } = error
  return {
    errorType: classOf(error),
    errorMessage: message,
    stackTrace: typeof stack === 'string' ? stack.split('\n') : [],
  }
}

/** Lines in JSON name an error by its class, whatever its `name` says; answers go by the name. */
function classOf(error: Error): string {
  if (error instanceof RuntimeError) return error.kind
  const { constructor } = error as { constructor?: { name?: string } }
  return constructor?.name ?? 'UnknownError'
}
