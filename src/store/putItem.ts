import type { StoredBody } from './bodies.ts'
import { findFirst, rememberFirst } from './deduplication.ts'
import type { Ground } from './ground.ts'
import { timeInKey } from './keys.ts'
import type { Transaction } from './keyValue.ts'
import { insertItem } from './queueItems.ts'
import type { NewItem, PutResult } from './types.ts'

/** Stores an item within a transaction, unless its deduplication key is taken. */
export function putItem(ground: Ground, tx: Transaction, item: NewItem, body: StoredBody): PutResult {
  const queue = { name: item.queue, id: ground.names.give(tx, 'q', item.queue) }
  const first = findFirst(tx, queue.id, item)
  if (first) {
    tx.afterCommit(() => ground.bodies.discard([body]))
    return { kind: 'duplicate', id: first.id, sequence: first.sequence }
  }
  ground.bodies.keep(tx, body)
  const content = {
    id: item.id,
    meta: item.meta,
    group: item.group,
    body,
    enqueuedMs: item.enqueuedMs,
    claims: item.claims ?? 0,
    firstClaimedMs: item.firstClaimedMs,
  }
  const sequence = insertItem(ground, tx, queue, content, timeInKey(item.dueMs))
  rememberFirst(tx, queue.id, item, sequence)
  return { kind: 'stored', sequence }
}
