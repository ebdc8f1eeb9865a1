import type { Clock, Ids } from '../../system/index.ts'

/**
 * The trace header of an invocation: the caller's, its root kept and what it lacks filled in, or a new one that is
 * not sampled.
 */
export function traceHeader(sent: string | undefined, clock: Clock, ids: Ids): string {
  if (sent === undefined) return newTraceHeader(clock, ids)
  const parts = new Map(sent.split(';').flatMap(pairOf))
  const root = parts.get('Root')
  const parent = parts.get('Parent')
  const sampled = `Sampled=${parts.get('Sampled') ?? '0'}`
  // Recursion detection counts in it.
  const lineage = parts.has('Lineage') ? `;Lineage=${parts.get('Lineage')}` : ''
  if (root !== undefined && parent !== undefined) return `Root=${root};Parent=${parent};${sampled}${lineage}`
  const fresh = newTraceHeader(clock, ids)
  const [freshRoot = '', freshParent = ''] = fresh.split(';')
  return [
    root === undefined ? freshRoot : `Root=${root}`,
    parent === undefined ? freshParent : `Parent=${parent}`,
    `${sampled}${lineage}`,
  ].join(';')
}

/** `Root=1-<epoch>-<24 hex>;Parent=<16 hex>;Sampled=0`: what nearly every invocation gets. */
export function newTraceHeader(clock: Clock, ids: Ids): string {
  const seconds = Math.floor(clock.now() / 1_000)
    .toString(16)
    .padStart(8, '0')
  const random = ids.hex(40)
  return `Root=1-${seconds}-${random.slice(0, 24)};Parent=${random.slice(24)};Sampled=0`
}

function pairOf(text: string): [string, string][] {
  const mark = text.indexOf('=')
  return mark < 0 ? [] : [[text.slice(0, mark).trim(), text.slice(mark + 1).trim()]]
}
