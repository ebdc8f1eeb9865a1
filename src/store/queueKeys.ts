import { endOfPrefix, PREFIX_LENGTH, safeName, sortable, sortableAt, spaceKey, spacePrefix } from './keys.ts'

/**
 * The keys of a queue. Each begins with a letter for the kind and the queue's id.
 *
 *     i <id> <sequence>               the item's record
 *     l <id> <sequence>               its lease, once it was claimed
 *     a <id> <due> <sequence>         offered, never claimed     offered: may be claimed once due
 *     b <id> <due> <sequence>         offered, claimed
 *     c <id> <due> <sequence>         waits behind the first of its group, never claimed
 *     d <id> <due> <sequence>         waits behind the first of its group, claimed
 *     g <id> <group> NUL <sequence>   the members of a group, in order
 *     k <id> <deduplication key>      the first item with it
 *     x <id> <until> <deduplication key>   when that ends
 *     z <id>                          how many items there are
 *
 * An item is in exactly one of a to d. Claimed and unclaimed ones are apart so that both can be counted by a look at
 * the keys alone, and a group shows only its first item to whoever looks for due ones.
 */
export const SPACE = {
  item: 105,
  lease: 108,
  fresh: 97,
  claimed: 98,
  freshBehind: 99,
  claimedBehind: 100,
  group: 103,
  deduplication: 107,
  expiry: 120,
  total: 122,
} as const

/** Where an item stands among the due ones. */
export interface Place {
  readonly isClaimed: boolean
  readonly isBehind: boolean
  readonly due: number
  readonly sequence: number
}

export const itemKey = (queueId: number, sequence: number): string => spaceKey(SPACE.item, queueId, sequence)
export const leaseKey = (queueId: number, sequence: number): string =>
  spaceKey(SPACE.lease, queueId, sequence)
export const totalKey = (queueId: number): string => spacePrefix(SPACE.total, queueId)
export const groupPrefix = (queueId: number, group: string): string =>
  `${spacePrefix(SPACE.group, queueId)}${safeName(group)}\0`
export const groupKey = (prefix: string, sequence: number): string => prefix + sortable(sequence)
export const deduplicationKey = (queueId: number, name: string): string =>
  spacePrefix(SPACE.deduplication, queueId) + name
export const expiryKey = (queueId: number, until: number, name: string): string =>
  spaceKey(SPACE.expiry, queueId, until) + name

export function placeKey(queueId: number, place: Place): string {
  const space = place.isBehind
    ? place.isClaimed
      ? SPACE.claimedBehind
      : SPACE.freshBehind
    : place.isClaimed
      ? SPACE.claimed
      : SPACE.fresh
  return spaceKey(space, queueId, place.due, place.sequence)
}

/** The end of what is due at `now` in one of the spaces a to d, and the start of what is not. */
export const afterDue = (space: number, queueId: number, now: number): string =>
  spaceKey(space, queueId, now + 1)

/** All keys of one kind that belong to one queue. */
export function spaceOf(space: number, queueId: number): { start: string; end: string } {
  const start = spacePrefix(space, queueId)
  return { start, end: endOfPrefix(start) }
}

export const dueInPlaceKey = (key: string): number => sortableAt(key, PREFIX_LENGTH)
export const sequenceIn = (key: string): number => sortableAt(key, key.length - 8)
export const expiryIn = (key: string): { until: number; name: string } => ({
  until: sortableAt(key, PREFIX_LENGTH),
  name: key.slice(PREFIX_LENGTH + 8),
})
