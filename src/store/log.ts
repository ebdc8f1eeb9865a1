import { withStagedBodies } from './bodies.ts'
import { applyEffects, withStagedEffects } from './effects.ts'
import type { Ground } from './ground.ts'
import {
  appendRecords,
  decodeRecord,
  fileOfRecord,
  lastKey,
  readerKey,
  recordKey,
  sequenceOfRecord,
  shardName,
} from './logRecords.ts'
import type { Transaction } from './keyValue.ts'
import { numberIn } from './numberValue.ts'
import type { Logs } from './types.ts'

/** How many records one transaction drops at most. */
const LARGEST_TRIM = 1_000

/** What a shard remembers of a reader. */
interface Reader {
  readonly owner: string
  readonly untilMs: number
  readonly fence: number
  readonly checkpoint: number
}

/** Logs: shards of records with ascending sequences, readers with leases and checkpoints. */
export function createLogs(ground: Ground): Logs {
  const { keyValue, names, numbers, bodies, signals } = ground

  return {
    append: (log, shard, records) =>
      withStagedBodies(
        bodies,
        records.map((record) => record.data),
        (staged) => keyValue.transact((tx) => appendRecords(ground, tx, { log, shard, records }, staged)),
      ),

    read(log, shard, afterSequence, limit) {
      const shardId = names.committed('s', shardName(log, shard))
      if (shardId === undefined) return []
      const start = recordKey(shardId, Math.max(0, afterSequence) + 1)
      return keyValue
        .entries(start, endOfShard(shardId), limit)
        .map(([key, value]) => decodeRecord(ground, sequenceOfRecord(key), value))
    },

    async trim(log, shard, sequence) {
      let trimmed: number
      do {
        trimmed = await keyValue.transact((tx) => {
          const shardId = names.find(tx, 's', shardName(log, shard))
          return shardId === undefined ? 0 : trimSome(ground, tx, shardId, sequence)
        })
      } while (trimmed === LARGEST_TRIM)
    },

    lease({ log, shard, reader, owner, nowMs, untilMs }) {
      return keyValue.transact((tx) => {
        const key = readerKey(names.give(tx, 's', shardName(log, shard)), reader)
        const current = readerIn(tx.get(key))
        if (current && current.owner !== owner && current.untilMs > nowMs) return undefined
        const checkpoint = current?.checkpoint ?? 0
        const fence = numbers.next(tx)
        tx.put(key, encodeReader({ owner, untilMs, fence, checkpoint }))
        return { lease: { log, shard, reader, fence }, checkpoint }
      })
    },

    checkpoint(lease, sequence, effects = []) {
      return withStagedEffects(ground, effects, async (staged) => {
        const isValid = await keyValue.transact((tx) => {
          const shardId = names.find(tx, 's', shardName(lease.log, lease.shard))
          if (shardId === undefined) return false
          const key = readerKey(shardId, lease.reader)
          const current = readerIn(tx.get(key))
          if (current?.fence !== lease.fence) return false
          applyEffects(ground, tx, staged)
          tx.put(key, encodeReader({ ...current, checkpoint: sequence }))
          return true
        })
        if (!isValid) bodies.discard(staged.bodies)
        return isValid
      })
    },

    watchLog: (log, shard, listener) => signals.listen(`log ${shardName(log, shard)}`, listener),
  }
}

/** Drops the oldest records up to `sequence`, and answers how many. */
function trimSome(ground: Ground, tx: Transaction, shardId: number, sequence: number): number {
  const last = Math.min(sequence, numberIn(tx.get(lastKey(shardId))))
  const keys = tx.keys(recordKey(shardId, 0), recordKey(shardId, Math.max(0, last) + 1), LARGEST_TRIM)
  for (const key of keys) {
    const value = tx.get(key)
    const file = value && fileOfRecord(value)
    if (file !== undefined) ground.bodies.release(tx, file)
    tx.remove(key)
  }
  return keys.length
}

const endOfShard = (shardId: number): string => recordKey(shardId, Number.MAX_SAFE_INTEGER)

// As text, a lease without an end (Infinity) would become null: times are kept as strings.
const encodeReader = (reader: Reader): Buffer =>
  Buffer.from(JSON.stringify({ ...reader, untilMs: String(reader.untilMs) }))

function readerIn(value: Buffer | undefined): Reader | undefined {
  if (!value) return undefined
  const reader = JSON.parse(value.toString()) as Omit<Reader, 'untilMs'> & { untilMs: string }
  return { ...reader, untilMs: Number(reader.untilMs) }
}
