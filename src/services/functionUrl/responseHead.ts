import { validateHeaderName, validateHeaderValue } from 'node:http'

/** What an HTTP response says before its body. */
export interface ResponseHead {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/** What a function says of the response; it may be anything. */
interface Metadata {
  readonly statusCode?: unknown
  readonly headers?: unknown
  readonly cookies?: unknown
}

/**
 * The head that a function asks for: lower-case names, and `contentType` where it names none. `undefined` if no response
 * can have it: a status that does not end one, a name or a value that no header can carry.
 */
export function headOf(metadata: unknown, contentType: string): ResponseHead | undefined {
  if (typeof metadata !== 'object' || metadata === null) return undefined
  const { statusCode = 200, headers, cookies } = metadata as Metadata
  const given = Object.entries(headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), String(value)] as const,
  )
  const head = {
    status: statusOf(statusCode),
    headers: [
      ...(given.some(([name]) => name === 'content-type') ? [] : [['content-type', contentType] as const]),
      ...given,
      ...(Array.isArray(cookies) ? cookies : []).map((cookie) => ['set-cookie', String(cookie)] as const),
    ],
  }
  const isList = cookies === undefined || cookies === null || Array.isArray(cookies)
  return isList && canBeSent(head) ? head : undefined
}

/** Not a number for what is none, though `Number` would make one of it. */
const statusOf = (statusCode: unknown): number =>
  typeof statusCode === 'number' || (typeof statusCode === 'string' && statusCode !== '')
    ? Number(statusCode)
    : Number.NaN

/** Whether Node can send it, as a response that ends: what begins with 1 only announces one. */
export function canBeSent({ status, headers }: ResponseHead): boolean {
  if (!Number.isInteger(status) || status < 200 || status > 999) return false
  try {
    for (const [name, value] of headers) {
      validateHeaderName(name)
      validateHeaderValue(name, value)
      if (name === 'content-length' && !/^\d+$/.test(value)) return false
    }
    return true
  } catch {
    return false
  }
}
