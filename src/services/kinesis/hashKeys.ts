import { hash } from 'node:crypto'

/** The hash keys of a shard, both ends included. */
export interface HashKeyRange {
  readonly from: bigint
  readonly to: bigint
}

export const LARGEST_HASH_KEY = 2n ** 128n - 1n

/** 32 hexadecimal digits: such texts compare as the numbers that they are. */
export const hexOf = (hashKey: bigint): string => hashKey.toString(16).padStart(32, '0')

/** The hash key of a record, as 32 hexadecimal digits. */
export const hashKeyOf = (partitionKey: string, explicit: string | undefined): string =>
  explicit === undefined ? hash('md5', partitionKey, 'hex') : hexOf(BigInt(explicit))

/** All hash keys in `count` ranges of equal size; the last one also has what is left over. */
export function evenRanges(count: number): HashKeyRange[] {
  const size = 2n ** 128n / BigInt(count)
  return Array.from({ length: count }, (_, index) => ({
    from: size * BigInt(index),
    to: index === count - 1 ? LARGEST_HASH_KEY : size * BigInt(index + 1) - 1n,
  }))
}
