import { isUtf8 } from 'node:buffer'

/**
 * Checks that bytes are one JSON value, without building it: a payload of megabytes is looked at once and leaves
 * nothing behind. Answers what is wrong and where, in the manner of AWS's own parser, or `undefined`.
 */
export function findJsonFault(bytes: Uint8Array): string | undefined {
  const end = scanValue(bytes)
  if (end < 0) return describeFault(bytes, -end - 1)
  const rest = skipSpace(bytes, end)
  if (rest < bytes.length) return describeFault(bytes, rest)
  return isUtf8(bytes) ? undefined : 'Invalid UTF-8'
}

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/** A fault at an offset travels as a negative number: no object per scan, and 0 stays an offset. */
const faultAt = (offset: number): number => -offset - 1

/** Scans one value from the first character that is not space; answers where it ends. */
function scanValue(bytes: Uint8Array): number {
  // What each open container is closed with.
  const closers: number[] = []
  let at = skipSpace(bytes, 0)
  for (;;) {
    // A value starts here. Containers that open go onto the stack until something complete has been read.
    const first = bytes[at]
    if (first === openBrace || first === openBracket) {
      const closer = first === openBrace ? closeBrace : closeBracket
      at = skipSpace(bytes, at + 1)
      if (bytes[at] !== closer) {
        closers.push(closer)
        if (closer === closeBrace) at = scanKey(bytes, at)
        if (at < 0) return at
        continue
      }
      at++
    } else {
      at = scanScalar(bytes, at)
      if (at < 0) return at
    }

    // A value ended here: close what ends with it, or go on to the next member.
    for (;;) {
      const closer = closers.at(-1)
      if (closer === undefined) return at
      at = skipSpace(bytes, at)
      const next = bytes[at]
      if (next === closer) {
        closers.pop()
        at++
      } else if (next === comma) {
        at = skipSpace(bytes, at + 1)
        if (closer === closeBrace) at = scanKey(bytes, at)
        if (at < 0) return at
        break
      } else return faultAt(at)
    }
  }
}

/** `"key" :` and the space around it. */
function scanKey(bytes: Uint8Array, start: number): number {
  if (bytes[start] !== quote) return faultAt(start)
  let at = scanString(bytes, start)
  if (at < 0) return at
  at = skipSpace(bytes, at)
  return bytes[at] === colon ? skipSpace(bytes, at + 1) : faultAt(at)
}

function scanScalar(bytes: Uint8Array, at: number): number {
  switch (bytes[at]) {
    case quote:
      return scanString(bytes, at)
    case 0x74:
      return scanWord(bytes, at, 'true')
    case 0x66:
      return scanWord(bytes, at, 'false')
    case 0x6e:
      return scanWord(bytes, at, 'null')
    default:
      return scanNumber(bytes, at)
  }
}

function scanString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    const character = bytes[at] as number
    if (character === quote) return at + 1
    if (character < 0x20) return faultAt(at)
    if (character !== backslash) continue
    const escaped = bytes[++at]
    if (escaped === 0x75) {
      for (let digit = 0; digit < 4; digit++) if (!isHex(bytes[++at])) return faultAt(at)
    } else if (!isSimpleEscape(escaped)) return faultAt(at)
  }
  return faultAt(bytes.length)
}

function scanWord(bytes: Uint8Array, at: number, word: string): number {
  for (let index = 0; index < word.length; index++)
    if (bytes[at + index] !== word.charCodeAt(index)) return faultAt(at)
  return at + word.length
}

function scanNumber(bytes: Uint8Array, start: number): number {
  let at = bytes[start] === 0x2d ? start + 1 : start
  if (!isDigit(bytes[at])) return faultAt(at)
  at = bytes[at] === 0x30 ? at + 1 : skipDigits(bytes, at)
  if (bytes[at] === 0x2e) {
    if (!isDigit(bytes[at + 1])) return faultAt(at + 1)
    at = skipDigits(bytes, at + 1)
  }
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    at++
    if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++
    if (!isDigit(bytes[at])) return faultAt(at)
    at = skipDigits(bytes, at)
  }
  return at
}

function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++
  return at
}

function skipDigits(bytes: Uint8Array, start: number): number {
  let at = start
  while (isDigit(bytes[at])) at++
  return at
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39

const isHex = (byte: number | undefined): boolean =>
  isDigit(byte) || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)

/** `" \ / b f n r t` */
const isSimpleEscape = (byte: number | undefined): boolean =>
  byte !== undefined && '"\\/bfnrt'.includes(String.fromCharCode(byte))

// ---- what went wrong ---------------------------------------------------------------------------------------------

const expected =
  "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"

function describeFault(bytes: Uint8Array, offset: number): string {
  const what =
    offset >= bytes.length
      ? 'Unexpected end-of-input'
      : `Unexpected character (${name(bytes, offset)}): ${expected}`
  return `${what}\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); ${place(bytes, offset)}]`
}

function name(bytes: Uint8Array, offset: number): string {
  const code =
    Buffer.from(bytes.subarray(offset, offset + 4))
      .toString('utf8')
      .codePointAt(0) ?? 0
  const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0)
  return isControl ? `(CTRL-CHAR, code ${code})` : `'${String.fromCodePoint(code)}' (code ${code})`
}

function place(bytes: Uint8Array, offset: number): string {
  const before = Buffer.from(bytes.subarray(0, offset)).toString('utf8')
  const lines = before.split('\n')
  return `line: ${lines.length}, column: ${(lines.at(-1) ?? '').length + 1}`
}
