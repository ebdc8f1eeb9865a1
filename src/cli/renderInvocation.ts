import type { InvocationSummary } from '../api/index.ts'
import type { Colors } from './colors.ts'
import { formatTook, formatWait } from './humanTime.ts'
import { nounOfBatch, plural, shortArn } from './wording.ts'

/** The titles of {@link invocationCells}. */
export const invocationTitles = ['time', 'id', 'function', 'door', 'runs', 'outcome', 'went to'] as const

const SHORT_ID_LENGTH = 8
const LONGEST_OUTCOME = 60

/** Enough of an id to tell invocations apart. */
export const shortId = (id: string): string => id.slice(0, SHORT_ID_LENGTH)

/** An invocation in one row. `time` writes a time of the clock. */
export function invocationCells(
  one: InvocationSummary,
  time: (atMs: number) => string,
  outcomeWidth: number = LONGEST_OUTCOME,
): string[] {
  return [
    time(one.acceptedMs),
    shortId(one.requestId),
    one.functionName,
    doorText(one),
    String(one.attempts),
    cut(outcomeText(one, time), outcomeWidth),
    one.deliveries
      .map(({ arn, reason }) => (reason === undefined ? shortArn(arn) : `not ${shortArn(arn)}: ${reason}`))
      .join(', '),
  ]
}

/** Colours for the cells of {@link invocationCells}. */
export function paintInvocation(
  colors: Colors,
  one: InvocationSummary,
): (cell: string, column: number) => string {
  return (cell, column) => {
    if (column <= 1) return colors.dim(cell)
    if (column === 2) return colors.bold(cell)
    return column === 5 ? painter(colors, one)(cell) : cell
  }
}

function painter(colors: Colors, { state, batch }: InvocationSummary): (text: string) => string {
  if (state === 'failed' || state === 'givenUp' || state === 'interrupted') return colors.red
  if (state === 'waiting' || state === 'throttled' || (batch?.left ?? 0) > 0) return colors.yellow
  return state === 'succeeded' ? colors.green : colors.dim
}

/** How it came: `api`, `api, async`, `sqs orders ×4`. */
export function doorText({ door, invocationType, batch, replayOf }: InvocationSummary): string {
  if (batch) return `${shortArn(batch.queue)} ×${batch.messages}`
  if (replayOf !== undefined) return `replay of ${shortId(replayOf)}`
  const isPlain = door === 'api' || door === 'code'
  return isPlain && invocationType === 'Event' ? `${door}, async` : door
}

/** How it stands: `✓ 12 ms`, `✗ Error: boom`, `↻ again 14:03:11.345`. */
export function outcomeText(one: InvocationSummary, time: (atMs: number) => string): string {
  const error = one.error ? errorText(one.error) : ''
  switch (one.state) {
    case 'succeeded': {
      const left = one.batch?.left ?? 0
      const took = one.durationMs === undefined ? '✓' : `✓ ${formatTook(one.durationMs)}`
      return left > 0 ? `${took}, ${plural(left, nounOfBatch(one.batch?.queue ?? ''))} left` : took
    }
    case 'failed':
      return `✗ ${error}`
    case 'waiting':
      return `↻ again ${time(one.dueMs ?? 0)}  ${error}`.trimEnd()
    case 'givenUp':
      return `✗ ${one.condition ?? 'given up'}  ${error}`.trimEnd()
    case 'throttled':
      return `! throttled: ${one.error?.message ?? ''}`
    case 'interrupted':
      return '✗ interrupted'
    case 'queued':
    case 'running':
      return `· ${one.state}`
  }
}

function errorText({ type, message }: { readonly type: string; readonly message: string }): string {
  const [line = ''] = message.split('\n')
  return line === '' ? type : `${type}: ${line}`
}

const cut = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text

/** `in 60 s`, `2 min ago`, as seen from `fromMs`. */
export const distance = (atMs: number, fromMs: number): string =>
  atMs >= fromMs ? `in ${formatWait(atMs - fromMs)}` : `${formatWait(fromMs - atMs)} ago`
