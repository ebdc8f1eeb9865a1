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
  if (knownNames.has(name) || name === listeningHost.toLowerCase()) return true
  if (name.endsWith('.localhost') || isIP(name) !== 0) return true
  return cameToLoopback && name.endsWith('.amazonaws.com')
}

/** `[::1]:9000` -> `::1`, `LocalHost:9000` -> `localhost`. */
function hostName(hostHeader: string): string {
  const name = hostHeader.startsWith('[')
    ? hostHeader.slice(1, hostHeader.indexOf(']'))
    : hostHeader.replace(/:\d*$/, '')
  return name.toLowerCase().replace(/\.$/, '')
}

/** Whether an address of our own side is this machine's loopback. */
export const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && (address === '::1' || /^(::ffff:)?127\./.test(address))

const knownNames: ReadonlySet<string> = new Set([
  'localhost',
  'host.docker.internal',
  'host.containers.internal',
])
