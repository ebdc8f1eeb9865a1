/** AWS's pollers are Java: its bytes have a sign, and its dates are texts. */
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Bytes from -128 to 127. */
export const signedBytes = (bytes: Uint8Array): number[] => [
  ...new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
]

/** `Jan 1, 1970, 12:33:41 AM`, in UTC. */
export function dateText(ms: number): string {
  const date = new Date(ms)
  const hours = date.getUTCHours()
  const two = (value: number): string => String(value).padStart(2, '0')
  const time = `${hours % 12 || 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  const half = hours < 12 ? 'AM' : 'PM'
  return `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}, ${time} ${half}`
}
