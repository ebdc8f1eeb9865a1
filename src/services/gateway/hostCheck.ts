import { isIP } from 'node:net'

/**
 * Whether a request that names this `Host` may be answered. A web page can make its own host name point here (DNS
 * rebinding) and would then be same-origin with us; only names that no such page can own are let in: loopback names,
 * addresses, `*.localhost`, AWS's own names (an SDK without an endpoint setting, led here by a hosts file), the names
 * by which containers reach this machine, and the name that the gateway was told to listen on.
 */
export function isAllowedHost(
  hostHeader: string | undefined,
  listeningHost: string,
  cameToLoopback: boolean,
): boolean {
  if (hostHeader === undefined) return true
  const name = hostName(hostHeader)
  if (knownNames.has(name) || isIP(name) !== 0 || name.endsWith('.localhost')) return true
  return name === listeningHost.toLowerCase() || (cameToLoopback && name.endsWith('.amazonaws.com'))
}

/** `[::1]:9000` -> `::1`, `LocalHost.:9000` -> `localhost`. */
function hostName(hostHeader: string): string {
  const end = hostHeader.startsWith('[') ? hostHeader.indexOf(']') : hostHeader.lastIndexOf(':')
  const name = hostHeader.slice(hostHeader.startsWith('[') ? 1 : 0, end < 0 ? undefined : end)
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase()
}

/** Whether an address of our own side is this machine's loopback. */
export const isLoopback = (address: string | undefined): boolean =>
  address !== undefined &&
  (address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.'))

const knownNames: ReadonlySet<string> = new Set([
  'localhost',
  'host.docker.internal',
  'host.containers.internal',
])
