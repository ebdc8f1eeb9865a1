import { withStagedBodies } from './bodies.ts'
import { applyEffects, withStagedEffects } from './effects.ts'
import type { Ground } from './ground.ts'
import { endOfPrefix } from './keys.ts'
import {
  appendRecords,
  decodeRecord,
  fileOfRecord,
  lastKey,
  readerKey,
  readersKey,
  recordKey,
  sequenceOfRecord,
  shardName,
} from './logRecords.ts'
import type { Transaction } from './keyValue.ts'
import { numberIn } from './numberValue.ts'
import type { LogRecord, Logs } from './types.ts'

/** How many records one transaction drops at most. */
const LARGEST_TRIM = 1_000
/** How many records are read at once where their bytes count. */
const LARGEST_SLICE = 64

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

  async function trim(log: string, shard: string, sequence: number): Promise<void> {
    let trimmed: number
    do {
      trimmed = await keyValue.transact((tx) => {
        const shardId = names.find(tx, 's', shardName(log, shard))
        return shardId === undefined ? 0 : trimSome(ground, tx, shardId, sequence)
      })
    } while (trimmed === LARGEST_TRIM)
  }

  return {
    append: (log, shard, records) =>
      withStagedBodies(
        bodies,
        records.map((record) => record.data),
        (staged) => keyValue.transact((tx) => appendRecords(ground, tx, { log, shard, records }, staged)),
      ),

    read(log, shard, afterSequence, limit, mostBytes = Infinity) {
      const shardId = names.committed('s', shardName(log, shard))
      return shardId === undefined ? [] : readShard(ground, shardId, { afterSequence, limit, mostBytes })
    },

    lastSequence(log, shard) {
      const shardId = names.committed('s', shardName(log, shard))
      return shardId === undefined ? 0 : numberIn(keyValue.get(lastKey(shardId)))
    },

    trim,

    async removeShard(log, shard) {
      await trim(log, shard, Infinity)
      await keyValue.transact((tx) => {
        const shardId = names.find(tx, 's', shardName(log, shard))
        if (shardId === undefined) return
        const start = readersKey(shardId)
        for (const key of tx.keys(start, endOfPrefix(start), Infinity)) tx.remove(key)
      })
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

function readShard(
  ground: Ground,
  shardId: number,
  { afterSequence, limit, mostBytes }: { afterSequence: number; limit: number; mostBytes: number },
): LogRecord[] {
  const found: LogRecord[] = []
  let bytes = 0
  let last = Math.max(0, afterSequence)
  // Where bytes count, records are read in slices: those that find no room should not be read in vain.
  const slice = mostBytes === Infinity ? limit : LARGEST_SLICE
  while (found.length < limit) {
    const asked = Math.min(slice, limit - found.length)
    const entries = ground.keyValue.entries(recordKey(shardId, last + 1), endOfShard(shardId), asked)
    for (const [key, value] of entries) {
      last = sequenceOfRecord(key)
      const record = decodeRecord(ground, last, value)
      bytes += record.data.length
      if (bytes > mostBytes && found.length > 0) return found
      found.push(record)
    }
    if (entries.length < asked) break
  }
  return found
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
