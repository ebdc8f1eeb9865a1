import { createHash } from 'node:crypto'

const FIELD = ';Lineage='

/**
 * A trace header as the invocation of a function passes it on. Its field `Lineage` names each function of the chain with
 * the number of times it has been invoked before (`Lineage=a87bd80c:1|68fd508a:5`): the SDK puts the header on a handler's
 * own calls, SQS and SNS keep it with a message, and so a chain that comes back to a function is recognised.
 */
export interface Lineage {
  readonly traceId: string
  /** How often this function ran in this chain before: 0 for the first time. */
  readonly before: number
}

/** Counts one invocation of `functionName` in the chain that `traceId` belongs to. */
export function lineageOf(traceId: string, functionName: string): Lineage {
  const own = nameInLineage(functionName)
  const start = traceId.indexOf(FIELD)
  if (start < 0) return { traceId: `${traceId}${FIELD}${own}:0`, before: 0 }
  const end = traceId.indexOf(';', start + 1)
  const field = traceId.slice(start + FIELD.length, end < 0 ? undefined : end)
  let before = 0
  const others: string[] = []
  for (const entry of field.split('|')) {
    const [name, count] = entry.split(':')
    if (name === own) before = Number(count) + 1
    else others.push(entry)
  }
  // A header that somebody else made up: the chain begins here.
  if (!Number.isSafeInteger(before)) before = 0
  const rest = end < 0 ? '' : traceId.slice(end)
  return {
    traceId: `${traceId.slice(0, start)}${FIELD}${[...others, `${own}:${before}`].join('|')}${rest}`,
    before,
  }
}

/** How often `functionName` ran in the chain of this header, without counting a further one. */
export function timesInLineage(traceId: string | undefined, functionName: string): number {
  return traceId?.includes(FIELD) ? lineageOf(traceId, functionName).before : 0
}

const names = new Map<string, string>()

/** The first digits of a hash: short, and free of the field's separators. */
function nameInLineage(functionName: string): string {
  let name = names.get(functionName)
  if (name === undefined) {
    name = createHash('sha256').update(functionName).digest('hex').slice(0, 8)
    names.set(functionName, name)
  }
  return name
}
