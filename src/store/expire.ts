import type { Ground } from './ground.ts'
import { enqueuedOf } from './itemRecord.ts'
import type { Transaction } from './keyValue.ts'
import { type QueueAt, removeItem, stateOf } from './queueItems.ts'
import { itemKey, sequenceIn, SPACE, spaceOf } from './queueKeys.ts'

/** How many items one transaction removes at most. */
const CHUNK = 1_000

/**
 * Removes a queue's first items, claimed or not, up to one that is not too old; answers when that one was enqueued, or
 * `undefined` when the queue is empty.
 */
export async function expireOldest(
  ground: Ground,
  queue: string,
  beforeMs: number,
): Promise<number | undefined> {
  for (;;) {
    const pass = await ground.keyValue.transact((tx) => {
      const id = ground.names.find(tx, 'q', queue)
      return id === undefined
        ? { oldestMs: undefined, isUnfinished: false }
        : expireSome(ground, tx, { name: queue, id }, beforeMs)
    })
    if (!pass.isUnfinished) return pass.oldestMs
  }
}

function expireSome(
  ground: Ground,
  tx: Transaction,
  queue: QueueAt,
  beforeMs: number,
): { oldestMs: number | undefined; isUnfinished: boolean } {
  const { end } = spaceOf(SPACE.item, queue.id)
  for (let removed = 0; removed < CHUNK; removed++) {
    const [key] = tx.keys(itemKey(queue.id, 0), end, 1)
    const record = key === undefined ? undefined : tx.get(key)
    if (key === undefined || !record) return { oldestMs: undefined, isUnfinished: false }
    const enqueuedMs = enqueuedOf(record)
    if (enqueuedMs >= beforeMs) return { oldestMs: enqueuedMs, isUnfinished: false }
    const sequence = sequenceIn(key)
    const state = stateOf(tx, queue.id, sequence)
    if (state) removeItem(ground, tx, queue, sequence, state)
  }
  return { oldestMs: undefined, isUnfinished: true }
}
