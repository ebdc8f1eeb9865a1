import { InvalidArgumentError } from 'commander'

const HIGHEST_PORT = 65_535
const HIGHEST_FACTOR = 1_000_000

/** `9000`, or 0 for a free one. */
export function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > HIGHEST_PORT) {
    throw new InvalidArgumentError(`Expected a port from 0 to ${HIGHEST_PORT}.`)
  }
  return port
}

/** Who may reach the port: this machine alone. */
export function parseHost(text: string): string {
  if (text === 'localhost' || text === '::1' || /^127(\.\d{1,3}){3}$/.test(text)) return text
  throw new InvalidArgumentError('Expected an address of this machine alone: 127.0.0.1, ::1 or localhost.')
}

/** `live`, `frozen`, or a factor such as `60x`. */
export function parseClock(text: string): 'live' | 'frozen' | number {
  if (text === 'live' || text === 'frozen') return text
  const factor = Number(/^(\d+(?:\.\d+)?)x$/.exec(text)?.[1])
  if (factor > 0 && factor <= HIGHEST_FACTOR) return factor
  throw new InvalidArgumentError('Expected live, frozen, or a factor such as 60x.')
}

/** A whole number from 1 up. */
export function parseCount(text: string): number {
  const count = Number(text)
  if (!/^\d+$/.test(text) || count === 0) throw new InvalidArgumentError('Expected a whole number from 1 up.')
  return count
}

const SECONDS = { s: 1, m: 60 } as const

/** `90`, `90s` or `5m`, in seconds; SQS says what is too long. */
export function parseDelay(text: string): number {
  const [, number, unit = 's'] = /^(\d+)([sm])?$/.exec(text) ?? []
  if (number === undefined) throw new InvalidArgumentError('Expected a duration such as 90s or 5m.')
  return Number(number) * SECONDS[unit as keyof typeof SECONDS]
}

/** One more `name=value`; the value may hold `=` itself. */
export function addAttribute(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const split = text.indexOf('=')
  if (split < 1) throw new InvalidArgumentError('Expected name=value.')
  return { ...before, [text.slice(0, split)]: text.slice(split + 1) }
}
