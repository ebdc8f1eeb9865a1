const FIRST_PAUSE_MS = 400
const LONGEST_PAUSE_MS = 60_000

/**
 * How long a batch that failed waits for its next attempt, in milliseconds; `failures` are those in a row, from 1. AWS does
 * not publish its schedule, but was seen to make 8 attempts in about a minute: doubling from 0.4 s, they are over after 51 s.
 */
export const retryPauseMs = (failures: number): number =>
  Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS)
