import { createHash } from 'node:crypto'

/** Later than any time a caller names; stands for `Infinity` in a key. */
export const FAR_FUTURE = Number.MAX_SAFE_INTEGER

const LOW_RANGE = 2 ** 28

export function compareKeys(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

/**
 * A key of a space (one letter), an id (up to 2^28 - 1) and one or two whole numbers up to 2^53 - 1, written as 7-bit
 * characters of fixed width: keys sort as the numbers do. Made in one piece, which takes half the time of joining.
 */
export function spaceKey(space: number, id: number, first: number, second?: number): string {
  const high = Math.floor(first / LOW_RANGE)
  const low = first % LOW_RANGE
  if (second === undefined) {
    // prettier-ignore
    return String.fromCharCode(
      space, id >>> 21, (id >>> 14) & 127, (id >>> 7) & 127, id & 127,
      high >>> 21, (high >>> 14) & 127, (high >>> 7) & 127, high & 127,
      low >>> 21, (low >>> 14) & 127, (low >>> 7) & 127, low & 127,
    )
  }
  const secondHigh = Math.floor(second / LOW_RANGE)
  const secondLow = second % LOW_RANGE
  // prettier-ignore
  return String.fromCharCode(
    space, id >>> 21, (id >>> 14) & 127, (id >>> 7) & 127, id & 127,
    high >>> 21, (high >>> 14) & 127, (high >>> 7) & 127, high & 127,
    low >>> 21, (low >>> 14) & 127, (low >>> 7) & 127, low & 127,
    secondHigh >>> 21, (secondHigh >>> 14) & 127, (secondHigh >>> 7) & 127, secondHigh & 127,
    secondLow >>> 21, (secondLow >>> 14) & 127, (secondLow >>> 7) & 127, secondLow & 127,
  )
}

/** What all keys of a space and an id begin with. */
export function spacePrefix(space: number, id: number): string {
  return String.fromCharCode(space, id >>> 21, (id >>> 14) & 127, (id >>> 7) & 127, id & 127)
}

/** The id in a key that begins with {@link spacePrefix}. */
export const idIn = (key: string): number => fourAt(key, 1)

/** How long {@link spacePrefix} is. */
export const PREFIX_LENGTH = 5

/** A number as {@link spaceKey} writes it. */
export function sortable(value: number): string {
  return spaceKey(0, 0, value).slice(PREFIX_LENGTH)
}

/** The number that {@link sortable} wrote at `offset` of a key. */
export function sortableAt(key: string, offset: number): number {
  return fourAt(key, offset) * LOW_RANGE + fourAt(key, offset + 4)
}

function fourAt(key: string, offset: number): number {
  return (
    (key.charCodeAt(offset) << 21) |
    (key.charCodeAt(offset + 1) << 14) |
    (key.charCodeAt(offset + 2) << 7) |
    key.charCodeAt(offset + 3)
  )
}

/** A time in a key: whole milliseconds, never before 1970, `Infinity` last. */
export function timeInKey(atMs: number): number {
  if (Number.isNaN(atMs)) throw new RangeError('expected a time in epoch milliseconds, got NaN')
  return atMs >= FAR_FUTURE ? FAR_FUTURE : Math.max(0, Math.ceil(atMs))
}

/**
 * Any caller's text as a part of a key that ends at a character below U+0020: itself when it is short and plain,
 * its hash otherwise. The first character keeps the two apart, so no text can pass for another's hash.
 */
export function safeName(text: string): string {
  if (text.length <= 64 && /^[\x20-\x7e]*$/.test(text)) return `=${text}`
  // UTF-16, since UTF-8 would make all lone surrogates the same.
  return `#${createHash('sha256').update(Buffer.from(text, 'utf16le')).digest('hex')}`
}

/**
 * Any text as characters up to U+00EF that sort as the text's UTF-16 units do (JavaScript's own order): a unit above
 * U+007F becomes three, like UTF-8 does it, but also for halves of surrogate pairs.
 */
export function orderedText(text: string): string {
  if (isPlain(text)) return text
  let ordered = ''
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    ordered +=
      unit < 0x80
        ? text[index]
        : String.fromCharCode(0xe0 | (unit >>> 12), 0x80 | ((unit >>> 6) & 63), 0x80 | (unit & 63))
  }
  return ordered
}

/** The text that {@link orderedText} made `ordered` from. */
export function textOf(ordered: string): string {
  if (isPlain(ordered)) return ordered
  let text = ''
  for (let index = 0; index < ordered.length; index++) {
    const first = ordered.charCodeAt(index)
    if (first < 0x80) {
      text += ordered[index]
    } else {
      const second = ordered.charCodeAt(index + 1)
      const third = ordered.charCodeAt(index + 2)
      text += String.fromCharCode(((first & 15) << 12) | ((second & 63) << 6) | (third & 63))
      index += 2
    }
  }
  return text
}

// oxlint-disable-next-line no-control-regex -- NUL is a character of a key like any other.
const isPlain = (text: string): boolean => /^[\x00-\x7f]*$/.test(text)

/** Keys that begin with `prefix` lie from it to here. */
export function endOfPrefix(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)
}
