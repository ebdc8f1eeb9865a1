import { crc32 } from 'node:zlib'
import type { Changes } from './keyValue.ts'

/**
 * One commit in the journal:
 *
 *     0 mark   4 checksum of all that follows   8 length of the changes (4 bytes each)   12 sequence (8)
 *     20 the changes: length of the key (2), length of the value or REMOVED (4), key, value
 */
const CHECKSUM = 4
const LENGTH = 8
const SEQUENCE = 12
const HEADER_BYTES = 20

const MARK = Buffer.from('Lmb\x01', 'latin1')
const CHANGE_BYTES = 6
const REMOVED = 0xffffffff

/** The buffer to write into is kept between commits, unless one was larger than this. */
const LARGEST_KEPT_BYTES = 1_048_576

/** Writes records, one at a time: the bytes are good until the next one. */
export class RecordWriter {
  #buffer = Buffer.allocUnsafeSlow(16_384)

  encode(sequence: number, { added, changed }: Changes): Buffer {
    let length = 0
    for (const [key, value] of added) length += CHANGE_BYTES + key.length + value.length
    for (const [key, value] of changed) length += CHANGE_BYTES + key.length + (value?.length ?? 0)
    const buffer = this.#withRoomFor(HEADER_BYTES + length)
    let at = HEADER_BYTES
    for (const [key, value] of added) at = writeChange(buffer, at, key, value)
    for (const [key, value] of changed) at = writeChange(buffer, at, key, value)
    buffer.set(MARK, 0)
    buffer.writeUInt32LE(length, LENGTH)
    buffer.writeDoubleLE(sequence, SEQUENCE)
    buffer.writeUInt32LE(crc32(buffer.subarray(LENGTH, at)), CHECKSUM)
    return buffer.subarray(0, at)
  }

  #withRoomFor(bytes: number): Buffer {
    if (bytes > LARGEST_KEPT_BYTES) return Buffer.allocUnsafeSlow(bytes)
    if (bytes > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(bytes * 2)
    return this.#buffer
  }
}

/** A whole record, found in a file. */
export interface FoundRecord {
  readonly sequence: number
  /** Where it lies in its file. */
  readonly start: number
  readonly end: number
  /** Its changes, still encoded. */
  readonly content: Buffer
}

/**
 * All whole records in a file's bytes, in the order of their places. What lies between them is damaged, was not
 * written to its end, or is left from an earlier use of the file.
 */
export function* recordsIn(bytes: Buffer): Generator<FoundRecord> {
  let start = 0
  while (start !== -1) {
    const record = recordAt(bytes, start)
    if (record) yield record
    start = bytes.indexOf(MARK, record ? record.end : start + 1)
  }
}

function recordAt(bytes: Buffer, start: number): FoundRecord | undefined {
  if (start + HEADER_BYTES > bytes.length || bytes.compare(MARK, 0, 4, start, start + 4) !== 0)
    return undefined
  const end = start + HEADER_BYTES + bytes.readUInt32LE(start + LENGTH)
  if (end > bytes.length) return undefined
  if (crc32(bytes.subarray(start + LENGTH, end)) !== bytes.readUInt32LE(start + CHECKSUM)) return undefined
  const sequence = bytes.readDoubleLE(start + SEQUENCE)
  return { sequence, start, end, content: bytes.subarray(start + HEADER_BYTES, end) }
}

/** The changes of a whole record. The values share its memory. */
export function* changesIn(content: Buffer): Generator<[key: string, value: Buffer | null]> {
  let at = 0
  while (at < content.length) {
    const keyStart = at + CHANGE_BYTES
    const keyEnd = keyStart + content.readUInt16LE(at)
    const valueLength = content.readUInt32LE(at + 2)
    const isRemoved = valueLength === REMOVED
    at = keyEnd + (isRemoved ? 0 : valueLength)
    yield [content.toString('latin1', keyStart, keyEnd), isRemoved ? null : content.subarray(keyEnd, at)]
  }
}

/** Keys and most values are short: copying them here takes half the time of a call out of JavaScript. */
function writeChange(buffer: Buffer, start: number, key: string, value: Buffer | null): number {
  const keyLength = key.length
  buffer[start] = keyLength & 255
  buffer[start + 1] = keyLength >>> 8
  buffer.writeUInt32LE(value ? value.length : REMOVED, start + 2)
  const keyStart = start + CHANGE_BYTES
  for (let index = 0; index < keyLength; index++) buffer[keyStart + index] = key.charCodeAt(index)
  const end = keyStart + keyLength
  if (!value) return end
  if (value.length > 0) buffer.set(value, end)
  return end + value.length
}
