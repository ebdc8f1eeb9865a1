/**
 * A sequence number has 56 digits, as AWS's have:
 *
 *     495 <13: when the shard was created, ms> <12: the shard's number> <12: the stream> <16: the log's sequence>
 *
 * So they ascend within a shard, and those of a shard are above those of the shards that it came from: it was created
 * no earlier, and its number is higher. The stream's digits are drawn at its creation, so that the numbers of a deleted
 * stream are not taken for those of a new one.
 */
const PREFIX_DIGITS = 40
const SEQUENCE_DIGITS = 16

/** What all sequence numbers of a shard begin with. */
export const prefixOf = (streamMark: string, shard: { createdMs: number; index: number }): string =>
  `495${digits(shard.createdMs, 13)}${digits(shard.index, 12)}${streamMark}`

export const sequenceNumberOf = (prefix: string, sequence: number): string =>
  prefix + digits(sequence, SEQUENCE_DIGITS)

/** The log's sequence that a number stands for; `undefined` when it is not of the shard with this prefix. */
export const sequenceIn = (prefix: string, sequenceNumber: string): number | undefined =>
  sequenceNumber.length === PREFIX_DIGITS + SEQUENCE_DIGITS && sequenceNumber.startsWith(prefix)
    ? Number(sequenceNumber.slice(PREFIX_DIGITS))
    : undefined

const digits = (value: number, length: number): string => String(value).padStart(length, '0')
