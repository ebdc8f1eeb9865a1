import { type BufferedRecord, joined, rangeOf, type RecordRange } from './record.ts'

/** A tumbling window that is open, and what the function keeps in it (Lambda Developer Guide, "Tumbling windows"). */
export interface TumblingWindow {
  /** Epoch milliseconds, on the grid of the window's length. */
  readonly startMs: number
  /** JSON text: `{}` at first, then what the function answered. */
  readonly state: string
  /** The records that went into it; `undefined` before the first. */
  readonly range: RecordRange | undefined
}

/** What ends a window: its time, or a state that has become too big. */
export type WindowEnd = 'inTime' | 'early'

const MOST_STATE_BYTES = 1024 * 1024

/** Windows lie on a fixed grid, by the time of arrival. */
export const windowStartOf = (arrivedMs: number, lengthMs: number): number =>
  lengthMs === 0 ? 0 : Math.floor(arrivedMs / lengthMs) * lengthMs

export const newWindow = (startMs: number): TumblingWindow => ({ startMs, state: '{}', range: undefined })

/**
 * The window that was open when the mapping stopped. Windows may have another length since: then it lies on their grid
 * with what it holds, as no state may be lost. Without windows there is none.
 */
export const openWindow = (
  stored: TumblingWindow | undefined,
  lengthMs: number,
): TumblingWindow | undefined =>
  stored && lengthMs > 0 ? { ...stored, startMs: windowStartOf(stored.startMs, lengthMs) } : undefined

/**
 * The window after some more records are over, with what the function answered, if it did. After its final invocation
 * (`end`) there is none; one that had to end early begins anew with the next of its records.
 */
export function windowAfter(
  window: TumblingWindow | undefined,
  end: WindowEnd | undefined,
  over: readonly BufferedRecord[],
  state: string | undefined,
): TumblingWindow | undefined {
  if (!window || end) return undefined
  return state === undefined ? window : { ...window, state, range: joined(window.range, rangeOf(over)) }
}

/** The window has to end before its time. */
export const isOverfull = ({ state }: TumblingWindow): boolean => Buffer.byteLength(state) > MOST_STATE_BYTES

/** The `state` of a function's answer as JSON text; `undefined` when it has none. */
export function stateIn(response: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(response)
    if (typeof parsed !== 'object' || parsed === null || !('state' in parsed)) return undefined
    return JSON.stringify(parsed.state)
  } catch {
    return undefined
  }
}

/** What stands in an event beside `Records` when the mapping has windows; the order of the keys is AWS's. */
export function windowMembers(
  window: TumblingWindow,
  end: WindowEnd | undefined,
  from: { readonly lengthMs: number; readonly shardId: string; readonly streamArn: string },
): string {
  const times = JSON.stringify({ start: second(window.startMs), end: second(window.startMs + from.lengthMs) })
  const rest = JSON.stringify({
    shardId: from.shardId,
    eventSourceARN: from.streamArn,
    isFinalInvokeForWindow: end !== undefined,
    isWindowTerminatedEarly: end === 'early',
  })
  return `,"window":${times},"state":${window.state},${rest.slice(1, -1)}`
}

/** Windows are whole seconds long. */
const second = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`
