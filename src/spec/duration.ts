const SECONDS_PER_UNIT = { d: 86_400, h: 3_600, m: 60, s: 1 }

/** How a duration is written as text: `90s`, `5m`, `1h30m`, `2d`. The order of the units is fixed, each at most once. */
export const DURATION_PATTERN = '^(?=\\d)(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?$'

const DURATION = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/

/**
 * Seconds of a duration written as text, or `undefined` when it is none.
 * @example parseDuration('1h30m') // 5400
 */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text)
  if (match === null) return undefined
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = match
  return (
    Number(days) * SECONDS_PER_UNIT.d +
    Number(hours) * SECONDS_PER_UNIT.h +
    Number(minutes) * SECONDS_PER_UNIT.m +
    Number(seconds) * SECONDS_PER_UNIT.s
  )
}
