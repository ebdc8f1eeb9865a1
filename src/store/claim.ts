import type { Ground } from './ground.ts'
import {
  claimsOf,
  describedBy,
  dueOf,
  enqueuedOf,
  fenceOf,
  firstClaimedOf,
  isGrouped,
  storedBodyOf,
  tailOf,
  timeFrom,
  withClaim,
} from './itemRecord.ts'
import { compareKeys, endOfPrefix, timeInKey } from './keys.ts'
import type { Transaction } from './keyValue.ts'
import { detachItem, insertItem, type QueueAt, removeItem, replaceItem } from './queueItems.ts'
import {
  afterDue,
  dueOrder,
  groupKey,
  groupPrefix,
  itemKey,
  sequenceIn,
  SPACE,
  spaceOf,
} from './queueKeys.ts'
import type { ClaimedItem, ClaimOptions, QueueItem } from './types.ts'

/** How many items one transaction drops or moves at most: a million expired ones must not stop the process. */
const LARGEST_CLEARANCE = 1_000

export interface ClaimPass {
  readonly items: ClaimedItem[]
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
  const claim: Claim = { ground, tx, queue, options, now, due, items: [], taken: new Set(), cleared: 0 }
  while (!isFull(claim)) {
    const wanted = options.limit - claim.items.length
    // With a lease of 0, what was taken is due again at once: it is not offered twice to the same claim.
    const offered = dueItems(tx, queue.id, now, wanted + claim.taken.size)
    const fresh = offered.filter((sequence) => !claim.taken.has(sequence))
    for (const sequence of fresh) {
      if (isFull(claim)) break
      takeFrom(claim, sequence)
    }
    // Fewer than asked for: there are no more, save for the next of groups whose first ones were cleared away.
    if (fresh.length === 0) break
  }
  const isUnfinished = claim.items.length === 0 && claim.cleared >= LARGEST_CLEARANCE
  return { items: claim.items, isUnfinished }
}

const isFull = (claim: Claim): boolean =>
  claim.items.length >= claim.options.limit || claim.cleared >= LARGEST_CLEARANCE

/** Sequences of due, offered items in order of their due time. */
function dueItems(tx: Transaction, queueId: number, now: number, limit: number): number[] {
  const unclaimed = dueKeys(tx, SPACE.fresh, queueId, now, limit)
  const claimed = dueKeys(tx, SPACE.claimed, queueId, now, limit)
  const keys =
    claimed.length === 0
      ? unclaimed
      : [...unclaimed, ...claimed].sort((left, right) => compareKeys(dueOrder(left), dueOrder(right)))
  return keys.slice(0, limit).map(sequenceIn)
}

const dueKeys = (tx: Transaction, space: number, queueId: number, now: number, limit: number): string[] =>
  tx.keys(spaceOf(space, queueId).start, afterDue(space, queueId, now), limit)

/** Takes an offered item, and those of its group that may follow it. */
function takeFrom(claim: Claim, sequence: number): void {
  const { tx, queue } = claim
  const record = tx.get(itemKey(queue.id, sequence))
  if (!record) return
  if (!isGrouped(record)) {
    take(claim, sequence, record)
    return
  }
  const prefix = groupPrefix(queue.id, describedBy(record).group ?? '')
  let start = prefix
  while (!isFull(claim)) {
    const key = tx.keys(start, endOfPrefix(prefix), 1)[0]
    if (key === undefined) return
    const member = sequenceIn(key)
    start = groupKey(prefix, member + 1)
    const next = tx.get(itemKey(queue.id, member))
    // The group is offered in order: one that may not be claimed holds back all behind it.
    if (!next || dueOf(next) > claim.now || claim.taken.has(member)) return
    take(claim, member, next)
  }
}

/** Claims one item, or drops it (too old), or moves it (claimed too often). */
function take(claim: Claim, sequence: number, shared: Buffer): void {
  const { ground, tx, queue, options } = claim
  if (options.expiredBeforeMs !== undefined && enqueuedOf(shared) < options.expiredBeforeMs) {
    claim.cleared++
    removeItem(ground, tx, queue, sequence, shared)
    return
  }
  if (options.overflow && claimsOf(shared) >= options.overflow.maxClaims) {
    claim.cleared++
    overflow(claim, options.overflow, sequence, Buffer.from(shared))
    return
  }
  const before = { due: dueOf(shared), isClaimed: fenceOf(shared) > 0 }
  const fence = ground.numbers.next(tx)
  const record = withClaim(shared, { due: claim.due, fence, nowMs: options.nowMs })
  replaceItem(tx, queue.id, sequence, before, record)
  claim.taken.add(sequence)
  claim.items.push({
    ...itemFrom(ground, queue.name, sequence, record),
    token: { queue: queue.name, sequence, fence },
  })
}

function overflow(
  claim: Claim,
  to: NonNullable<ClaimOptions['overflow']>,
  sequence: number,
  record: Buffer,
): void {
  const { ground, tx } = claim
  const { id, meta, group } = describedBy(record)
  detachItem(ground, tx, claim.queue, sequence, record)
  const target = { name: to.queue, id: ground.names.give(tx, 'q', to.queue) }
  const content = {
    id,
    meta: { ...meta, ...to.meta },
    group,
    body: storedBodyOf(record),
    enqueuedMs: enqueuedOf(record),
    claims: claimsOf(record),
    firstClaimedMs: firstClaimedOf(record),
  }
  insertItem(ground, tx, target, content, claim.now)
}

/** An item as callers see it; shares no memory with the record. */
export function itemFrom(ground: Ground, queue: string, sequence: number, record: Buffer): QueueItem {
  const { id, meta, group } = describedBy(record)
  const tail = tailOf(record)
  return {
    queue,
    id,
    sequence,
    body: ground.bodies.read(tail.bytes, tail.isFile),
    meta,
    enqueuedMs: enqueuedOf(record),
    dueMs: timeFrom(dueOf(record)),
    group,
    claims: claimsOf(record),
    firstClaimedMs: firstClaimedOf(record),
  }
}
