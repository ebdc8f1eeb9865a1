/** Anything that a line of an HTTP head cannot carry. */
const NEVER_IN_A_HEADER = /[^\t\u{20}-\u{7E}\u{80}-\u{FF}]/u

/**
 * The text of a header's value. Throws Node's own errors for one that cannot be sent, without loading `node:http`, which
 * costs a new thread milliseconds.
 */
export function headerText(name: string, value: unknown): string {
  if (value === undefined)
    throw coded('ERR_HTTP_INVALID_HEADER_VALUE', `Invalid value "undefined" for header "${name}"`)
  // oxlint-disable-next-line typescript/no-base-to-string -- what a header makes of an object is what Node makes of it
  const text = String(value)
  if (NEVER_IN_A_HEADER.test(text))
    throw coded('ERR_INVALID_CHAR', `Invalid character in header content ["${name}"]`)
  return text
}

const coded = (code: string, message: string): TypeError => Object.assign(new TypeError(message), { code })
