import type { JsonObject } from '../system/index.ts'
import type { StoredBody } from './bodies.ts'
import type { Ground } from './ground.ts'
import { PREFIX_LENGTH, safeName, sortableAt, spaceKey, spacePrefix } from './keys.ts'
import type { Transaction } from './keyValue.ts'
import { numberIn, numberValue } from './numberValue.ts'
import type { LogRecord, NewRecord } from './types.ts'

/**
 * The keys of a shard. Each begins with a letter for the kind and the shard's id.
 *
 *     r <id> <sequence>   a record
 *     s <id>              the sequence given last, which outlives trimming
 *     y <id> <reader>     a reader's lease and checkpoint
 */
const RECORD = 114
const LAST = 115
const READER = 121

export const recordKey = (shardId: number, sequence: number): string => spaceKey(RECORD, shardId, sequence)
export const lastKey = (shardId: number): string => spacePrefix(LAST, shardId)
/** What all keys of a shard's readers begin with. */
export const readersKey = (shardId: number): string => spacePrefix(READER, shardId)
export const readerKey = (shardId: number, reader: string): string => readersKey(shardId) + safeName(reader)
export const sequenceOfRecord = (key: string): number => sortableAt(key, PREFIX_LENGTH)

/** One name for a shard of a log; JSON keeps any two pairs apart. */
export const shardName = (log: string, shard: string): string => JSON.stringify([log, shard])

/** What a record's value begins with: is the data in a file (4 bytes), when (8), the length of the JSON (4). */
const HEADER_BYTES = 16

/** Appends records within a transaction and answers their sequences. */
export function appendRecords(
  ground: Ground,
  tx: Transaction,
  to: { log: string; shard: string; records: readonly NewRecord[] },
  bodies: readonly StoredBody[],
): number[] {
  if (to.records.length === 0) return []
  const name = shardName(to.log, to.shard)
  const shardId = ground.names.give(tx, 's', name)
  let sequence = numberIn(tx.get(lastKey(shardId)))
  const sequences = to.records.map((record, index) => {
    const body = bodies[index]!
    ground.bodies.keep(tx, body)
    tx.put(recordKey(shardId, ++sequence), encodeRecord(record, body))
    return sequence
  })
  tx.put(lastKey(shardId), numberValue(sequence))
  tx.afterCommit(() => ground.signals.tell(`log ${name}`))
  return sequences
}

/** A record as callers see it; shares no memory with the stored value. */
export function decodeRecord(ground: Ground, sequence: number, value: Buffer): LogRecord {
  const jsonEnd = HEADER_BYTES + value.readUInt32LE(12)
  const [key, meta] = JSON.parse(value.toString('utf8', HEADER_BYTES, jsonEnd)) as [string, JsonObject?]
  const data = ground.bodies.read(value.subarray(jsonEnd), value[0] === 1)
  const record = { sequence, key, data, atMs: value.readDoubleLE(4) }
  return meta === undefined ? record : { ...record, meta }
}

/** The file that holds a record's data, if one does. */
export function fileOfRecord(value: Buffer): string | undefined {
  return value[0] === 1 ? value.toString('latin1', HEADER_BYTES + value.readUInt32LE(12)) : undefined
}

function encodeRecord(record: NewRecord, body: StoredBody): Buffer {
  const json = JSON.stringify(record.meta === undefined ? [record.key] : [record.key, record.meta])
  const jsonLength = Buffer.byteLength(json)
  const tail = 'inline' in body ? body.inline : Buffer.from(body.file, 'latin1')
  const value = Buffer.allocUnsafe(HEADER_BYTES + jsonLength + tail.length)
  value.writeUInt32LE('file' in body ? 1 : 0, 0)
  value.writeDoubleLE(record.atMs, 4)
  value.writeUInt32LE(jsonLength, 12)
  value.write(json, HEADER_BYTES, jsonLength, 'utf8')
  value.set(tail, HEADER_BYTES + jsonLength)
  return value
}
