/** What the decision needs to know of a lane that is at rest. Times are the clock's. */
export interface LaneFacts {
  readonly nowMs: number
  /** Records of the next batch. */
  readonly gathered: number
  readonly isFull: boolean
  /** When the batching window ends; with records only. */
  readonly closesMs: number
  /** Nothing more can be gathered: the shard has ended, or as much was read ahead as may be. */
  readonly isReadOut: boolean
  /** The open tumbling window, if the mapping has them. */
  readonly window:
    | { readonly endMs: number; readonly isOverfull: boolean; readonly isPassed: boolean }
    | undefined
  /** All records that are in the shard have been read. */
  readonly isCaughtUp: boolean
  readonly hasEnded: boolean
}

export type LaneStep =
  /** Hands the batch over. */
  | { readonly kind: 'run' }
  /** Invokes the function for the last time for its tumbling window. */
  | { readonly kind: 'closeWindow'; readonly end: 'inTime' | 'early' }
  | { readonly kind: 'wait'; readonly untilMs: number }
  /** Until a record comes. */
  | { readonly kind: 'rest' }

/**
 * What a lane does next. A batch goes out when it is full, when its batching window has passed, or when nothing more can
 * be gathered (Lambda Developer Guide, "Batching behavior"). A tumbling window ends with a record of a later one, with
 * its shard, with its state, and on a quiet shard by the clock.
 */
export function nextStep(facts: LaneFacts): LaneStep {
  const { nowMs, gathered, window, isCaughtUp, hasEnded } = facts
  if (window?.isOverfull) return { kind: 'closeWindow', end: 'early' }
  if (window?.isPassed) return { kind: 'closeWindow', end: 'inTime' }
  if (gathered > 0)
    return facts.isFull || facts.isReadOut || facts.closesMs <= nowMs
      ? { kind: 'run' }
      : { kind: 'wait', untilMs: facts.closesMs }
  if (!window || !(isCaughtUp || hasEnded)) return { kind: 'rest' }
  return hasEnded || window.endMs <= nowMs
    ? { kind: 'closeWindow', end: 'inTime' }
    : { kind: 'wait', untilMs: window.endMs }
}

/**
 * When the batching window of a batch ends that got its first record now. A window opens when the invocation before has
 * ended; once that one has passed without a record, the next one opens with the first: windows one after the other would
 * be timers that run for ever on an idle shard.
 */
export const closingTime = (lastEndMs: number, windowMs: number, nowMs: number): number =>
  windowMs + (lastEndMs + windowMs > nowMs ? lastEndMs : nowMs)
