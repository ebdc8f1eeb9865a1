import type { Ground } from './ground.ts'
import {
  describedBy,
  encodeItem,
  encodeLease,
  fileOf,
  hasFile,
  initialState,
  isGrouped,
  type ItemContent,
  type ItemState,
  leasedState,
} from './itemRecord.ts'
import { endOfPrefix } from './keys.ts'
import type { Reader, Transaction } from './keyValue.ts'
import { NOTHING, numberIn, numberValue } from './numberValue.ts'
import { groupKey, groupPrefix, itemKey, leaseKey, placeKey, sequenceIn, totalKey } from './queueKeys.ts'

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
  tx.insert(itemKey(queue.id, sequence), encodeItem(content, due))
  let isBehind = false
  if (content.group !== undefined) {
    const prefix = groupPrefix(queue.id, content.group)
    isBehind = firstOfGroup(tx, prefix, 1).length > 0
    tx.insert(groupKey(prefix, sequence), NOTHING)
  }
  tx.insert(placeKey(queue.id, { isClaimed: false, isBehind, due, sequence }), NOTHING)
  changeTotal(tx, queue.id, 1)
  if (!isBehind) signalDue(ground, tx, queue.name)
  return sequence
}

/** An item's state, or `undefined` when it is not in the queue (any more). */
export function stateOf(reader: Reader, queueId: number, sequence: number): ItemState | undefined {
  const lease = reader.get(leaseKey(queueId, sequence))
  return lease ? leasedState(lease) : heldItem(reader, queueId, sequence, false)?.state
}

/** A record, good until the next read, and the item's state. */
export interface HeldItem {
  readonly record: Buffer
  readonly state: ItemState
}

/** An item, if it is in the queue. An `isClaimed` of `false` says that it never was, which saves a look. */
export function heldItem(
  reader: Reader,
  queueId: number,
  sequence: number,
  isClaimed = true,
): HeldItem | undefined {
  const lease = isClaimed ? reader.get(leaseKey(queueId, sequence)) : undefined
  const leased = lease && leasedState(lease)
  const record = reader.get(itemKey(queueId, sequence))
  return record && { record, state: leased ?? initialState(record) }
}

/** Removes an item and all that points to it. The body's file stays: it may move with the item. */
export function detachItem(
  ground: Ground,
  tx: Transaction,
  queue: QueueAt,
  sequence: number,
  state: ItemState,
): void {
  const isClaimed = state.fence > 0
  const prefix = prefixOf(tx, queue.id, sequence, state)
  let isBehind = false
  if (prefix !== undefined) {
    const [first, second] = firstOfGroup(tx, prefix, 2)
    isBehind = first !== sequence
    tx.remove(groupKey(prefix, sequence))
    if (!isBehind && second !== undefined) offerNext(ground, tx, queue, second)
  }
  tx.remove(placeKey(queue.id, { isClaimed, isBehind, due: state.due, sequence }))
  tx.remove(itemKey(queue.id, sequence))
  if (isClaimed) tx.remove(leaseKey(queue.id, sequence))
  changeTotal(tx, queue.id, -1)
}

/** Removes an item for good, its body with it. */
export function removeItem(
  ground: Ground,
  tx: Transaction,
  queue: QueueAt,
  sequence: number,
  state: ItemState,
): void {
  if (hasFile(state)) {
    const record = tx.get(itemKey(queue.id, sequence))
    const file = record && fileOf(record)
    if (file !== undefined) ground.bodies.release(tx, file)
  }
  detachItem(ground, tx, queue, sequence, state)
}

/** Writes the state that a claim, or a change of one, gives an item, and moves it to its new place. */
export function changeState(
  tx: Transaction,
  queueId: number,
  sequence: number,
  change: { before: ItemState; after: ItemState; isBehind: boolean },
): void {
  const { before, after, isBehind } = change
  tx.remove(placeKey(queueId, { isClaimed: before.fence > 0, isBehind, due: before.due, sequence }))
  tx.insert(placeKey(queueId, { isClaimed: true, isBehind, due: after.due, sequence }), NOTHING)
  if (before.fence > 0) tx.put(leaseKey(queueId, sequence), encodeLease(after))
  else tx.insert(leaseKey(queueId, sequence), encodeLease(after))
}

/** Whether an item waits behind another one of its group. */
export function isBehindAnother(
  tx: Transaction,
  queueId: number,
  sequence: number,
  state: ItemState,
): boolean {
  const prefix = prefixOf(tx, queueId, sequence, state)
  return prefix !== undefined && firstOfGroup(tx, prefix, 1)[0] !== sequence
}

/** Where the keys of the item's group begin, if it is in one. */
function prefixOf(tx: Transaction, queueId: number, sequence: number, state: ItemState): string | undefined {
  if (!isGrouped(state)) return undefined
  const record = tx.get(itemKey(queueId, sequence))
  return groupPrefix(queueId, (record && describedBy(record).group) ?? '')
}

function changeTotal(tx: Transaction, queueId: number, by: number): void {
  const key = totalKey(queueId)
  tx.put(key, numberValue(numberIn(tx.get(key)) + by))
}

/** The next item of a group takes the place of the one that left, where it is offered. */
function offerNext(ground: Ground, tx: Transaction, queue: QueueAt, sequence: number): void {
  const state = stateOf(tx, queue.id, sequence)
  if (!state) return
  const place = { isClaimed: state.fence > 0, due: state.due, sequence }
  tx.remove(placeKey(queue.id, { ...place, isBehind: true }))
  tx.insert(placeKey(queue.id, { ...place, isBehind: false }), NOTHING)
  signalDue(ground, tx, queue.name)
}

const firstOfGroup = (tx: Transaction, prefix: string, limit: number): number[] =>
  tx.keys(prefix, endOfPrefix(prefix), limit).map(sequenceIn)
