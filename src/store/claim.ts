import type { Ground } from './ground.ts'
import {
  describedBy,
  enqueuedOf,
  isGrouped,
  type ItemContent,
  type ItemState,
  storedBodyOf,
  tailOf,
  timeFrom,
} from './itemRecord.ts'
import { endOfPrefix, timeInKey } from './keys.ts'
import type { Transaction } from './keyValue.ts'
import {
  changeState,
  detachItem,
  heldItem,
  type HeldItem,
  insertItem,
  type QueueAt,
  removeItem,
} from './queueItems.ts'
import { afterDue, dueInPlaceKey, groupKey, groupPrefix, sequenceIn, SPACE, spaceOf } from './queueKeys.ts'
import type { ClaimedItem, ClaimOptions, QueueItem } from './types.ts'

/** How many items one transaction drops or moves at most: a million expired ones must not stop the process. */
const LARGEST_CLEARANCE = 1_000

export interface ClaimPass {
  readonly items: ClaimedItem[]
  /** Ids of the items that went to the overflow queue. */
  readonly moved: readonly string[]
  /** Nothing could be claimed yet, since there was too much to clear away first. */
  readonly isUnfinished: boolean
}

/** One claim within a transaction. */
interface Claim {
  readonly ground: Ground
  readonly tx: Transaction
  readonly queue: QueueAt
  readonly options: ClaimOptions
  readonly now: number
  readonly due: number
  readonly items: ClaimedItem[]
  readonly taken: Set<number>
  readonly moved: string[]
  cleared: number
}

/** Takes what is due, earliest first, out of a queue's offered items; see `queueKeys.ts` for where they stand. */
export function claimDue(
  ground: Ground,
  tx: Transaction,
  queue: QueueAt,
  options: ClaimOptions,
  now: number,
): ClaimPass {
  const due = timeInKey(now + options.leaseMs)
  const claim: Claim = {
    ground,
    tx,
    queue,
    options,
    now,
    due,
    items: [],
    taken: new Set(),
    moved: [],
    cleared: 0,
  }
  while (!isFull(claim)) {
    const wanted = options.limit - claim.items.length
    // With a lease of 0, what was taken is due again at once: it is not offered twice to the same claim.
    const offered = dueItems(tx, queue.id, now, wanted + claim.taken.size)
    const fresh = offered.filter(({ sequence }) => !claim.taken.has(sequence))
    for (const item of fresh) {
      if (isFull(claim)) break
      takeFrom(claim, item)
    }
    // Fewer than asked for: there are no more, save for the next of groups whose first ones were cleared away.
    if (fresh.length === 0) break
  }
  const isUnfinished = claim.items.length === 0 && claim.cleared >= LARGEST_CLEARANCE
  return { items: claim.items, moved: claim.moved, isUnfinished }
}

const isFull = (claim: Claim): boolean =>
  claim.items.length >= claim.options.limit || claim.cleared >= LARGEST_CLEARANCE

interface Offered {
  readonly sequence: number
  readonly isClaimed: boolean
}

/** Due, offered items in order of their due time; of those due at once, the ones that were claimed before come last. */
function dueItems(tx: Transaction, queueId: number, now: number, limit: number): Offered[] {
  const unclaimed = dueKeys(tx, SPACE.fresh, queueId, now, limit)
  const claimed = dueKeys(tx, SPACE.claimed, queueId, now, limit)
  const keys =
    claimed.length === 0
      ? unclaimed
      : [...unclaimed, ...claimed].sort((left, right) => dueInPlaceKey(left) - dueInPlaceKey(right))
  return keys
    .slice(0, limit)
    .map((key) => ({ sequence: sequenceIn(key), isClaimed: key.charCodeAt(0) === SPACE.claimed }))
}

const dueKeys = (tx: Transaction, space: number, queueId: number, now: number, limit: number): string[] =>
  tx.keys(spaceOf(space, queueId).start, afterDue(space, queueId, now), limit)

/** Takes an offered item, and those of its group that may follow it. */
function takeFrom(claim: Claim, { sequence, isClaimed }: Offered): void {
  const { tx, queue } = claim
  const held = heldItem(tx, queue.id, sequence, isClaimed)
  if (!held) return
  if (isGrouped(held.state)) {
    takeGroup(claim, groupPrefix(queue.id, describedBy(held.record).group ?? ''))
  } else {
    take(claim, sequence, held, false)
  }
}

/** Takes the members of a group in order, up to the first that may not be claimed: it holds back all behind it. */
function takeGroup(claim: Claim, prefix: string): void {
  const { tx, queue } = claim
  let isBehind = false
  let start = prefix
  for (;;) {
    const wanted = claim.options.limit - claim.items.length
    const members = tx.keys(start, endOfPrefix(prefix), wanted).map(sequenceIn)
    for (const member of members) {
      if (isFull(claim) || claim.taken.has(member)) return
      const held = heldItem(tx, queue.id, member)
      if (!held || held.state.due > claim.now) return
      isBehind = take(claim, member, held, isBehind) || isBehind
    }
    if (isFull(claim) || members.length < wanted) return
    start = groupKey(prefix, members.at(-1)! + 1)
  }
}

/** Claims one item and answers whether it did; drops it instead if it is too old, moves it if claimed too often. */
function take(claim: Claim, sequence: number, held: HeldItem, isBehind: boolean): boolean {
  const { ground, tx, queue, options } = claim
  const { record, state } = held
  if (options.expiredBeforeMs !== undefined && enqueuedOf(record) < options.expiredBeforeMs) {
    claim.cleared++
    removeItem(ground, tx, queue, sequence, state)
    return false
  }
  if (options.overflow && state.claims >= options.overflow.maxClaims) {
    claim.cleared++
    overflow(claim, options.overflow, sequence, state, contentOf(record, state))
    return false
  }
  const fence = ground.numbers.next(tx)
  const leased: ItemState = {
    due: claim.due,
    claims: state.claims + 1,
    firstClaimedMs: state.firstClaimedMs ?? options.nowMs,
    fence,
    flags: state.flags,
  }
  const token = { queue: queue.name, sequence, fence }
  claim.items.push({ ...itemFrom(ground, queue.name, sequence, record, leased), token })
  claim.taken.add(sequence)
  changeState(tx, queue.id, sequence, { before: state, after: leased, isBehind })
  return true
}

function overflow(
  claim: Claim,
  to: NonNullable<ClaimOptions['overflow']>,
  sequence: number,
  state: ItemState,
  content: ItemContent,
): void {
  const { ground, tx } = claim
  claim.moved.push(content.id)
  detachItem(ground, tx, claim.queue, sequence, state)
  const target = { name: to.queue, id: ground.names.give(tx, 'q', to.queue) }
  insertItem(ground, tx, target, { ...content, meta: { ...content.meta, ...to.meta } }, claim.now)
}

/** All that an item takes along to another queue. */
function contentOf(record: Buffer, state: ItemState): ItemContent {
  return {
    ...describedBy(record),
    body: storedBodyOf(record),
    enqueuedMs: enqueuedOf(record),
    claims: state.claims,
    firstClaimedMs: state.firstClaimedMs,
  }
}

/** An item as callers see it; shares no memory with the record. */
export function itemFrom(
  ground: Ground,
  queue: string,
  sequence: number,
  record: Buffer,
  state: ItemState,
): QueueItem {
  const { id, meta, group } = describedBy(record)
  const tail = tailOf(record)
  return {
    queue,
    id,
    sequence,
    body: ground.bodies.read(tail.bytes, tail.isFile),
    meta,
    enqueuedMs: enqueuedOf(record),
    dueMs: timeFrom(state.due),
    group,
    claims: state.claims,
    firstClaimedMs: state.firstClaimedMs,
  }
}
