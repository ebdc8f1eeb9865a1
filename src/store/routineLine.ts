import type { LedgerEntry } from '../system/index.ts'

/**
 * What the platform prints for every invocation: START, END and REPORT, or the same as JSON. The invocation's own entries
 * say most of it once more, so only the log groups ask for it. It is half of all entries, and is therefore written in short.
 */
export type Routine = Extract<LedgerEntry, { kind: 'logLine' }> & { readonly requestId: string }

const TEXT =
  /^(?:(?:START|END|REPORT) RequestId: |\{"time":"[^"]*","type":"platform\.(?:start|runtimeDone|report)")/

export const isRoutine = (entry: LedgerEntry): entry is Routine =>
  entry.kind === 'logLine' &&
  entry.source === 'platform' &&
  entry.requestId !== undefined &&
  TEXT.test(entry.text)

/** `first`, at `index`, and what of the same run follows it at once: END and REPORT mostly. */
export function routinesFrom(first: Routine, entries: readonly LedgerEntry[], index: number): Routine[] {
  const found = [first]
  for (let next = entries[index + 1]; next; next = entries[index + found.length]) {
    if (!isRoutine(next) || !followsOn(next, first, found.length)) break
    found.push(next)
  }
  return found
}

const followsOn = (next: Routine, first: Routine, count: number): boolean =>
  next.sequence === first.sequence + count &&
  next.requestId === first.requestId &&
  next.logStream === first.logStream

/** The first number, whose they are, and the time and the text of each. */
type Parts = [
  sequence: number,
  functionName: string,
  logStream: string,
  requestId: string,
  logGroup: string | 0,
  ...timesAndTexts: (number | string)[],
]

export function routineLine(routines: readonly Routine[]): string {
  const [first] = routines
  if (!first) return ''
  const { sequence, functionName, logStream, requestId, logGroup } = first
  const parts: Parts = [sequence, functionName, logStream, requestId, logGroup ?? 0]
  for (const { atMs, text } of routines) parts.push(atMs, text)
  return `${JSON.stringify(parts)}\n`
}

/** The entries that a line was made of; throws on a damaged one. */
export function decodeRoutine(line: string): Routine[] {
  const [sequence, functionName, logStream, requestId, logGroup, ...timesAndTexts] = JSON.parse(line) as Parts
  const found: Routine[] = []
  for (let index = 0; index < timesAndTexts.length; index += 2)
    found.push({
      kind: 'logLine',
      functionName,
      ...(logGroup !== 0 && { logGroup }),
      requestId,
      logStream,
      source: 'platform',
      text: String(timesAndTexts[index + 1]),
      sequence: sequence + index / 2,
      atMs: Number(timesAndTexts[index]),
      cause: requestId,
    })
  return found
}
