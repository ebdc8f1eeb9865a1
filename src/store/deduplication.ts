import { safeName, timeInKey } from './keys.ts'
import type { Transaction } from './keyValue.ts'
import { NOTHING } from './numberValue.ts'
import { deduplicationKey, expiryIn, expiryKey, SPACE, spaceOf } from './queueKeys.ts'
import type { NewItem } from './types.ts'

/** How many ended keys each put with a key clears away: more than the one it adds, so they cannot pile up. */
const CLEARED_PER_PUT = 4

interface First {
  readonly until: number
  readonly sequence: number
  readonly id: string
}

/** The first item with the same key, also when it was settled since, as long as its key holds. */
export function findFirst(tx: Transaction, queueId: number, item: NewItem): First | undefined {
  if (!item.deduplication) return undefined
  const first = firstIn(tx.get(deduplicationKey(queueId, safeName(item.deduplication.key))))
  return first && item.enqueuedMs < first.until ? first : undefined
}

/** Remembers an item as the first with its key, and clears away a few keys that ended. */
export function rememberFirst(tx: Transaction, queueId: number, item: NewItem, sequence: number): void {
  if (!item.deduplication) return
  const { key, untilMs } = item.deduplication
  const name = safeName(key)
  const ended = firstIn(tx.get(deduplicationKey(queueId, name)))
  if (ended) tx.remove(expiryKey(queueId, timeInKey(ended.until), name))
  tx.put(deduplicationKey(queueId, name), encodeFirst({ until: untilMs, sequence, id: item.id }))
  tx.put(expiryKey(queueId, timeInKey(untilMs), name), NOTHING)

  const { start } = spaceOf(SPACE.expiry, queueId)
  const end = expiryKey(queueId, timeInKey(Math.floor(item.enqueuedMs)), '')
  for (const old of tx.keys(start, end, CLEARED_PER_PUT)) {
    tx.remove(old)
    tx.remove(deduplicationKey(queueId, expiryIn(old).name))
  }
}

function encodeFirst(first: First): Buffer {
  // As JSON for the sake of ids with lone surrogates.
  const id = Buffer.from(JSON.stringify(first.id))
  const value = Buffer.allocUnsafe(16 + id.length)
  value.writeDoubleLE(first.until, 0)
  value.writeDoubleLE(first.sequence, 8)
  value.set(id, 16)
  return value
}

function firstIn(value: Buffer | undefined): First | undefined {
  if (!value) return undefined
  return {
    until: value.readDoubleLE(0),
    sequence: value.readDoubleLE(8),
    id: JSON.parse(value.toString('utf8', 16)) as string,
  }
}
