import type { JsonObject } from '../system/index.ts'
import type { StoredBody } from './bodies.ts'
import { FAR_FUTURE } from './keys.ts'

/**
 * An item as one binary value: a fixed header that a claim rewrites without looking at the rest, what the caller
 * says about the item as JSON, and the body or the name of its file.
 *
 *     0 flags (1 byte, 3 unused)   4 claims (4)   8 due   16 fence   24 first claimed   32 enqueued (8 each)
 *     40 length of the JSON (4)    44 JSON [id, meta, group?]    then the body or the file's name
 */
const FLAGS = 0
const CLAIMS = 4
const DUE = 8
const FENCE = 16
const FIRST_CLAIMED = 24
const ENQUEUED = 32
const JSON_LENGTH = 40
const HEADER_BYTES = 44

const BODY_IN_FILE = 1
const GROUPED = 2

/** What the caller says about an item, and what stays with it when it moves to another queue. */
export interface ItemContent {
  readonly id: string
  readonly meta: JsonObject
  readonly group: string | undefined
  readonly body: StoredBody
  readonly enqueuedMs: number
  readonly claims: number
  readonly firstClaimedMs: number | undefined
}

export function encodeItem(content: ItemContent, due: number): Buffer {
  const { group, body } = content
  const json = JSON.stringify(
    group === undefined ? [content.id, content.meta] : [content.id, content.meta, group],
  )
  const tail = 'inline' in body ? body.inline : Buffer.from(body.file, 'latin1')
  const jsonLength = Buffer.byteLength(json)
  const record = Buffer.allocUnsafe(HEADER_BYTES + jsonLength + tail.length)
  record.writeUInt32LE(('file' in body ? BODY_IN_FILE : 0) | (group === undefined ? 0 : GROUPED), FLAGS)
  record.writeUInt32LE(content.claims, CLAIMS)
  record.writeDoubleLE(due, DUE)
  record.writeDoubleLE(0, FENCE)
  record.writeDoubleLE(content.firstClaimedMs ?? Number.NaN, FIRST_CLAIMED)
  record.writeDoubleLE(content.enqueuedMs, ENQUEUED)
  record.writeUInt32LE(jsonLength, JSON_LENGTH)
  record.write(json, HEADER_BYTES, jsonLength, 'utf8')
  record.set(tail, HEADER_BYTES + jsonLength)
  return record
}

export const dueOf = (record: Buffer): number => record.readDoubleLE(DUE)
/** The last claim's fence; 0 when it was never claimed from this queue. */
export const fenceOf = (record: Buffer): number => record.readDoubleLE(FENCE)
export const claimsOf = (record: Buffer): number => record.readUInt32LE(CLAIMS)
export const enqueuedOf = (record: Buffer): number => record.readDoubleLE(ENQUEUED)
export const isGrouped = (record: Buffer): boolean => ((record[FLAGS] ?? 0) & GROUPED) !== 0

export function firstClaimedOf(record: Buffer): number | undefined {
  const firstMs = record.readDoubleLE(FIRST_CLAIMED)
  return Number.isNaN(firstMs) ? undefined : firstMs
}

/** A copy of the record, due at another time. */
export function withDue(record: Buffer, due: number): Buffer {
  const changed = Buffer.from(record)
  changed.writeDoubleLE(due, DUE)
  return changed
}

/** A copy of the record as the claim with this fence leaves it. */
export function withClaim(record: Buffer, claim: { due: number; fence: number; nowMs: number }): Buffer {
  const changed = withDue(record, claim.due)
  changed.writeDoubleLE(claim.fence, FENCE)
  changed.writeUInt32LE(claimsOf(record) + 1, CLAIMS)
  if (firstClaimedOf(record) === undefined) changed.writeDoubleLE(claim.nowMs, FIRST_CLAIMED)
  return changed
}

/** What the caller said about the item. */
export function describedBy(record: Buffer): { id: string; meta: JsonObject; group: string | undefined } {
  const json = record.toString('utf8', HEADER_BYTES, HEADER_BYTES + record.readUInt32LE(JSON_LENGTH))
  const [id, meta, group] = JSON.parse(json) as [string, JsonObject, string?]
  return { id, meta, group }
}

/** The record's last bytes: the body, or the name of its file. */
export function tailOf(record: Buffer): { bytes: Buffer; isFile: boolean } {
  return {
    bytes: record.subarray(HEADER_BYTES + record.readUInt32LE(JSON_LENGTH)),
    isFile: ((record[FLAGS] ?? 0) & BODY_IN_FILE) !== 0,
  }
}

/** The name of the file that holds the body, if one does. */
export function fileOf(record: Buffer): string | undefined {
  const tail = tailOf(record)
  return tail.isFile ? tail.bytes.toString('latin1') : undefined
}

/** Where the body lies, independent of the record's own bytes. */
export function storedBodyOf(record: Buffer): StoredBody {
  const tail = tailOf(record)
  return tail.isFile ? { file: tail.bytes.toString('latin1') } : { inline: Buffer.from(tail.bytes) }
}

/** A time from a record, as callers know it. */
export const timeFrom = (due: number): number => (due >= FAR_FUTURE ? Infinity : due)
