const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** How long something took: `0.42 ms`, `38 ms`, `1.25 s`, `2 min 5 s`. */
export function formatTook(ms: number): string {
  if (ms < 10) return `${ms.toFixed(2)} ms`
  if (ms < SECOND_MS - 0.5) return `${ms.toFixed(0)} ms`
  if (ms < MINUTE_MS) return `${(ms / SECOND_MS).toFixed(2)} s`
  return formatWait(ms)
}

/** How far away something is: `60 s`, `2 min`, `1 h 30 min`, `2 d`. Whole seconds, rounded up. */
export function formatWait(ms: number): string {
  const whole = Math.max(0, Math.ceil(ms / SECOND_MS) * SECOND_MS)
  if (whole < 2 * MINUTE_MS) return `${whole / SECOND_MS} s`
  if (whole < HOUR_MS) return twoUnits(whole, MINUTE_MS, 'min', SECOND_MS, 's')
  if (whole < DAY_MS) return twoUnits(whole, HOUR_MS, 'h', MINUTE_MS, 'min')
  return twoUnits(whole, DAY_MS, 'd', HOUR_MS, 'h')
}

function twoUnits(ms: number, largeMs: number, large: string, smallMs: number, small: string): string {
  const count = Math.floor(ms / largeMs)
  const rest = Math.floor((ms % largeMs) / smallMs)
  return rest === 0 ? `${count} ${large}` : `${count} ${large} ${rest} ${small}`
}

/** `14:02:11.345`, in the machine's time zone. */
export function timeOfDay(atMs: number): string {
  const at = new Date(atMs)
  const two = (value: number): string => String(value).padStart(2, '0')
  const milliseconds = String(at.getMilliseconds()).padStart(3, '0')
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${milliseconds}`
}

/** `2026-03-01 14:02:11.345`, in the machine's time zone. */
export function dateAndTime(atMs: number): string {
  const at = new Date(atMs)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${timeOfDay(atMs)}`
}
