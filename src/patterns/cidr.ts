import { isIPv4, isIPv6 } from 'node:net'
import { PatternError } from './patternError.ts'
import { ofText, type ValueTest } from './scalar.ts'

/**
 * Compiles the value of `cidr`: `10.0.0.0/24`, `2001:db8::/32`. The range begins at the address that is given, not at
 * the network's first, as in AWS's own matcher.
 */
export function compileCidr(text: string): ValueTest {
  const [ip = '', bits, ...rest] = text.split('/')
  if (bits === undefined || rest.length > 0) throw new PatternError("Malformed CIDR, one '/' required")
  if (!/^[+-]?\d+$/.test(bits)) throw new PatternError('Malformed CIDR, mask bits must be an integer')
  const maskBits = Number(bits)
  if (maskBits < 0) throw new PatternError('Malformed CIDR, mask bits must not be negative')
  const bottom = addressOf(ip)
  const width = bottom.length * 8
  if (maskBits >= width) throw new PatternError(`IPv${width === 32 ? 4 : 6} mask bits must be < ${width}`)
  const top = bottom.map((byte, index) => byte | hostBits(maskBits - index * 8))
  return ofText((value) => {
    const address = isIp(value) ? bytesOf(value) : undefined
    return address?.length === bottom.length && compare(address, bottom) >= 0 && compare(address, top) <= 0
  })
}

/** The bits of one byte that a mask leaves open, where `masked` of its bits are the network's. */
const hostBits = (masked: number): number => 0xff >> Math.min(8, Math.max(0, masked))

function addressOf(ip: string): number[] {
  if (isIp(ip)) return bytesOf(ip)
  const looksLikeIp = /^\d+\.\d+\.\d+\.\d+$/.test(ip) || /^[\da-f:]*:[\da-f:]*$/i.test(ip)
  throw new PatternError(`${looksLikeIp ? 'Invalid' : 'Nonstandard'} IP address: ${ip}`)
}

const isIp = (text: string): boolean => isIPv4(text) || (isIPv6(text) && /^[\da-f:]+$/i.test(text))

function bytesOf(ip: string): number[] {
  if (!ip.includes(':')) return ip.split('.').map(Number)
  const [head = '', tail] = ip.split('::').map((half) => (half === '' ? [] : half.split(':')))
  const groups = head === '' ? [] : head
  const gap = tail === undefined ? [] : Array<string>(8 - groups.length - tail.length).fill('0')
  return [...groups, ...gap, ...(tail ?? [])].flatMap((group) => {
    const number = Number.parseInt(group, 16)
    return [number >> 8, number & 0xff]
  })
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (const [index, byte] of left.entries()) {
    const difference = byte - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
