import type { QueueMappingSettings } from '../sources/index.ts'

/** How many batches of a mapping may be with the function at once (Lambda Developer Guide, "Scaling and concurrency"). */
export interface LaneScale {
  /** Lanes of a mapping that begins, or that has had little to do for a while. */
  readonly first: number
  /** Errors slow it down to these. */
  readonly fewest: number
  readonly most: number
  /** Lanes gained in a minute in which all are busy. */
  readonly gainPerMinute: number
}

/** Five lanes at first, and up to 300 more each minute, to 1,250. */
const STANDARD: LaneScale = { first: 5, fewest: 1, most: 1_250, gainPerMinute: 300 }
/** The groups of a FIFO queue are its lanes: there are as many as are under way, and errors hold up their own only. */
const ORDERED: LaneScale = { first: Infinity, fewest: Infinity, most: Infinity, gainPerMinute: 0 }
/** A provisioned poller hands over ten batches at once; together they gain up to 1,000 in a minute. */
const LANES_PER_POLLER = 10
const PROVISIONED_GAIN = 1_000

/** The scale that a mapping's settings ask for. */
export function scaleOf(
  { provisionedPollers: pollers }: Pick<QueueMappingSettings, 'provisionedPollers'>,
  isOrdered: boolean,
): LaneScale {
  if (pollers === null) return isOrdered ? ORDERED : STANDARD
  const first = pollers.minimum * LANES_PER_POLLER
  return { first, fewest: first, most: pollers.maximum * LANES_PER_POLLER, gainPerMinute: PROVISIONED_GAIN }
}

/** The number of lanes, and how it moves. Times are the clock's. */
export interface LaneState {
  readonly lanes: number
  /** From when on the next lane is earned; lanes are only gained while all are busy. */
  readonly gainsFromMs: number
  /** When all were last seen busy. */
  readonly fullMs: number
}

const MINUTE_MS = 60_000
/** All lanes count as busy without a break when none of these lasted longer. */
const LONGEST_BREAK_MS = 1_000

export const firstLanes = ({ first }: LaneScale): LaneState => ({
  lanes: first,
  gainsFromMs: -Infinity,
  fullMs: -Infinity,
})

/** The state as it is when `running` batches are under way: grown if all lanes are busy, back at first after a rest. */
export function lanesNow(state: LaneState, running: number, scale: LaneScale, nowMs: number): LaneState {
  if (running >= state.lanes) return grown(state, scale, nowMs)
  const hasRested = nowMs - state.fullMs >= MINUTE_MS && running < scale.first
  return hasRested && state.lanes > scale.first ? { ...state, lanes: scale.first } : state
}

function grown(state: LaneState, scale: LaneScale, nowMs: number): LaneState {
  if (nowMs - state.fullMs > LONGEST_BREAK_MS) return { ...state, gainsFromMs: nowMs, fullMs: nowMs }
  const gained = Math.floor((nowMs - state.gainsFromMs) / gainMs(scale))
  return {
    lanes: Math.min(state.lanes + gained, scale.most),
    gainsFromMs: state.gainsFromMs + gained * gainMs(scale),
    fullMs: nowMs,
  }
}

/** When the next lane is gained if all stay busy; `undefined` when there are no more to gain. */
export const nextGainMs = (state: LaneState, scale: LaneScale): number | undefined =>
  state.lanes >= scale.most ? undefined : state.gainsFromMs + gainMs(scale)

const gainMs = ({ gainPerMinute }: LaneScale): number => MINUTE_MS / gainPerMinute

/** A batch that failed as a whole makes the mapping slower. */
export const slowed = (state: LaneState, { fewest }: LaneScale, nowMs: number): LaneState => ({
  ...state,
  lanes: Math.min(state.lanes, Math.max(fewest, Math.floor(state.lanes / 2))),
  gainsFromMs: nowMs,
})

/** A batch that went well brings a slowed mapping back, lane by lane. */
export const recovered = (state: LaneState, { first }: LaneScale): LaneState =>
  state.lanes >= first ? state : { ...state, lanes: state.lanes + 1 }
