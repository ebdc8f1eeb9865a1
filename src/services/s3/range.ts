import * as errors from './errors.ts'

/** A part of an object: from `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** Reads a `Range` header. What is no single range of bytes is left out of account, as HTTP has it. */
export function rangeOf(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '')
  if (!header || !match || (match[1] === '' && match[2] === '')) return undefined
  const [, first = '', last = ''] = match
  if (first === '') {
    const length = Math.min(Number(last), size)
    if (length === 0) throw errors.invalidRange(header, size)
    return { start: size - length, end: size - 1 }
  }
  const start = Number(first)
  if (last !== '' && Number(last) < start) return undefined
  if (start >= size) throw errors.invalidRange(header, size)
  return { start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) }
}
