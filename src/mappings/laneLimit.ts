/** How many batches of one mapping may be with the function at once, and how that number moves. */
export interface LaneState {
  readonly lanes: number
  /** When the number last changed, clock time. */
  readonly sinceMs: number
}

/** AWS starts with five concurrent batches and adds up to 300 a minute, to 1,250. */
const FIRST_LANES = 5
const MOST_LANES = 1_250
/** The time in which one lane is gained: 300 a minute. */
export const LANE_GROWTH_MS = 200

export const firstLanes = (nowMs: number): LaneState => ({ lanes: FIRST_LANES, sinceMs: nowMs })

/** While every lane is busy, more are opened as time passes. */
export function grow(state: LaneState, nowMs: number): LaneState {
  const gained = Math.floor((nowMs - state.sinceMs) / LANE_GROWTH_MS)
  return gained <= 0 ? state : { lanes: Math.min(state.lanes + gained, MOST_LANES), sinceMs: nowMs }
}

/** A batch that failed as a whole makes the mapping slower, down to one lane. */
export const shrink = (state: LaneState, nowMs: number): LaneState => ({
  lanes: Math.max(1, Math.floor(state.lanes / 2)),
  sinceMs: nowMs,
})

/** A batch that went well brings a slowed mapping back, lane by lane. */
export const recover = (state: LaneState, nowMs: number): LaneState =>
  state.lanes >= FIRST_LANES ? state : { lanes: state.lanes + 1, sinceMs: nowMs }
