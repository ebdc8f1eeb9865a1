import type { Ground } from './ground.ts'
import { describedBy, dueOf, encodeItem, fenceOf, fileOf, isGrouped, type ItemContent } from './itemRecord.ts'
import { endOfPrefix } from './keys.ts'
import type { Transaction } from './keyValue.ts'
import { NOTHING, numberIn, numberValue } from './numberValue.ts'
import { groupKey, groupPrefix, itemKey, placeKey, sequenceIn, totalKey } from './queueKeys.ts'

/** A queue within a transaction: its name for those who watch, its id for the keys. */
export interface QueueAt {
  readonly name: string
  readonly id: number
}

export const signalOf = (queue: string): string => `queue ${queue}`

/** Tells the queue's watchers after the commit that its next due time may have come forward. */
export function signalDue(ground: Ground, tx: Transaction, queue: string): void {
  tx.afterCommit(() => ground.signals.tell(signalOf(queue)))
}

/** Appends an item and answers its sequence. */
export function insertItem(
  ground: Ground,
  tx: Transaction,
  queue: QueueAt,
  content: ItemContent,
  due: number,
): number {
  const sequence = ground.numbers.next(tx)
  tx.put(itemKey(queue.id, sequence), encodeItem(content, due))
  let isBehind = false
  if (content.group !== undefined) {
    const prefix = groupPrefix(queue.id, content.group)
    isBehind = firstOfGroup(tx, prefix) !== undefined
    tx.put(groupKey(prefix, sequence), NOTHING)
  }
  tx.put(placeKey(queue.id, { isClaimed: false, isBehind, due, sequence }), NOTHING)
  changeTotal(tx, queue.id, 1)
  if (!isBehind) signalDue(ground, tx, queue.name)
  return sequence
}

/**
 * Removes an item and all that points to it. The body's file stays: it may move with the item. All that is needed of
 * `record` is taken before the next read, so it need not be a copy.
 */
export function detachItem(
  ground: Ground,
  tx: Transaction,
  queue: QueueAt,
  sequence: number,
  record: Buffer,
): void {
  const due = dueOf(record)
  const isClaimed = fenceOf(record) > 0
  let isBehind = false
  if (isGrouped(record)) {
    const prefix = groupPrefix(queue.id, describedBy(record).group ?? '')
    isBehind = firstOfGroup(tx, prefix) !== sequence
    tx.remove(groupKey(prefix, sequence))
    if (!isBehind) offerFirst(ground, tx, queue, prefix)
  }
  tx.remove(placeKey(queue.id, { isClaimed, isBehind, due, sequence }))
  tx.remove(itemKey(queue.id, sequence))
  changeTotal(tx, queue.id, -1)
}

/** Removes an item for good, its body with it. `record` may be what a read just answered: see {@link detachItem}. */
export function removeItem(
  ground: Ground,
  tx: Transaction,
  queue: QueueAt,
  sequence: number,
  record: Buffer,
): void {
  const file = fileOf(record)
  if (file !== undefined) ground.bodies.release(tx, file)
  detachItem(ground, tx, queue, sequence, record)
}

/** Writes an item's changed record, and moves it to its new place. The item stays in its queue and group. */
export function replaceItem(
  tx: Transaction,
  queueId: number,
  sequence: number,
  before: { due: number; isClaimed: boolean },
  record: Buffer,
): void {
  const due = dueOf(record)
  const isBehind =
    isGrouped(record) && firstOfGroup(tx, groupPrefix(queueId, describedBy(record).group ?? '')) !== sequence
  tx.remove(placeKey(queueId, { ...before, isBehind, sequence }))
  tx.put(placeKey(queueId, { isClaimed: fenceOf(record) > 0, isBehind, due, sequence }), NOTHING)
  tx.put(itemKey(queueId, sequence), record)
}

export function changeTotal(tx: Transaction, queueId: number, by: number): void {
  const key = totalKey(queueId)
  tx.put(key, numberValue(numberIn(tx.get(key)) + by))
}

/** The first item of the group now takes the place of the one that left, where it is offered. */
function offerFirst(ground: Ground, tx: Transaction, queue: QueueAt, prefix: string): void {
  const sequence = firstOfGroup(tx, prefix)
  const record = sequence === undefined ? undefined : tx.get(itemKey(queue.id, sequence))
  if (sequence === undefined || !record) return
  const place = { isClaimed: fenceOf(record) > 0, due: dueOf(record), sequence }
  tx.remove(placeKey(queue.id, { ...place, isBehind: true }))
  tx.put(placeKey(queue.id, { ...place, isBehind: false }), NOTHING)
  signalDue(ground, tx, queue.name)
}

export function firstOfGroup(tx: Transaction, prefix: string): number | undefined {
  const key = tx.keys(prefix, endOfPrefix(prefix), 1)[0]
  return key === undefined ? undefined : sequenceIn(key)
}
