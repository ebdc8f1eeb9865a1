/** Numbers: how rounds are summed up, and how they are written. */

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** @param {readonly number[]} values */
export const most = (values) => Math.max(...values)

/** @param {readonly number[]} values */
export const least = (values) => Math.min(...values)

/** @param {number} perSecond */
export const rate = (perSecond) => `${Math.round(perSecond).toLocaleString('en')}/s`

/** @param {number} ms */
export const milliseconds = (ms) => `${ms.toFixed(ms < 1 ? 3 : ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`

/** @param {number} bytes */
export const mebibytes = (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`

/** @param {number} share */
export const percent = (share) => `${Math.round(share * 100)} %`

/** @param {number} times */
export const factor = (times) => `${times.toFixed(times < 10 ? 2 : 0)} x`
