import { endOfPrefix, safeName, sortable, sortableAt } from './keys.ts'

/**
 * The keys of a queue. Each begins with a letter for the kind and the queue's four-character id.
 *
 *     i <id> <sequence>               the item
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
export const QUEUE_SPACES = ['i', 'a', 'b', 'c', 'd', 'g', 'k', 'x', 'z'] as const

/** Where an item stands among the due ones. */
export interface Place {
  readonly isClaimed: boolean
  readonly isBehind: boolean
  readonly due: number
  readonly sequence: number
}

const PREFIX_LENGTH = 5

export const itemKey = (queueId: string, sequence: number): string => `i${queueId}${sortable(sequence)}`
export const totalKey = (queueId: string): string => `z${queueId}`
export const groupPrefix = (queueId: string, group: string): string => `g${queueId}${safeName(group)}\0`
export const groupKey = (prefix: string, sequence: number): string => prefix + sortable(sequence)
export const deduplicationKey = (queueId: string, name: string): string => `k${queueId}${name}`
export const expiryKey = (queueId: string, until: number, name: string): string =>
  `x${queueId}${sortable(until)}${name}`

export function placeKey(queueId: string, place: Place): string {
  const space = place.isBehind ? (place.isClaimed ? 'd' : 'c') : place.isClaimed ? 'b' : 'a'
  return space + queueId + sortable(place.due) + sortable(place.sequence)
}

/** The end of what is due at `now` in one of the spaces a to d, and the start of what is not. */
export const afterDue = (space: string, queueId: string, now: number): string =>
  space + queueId + sortable(now + 1)

/** All keys of one kind that belong to one queue. */
export function spaceOf(space: string, queueId: string): { start: string; end: string } {
  const start = space + queueId
  return { start, end: endOfPrefix(start) }
}

export const dueInPlaceKey = (key: string): number => sortableAt(key, PREFIX_LENGTH)
/** Orders keys of different spaces by due time, then sequence. */
export const dueOrder = (key: string): string => key.slice(PREFIX_LENGTH)
export const sequenceIn = (key: string): number => sortableAt(key, key.length - 8)
export const expiryIn = (key: string): { until: number; name: string } => ({
  until: sortableAt(key, PREFIX_LENGTH),
  name: key.slice(PREFIX_LENGTH + 8),
})
