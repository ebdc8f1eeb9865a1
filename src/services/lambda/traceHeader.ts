import type { Clock, Ids } from '../../system/index.ts'

/**
 * The trace header of an invocation: the caller's, its root kept and what it lacks filled in, or a new one that is
 * not sampled.
 */
export function traceHeader(sent: string | undefined, clock: Clock, ids: Ids): string {
  const parts = new Map((sent ?? '').split(';').flatMap(pairOf))
  const root = parts.get('Root')
  const parent = parts.get('Parent')
  if (root !== undefined && parent !== undefined)
    return `Root=${root};Parent=${parent};Sampled=${parts.get('Sampled') ?? '0'}`
  const random = ids.hex(40)
  const seconds = Math.floor(clock.now() / 1_000)
    .toString(16)
    .padStart(8, '0')
  return [
    `Root=${root ?? `1-${seconds}-${random.slice(0, 24)}`}`,
    `Parent=${parent ?? random.slice(24)}`,
    `Sampled=${parts.get('Sampled') ?? '0'}`,
  ].join(';')
}

function pairOf(text: string): [string, string][] {
  const mark = text.indexOf('=')
  return mark < 0 ? [] : [[text.slice(0, mark).trim(), text.slice(mark + 1).trim()]]
}
