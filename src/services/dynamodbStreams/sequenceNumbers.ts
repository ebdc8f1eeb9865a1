/**
 * A sequence number has 31 digits (AWS's have 21 to 40):
 *
 *     1 <13: when the shard was created, ms> <5: the shard's number> <12: the log's sequence>
 *
 * So they ascend within a shard, and those of a shard are above those of its parent.
 */
const PREFIX_DIGITS = 19
const SEQUENCE_DIGITS = 12

/** What all sequence numbers of a shard begin with. */
export const prefixOf = ({ createdMs, index }: { createdMs: number; index: number }): string =>
  `1${digits(createdMs, 13)}${digits(index % 100_000, 5)}`

export const sequenceNumberOf = (prefix: string, sequence: number): string =>
  prefix + digits(sequence, SEQUENCE_DIGITS)

/** The log's sequence that a number stands for; `undefined` when it is not of the shard with this prefix. */
export const sequenceIn = (prefix: string, sequenceNumber: string): number | undefined =>
  /^\d+$/.test(sequenceNumber) &&
  sequenceNumber.length === PREFIX_DIGITS + SEQUENCE_DIGITS &&
  sequenceNumber.startsWith(prefix)
    ? Number(sequenceNumber.slice(PREFIX_DIGITS))
    : undefined

const digits = (value: number, length: number): string => String(value).padStart(length, '0')
