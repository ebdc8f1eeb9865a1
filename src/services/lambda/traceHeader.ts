import type { Clock, Ids } from '../../system/index.ts'

interface Edges {
  readonly clock: Clock
  readonly ids: Ids
}

/**
 * The trace header of an invocation: the caller's, its root kept and what it lacks filled in, or a new one. What its
 * caller did not decide is sampled when the function is traced.
 */
export function traceHeader(sent: string | undefined, { clock, ids }: Edges, isTraced: boolean): string {
  if (sent === undefined) return newTraceHeader(clock, ids, isTraced)
  const parts = new Map(sent.split(';').flatMap(pairOf))
  const root = parts.get('Root')
  const parent = parts.get('Parent')
  const sampled = `Sampled=${parts.get('Sampled') ?? (isTraced ? '1' : '0')}`
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
export function newTraceHeader(clock: Clock, ids: Ids, isSampled = false): string {
  const seconds = Math.floor(clock.now() / 1_000)
    .toString(16)
    .padStart(8, '0')
  const random = ids.hex(40)
  return `Root=1-${seconds}-${random.slice(0, 24)};Parent=${random.slice(24)};Sampled=${isSampled ? 1 : 0}`
}

function pairOf(text: string): [string, string][] {
  const mark = text.indexOf('=')
  return mark < 0 ? [] : [[text.slice(0, mark).trim(), text.slice(mark + 1).trim()]]
}
