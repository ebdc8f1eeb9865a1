import type { JsonObject } from '../system/index.ts'
import type { StoredBody } from './bodies.ts'
import { FAR_FUTURE } from './keys.ts'

/**
 * An item takes two binary values. The record is written once: a fixed header, what the caller says about the item
 * as JSON, and the body or the name of its file.
 *
 *     0 flags   4 claims (4 bytes each)   8 due   16 first claimed   24 enqueued (8 each)
 *     32 length of the JSON (4)   36 JSON [id, meta, group?]   then the body or the file's name
 *
 * The lease holds what claims change, from the first claim on, so that a claim need not write the body again.
 *
 *     0 flags   4 claims (4 bytes each)   8 due   16 first claimed   24 fence (8 each)
 */
const FLAGS = 0
const CLAIMS = 4
const DUE = 8
const FIRST_CLAIMED = 16
const ENQUEUED = 24
const JSON_LENGTH = 32
const HEADER_BYTES = 36

const FENCE = 24
const LEASE_BYTES = 32

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

/** What changes while an item is in a queue. */
export interface ItemState {
  readonly due: number
  readonly claims: number
  readonly firstClaimedMs: number | undefined
  /** The last claim's fence; 0 when it was never claimed from this queue. */
  readonly fence: number
  /** What its record has besides the rest; the same all its life. */
  readonly flags: number
}

export const isGrouped = (state: ItemState): boolean => (state.flags & GROUPED) !== 0
export const hasFile = (state: ItemState): boolean => (state.flags & BODY_IN_FILE) !== 0

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
  writeFirstClaimed(record, content.firstClaimedMs)
  record.writeDoubleLE(content.enqueuedMs, ENQUEUED)
  record.writeUInt32LE(jsonLength, JSON_LENGTH)
  record.write(json, HEADER_BYTES, jsonLength, 'utf8')
  record.set(tail, HEADER_BYTES + jsonLength)
  return record
}

export function encodeLease(state: ItemState): Buffer {
  const lease = Buffer.allocUnsafe(LEASE_BYTES)
  lease.writeUInt32LE(state.flags, FLAGS)
  lease.writeUInt32LE(state.claims, CLAIMS)
  lease.writeDoubleLE(state.due, DUE)
  writeFirstClaimed(lease, state.firstClaimedMs)
  lease.writeDoubleLE(state.fence, FENCE)
  return lease
}

/** The state of an item that was claimed. */
export const leasedState = (lease: Buffer): ItemState => stateIn(lease, lease.readDoubleLE(FENCE))
/** The state of an item as it was put. */
export const initialState = (record: Buffer): ItemState => stateIn(record, 0)

export const enqueuedOf = (record: Buffer): number => record.readDoubleLE(ENQUEUED)

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

function stateIn(value: Buffer, fence: number): ItemState {
  const firstMs = value.readDoubleLE(FIRST_CLAIMED)
  return {
    due: value.readDoubleLE(DUE),
    claims: value.readUInt32LE(CLAIMS),
    firstClaimedMs: Number.isNaN(firstMs) ? undefined : firstMs,
    fence,
    flags: value[FLAGS] ?? 0,
  }
}

function writeFirstClaimed(value: Buffer, firstClaimedMs: number | undefined): void {
  value.writeDoubleLE(firstClaimedMs ?? Number.NaN, FIRST_CLAIMED)
}
