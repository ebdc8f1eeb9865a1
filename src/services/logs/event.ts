/** An event's place among all of its group: by time, then by where and when it came. */
export interface Place {
  /** Epoch milliseconds. */
  readonly timestamp: number
  /** The stream's number; 0 for what functions write. */
  readonly origin: number
  readonly sequence: number
}

/** One event of a log stream. */
export interface LogEvent extends Place {
  readonly ingestionTime: number
  readonly message: string
}

/** What AWS counts an event as, beside its message. */
export const OVERHEAD_BYTES = 26

export const sizeOf = (message: string): number => Buffer.byteLength(message) + OVERHEAD_BYTES

export const compare = (one: Place, other: Place): number =>
  one.timestamp - other.timestamp || one.origin - other.origin || one.sequence - other.sequence

const ORIGIN_BITS = 56n
const TIME_BITS = 144n
const DIGITS = 56

/** The id of an event: 56 digits, which sort as the places do. */
export const idOf = ({ timestamp, origin, sequence }: Place): string =>
  idText((BigInt(timestamp) << TIME_BITS) | (BigInt(origin) << ORIGIN_BITS) | BigInt(sequence))

const idText = (id: bigint): string => id.toString().padStart(DIGITS, '0')

/** The place that an id stands for; `undefined` for a text that is none. */
export function placeOf(id: string): Place | undefined {
  if (!/^\d{56}$/.test(id)) return undefined
  const number = BigInt(id)
  const bits = (shift: bigint, width: bigint): number => Number((number >> shift) & ((1n << width) - 1n))
  return {
    timestamp: Number(number >> TIME_BITS),
    origin: bits(ORIGIN_BITS, TIME_BITS - ORIGIN_BITS),
    sequence: bits(0n, ORIGIN_BITS),
  }
}

/** The index of the first event at or after a place; `events` are in order. */
export function indexFrom(events: readonly LogEvent[], place: Place): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compare(events[middle]!, place) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** In order of time; what comes first among equals stays first. Most are in order already. */
export function inOrder(events: LogEvent[]): LogEvent[] {
  const isSorted = events.every((event, index) => index === 0 || compare(events[index - 1]!, event) <= 0)
  return isSorted ? events : events.sort(compare)
}
