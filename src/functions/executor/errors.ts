import { types } from 'node:util'
import type { ErrorPayload } from '../payloads.ts'

/** Errors that the runtime itself raises. `name` is the `errorType` people see. */
export class RuntimeError extends Error {
  /** Without what tells that it is the runtime's. (A getter: the log shows an error's own properties, and this is none.) */
  readonly #kind: string

  constructor(kind: string, message: string) {
    super(message)
    this.#kind = kind
    // Not enumerable: the log shows an error's own properties, and this is none.
    Object.defineProperty(this, 'name', { value: `Runtime.${kind}`, configurable: true, writable: true })
    // The name came too late for the first line of the stack.
    this.stack = `${this.name}: ${message}\n${(this.stack ?? '').split('\n').slice(message.split('\n').length).join('\n')}`
  }

  get kind(): string {
    return this.#kind
  }
}

/** The answer that a thrown value becomes. DEL is escaped, as AWS's runtime does it. */
export function payloadOfError(error: unknown): ErrorPayload {
  try {
    if (types.isNativeError(error) || looksLikeError(error)) {
      return {
        errorType: withoutDel(error.name),
        errorMessage: withoutDel(error.message),
        trace: withoutDel(error.stack ?? '').split('\n'),
      }
    }
    return { errorType: typeof error, errorMessage: String(error), trace: [] }
  } catch {
    return {
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
    }
  }
}

/** How an error stands in the log: a tab, then JSON with the error's own properties. */
export function logTextOfError(error: unknown): string {
  try {
    return `\t${JSON.stringify(asError(error), (_key, value: unknown) => (value instanceof Error ? openUp(value) : value))}`
  } catch {
    return `\t${JSON.stringify(payloadOfError(error))}`
  }
}

/** Whatever was thrown, as an error; some things cannot even be made text. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown
  try {
    return new Error(String(thrown))
  } catch {
    return new Error(typeof thrown)
  }
}

function openUp(error: Error): object {
  const code = (error as { code?: unknown }).code
  const { name: errorType, message: errorMessage, stack } = error
  const lines = typeof stack === 'string' ? { stack: stack.split('\n') } : {}
  return Object.assign({ errorType, errorMessage, code }, error, lines)
}

/** Errors from another realm, or made by hand. */
function looksLikeError(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false
  const { name, message, stack } = value as Partial<Error>
  return Boolean(name && message && stack) && typeof name === 'string' && typeof message === 'string'
}

const withoutDel = (text: string): string => text.replaceAll('\u{7F}', '%7F')
