import type { AppStatus, InvocationSummary } from '../../api/index.ts'
import { askControl, notLambent, open } from '../client.ts'
import { colorsFor } from '../colors.ts'
import { dateAndTime, timeOfDay } from '../humanTime.ts'
import { invocationCells, invocationTitles, paintInvocation } from '../renderInvocation.ts'
import { serverSentEvents } from '../serverSentEvents.ts'
import { createTable } from '../table.ts'

export interface EventsFlags {
  readonly failed?: boolean
  readonly function?: string
  readonly since?: string
  readonly limit: number
  readonly follow?: boolean
  readonly port: number
  readonly json?: boolean
}

/** `lambent events`: one row an invocation, oldest first, and with `--follow` each that comes to rest. */
export async function events(flags: EventsFlags): Promise<void> {
  const query = queryOf(flags)
  const stream = flags.follow ? await openStream(flags.port, query) : undefined
  const { invocations } = await askControl<{ invocations: InvocationSummary[] }>(
    flags.port,
    `invocations?${query}`,
  )
  const expected = stream ? await expectedCells(flags.port) : []
  const show = createShow(flags, invocations, expected)
  for (const one of invocations) show(one)
  if (!stream) {
    if (invocations.length === 0) process.stderr.write(`${emptyText(flags)}\n`)
    return
  }
  try {
    for await (const data of serverSentEvents(stream)) show(JSON.parse(data) as InvocationSummary)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error
  }
  process.stderr.write(`The Lambent on port ${flags.port} has stopped.\n`)
}

function queryOf({ failed, function: functionName, since, limit }: EventsFlags): string {
  return new URLSearchParams({
    limit: String(limit),
    ...(failed && { failed: '1' }),
    ...(functionName !== undefined && { function: functionName }),
    ...(since !== undefined && { since }),
  }).toString()
}

async function openStream(port: number, query: string) {
  const stream = await open(port, {
    path: `/_lambent/invocations?${query}`,
    headers: { accept: 'text/event-stream' },
  })
  if (!stream.headers['content-type']?.startsWith('text/event-stream')) throw notLambent(port)
  return stream
}

/** Of rows that are still to come as much as can be known: the columns have their widths from the start. */
async function expectedCells(port: number): Promise<string[]> {
  const { functions, queues } = await askControl<Pick<AppStatus, 'functions' | 'queues'>>(port, 'status')
  const longest = (texts: readonly string[]): string =>
    texts.reduce((long, text) => (text.length > long.length ? text : long), '')
  const doors = queues.filter(({ consumers }) => consumers.length > 0).map(({ name }) => `sqs:${name} ×10`)
  return [
    timeOfDay(0),
    '00000000',
    longest(functions.map(({ name }) => name)),
    longest(['destination', ...doors]),
    '',
    TYPICAL_OUTCOME,
    longest([...queues.map(({ name }) => `sqs:${name}`), ...functions.map(({ name }) => `lambda:${name}`)]),
  ]
}

function createShow(
  flags: EventsFlags,
  known: readonly InvocationSummary[],
  expected: readonly string[],
): (one: InvocationSummary) => void {
  if (flags.json) return (one) => process.stdout.write(`${JSON.stringify(one)}\n`)
  const colors = colorsFor(process.stdout)
  const table = createTable()
  const time = timeFor(known)
  const outcomeWidth = outcomeWidthFor([expected, ...known.map((one) => invocationCells(one, time))])
  const cellsOf = (one: InvocationSummary): string[] => invocationCells(one, time, outcomeWidth)
  table.widen(invocationTitles)
  table.widen(expected)
  for (const one of known) table.widen(cellsOf(one))
  let hasTitles = false
  return (one) => {
    if (!hasTitles) process.stdout.write(`${table.row(invocationTitles, (title) => colors.dim(title))}\n`)
    hasTitles = true
    process.stdout.write(`${table.row(cellsOf(one), paintInvocation(colors, one))}\n`)
  }
}

const OUTCOME_COLUMN = invocationTitles.indexOf('outcome')
const TYPICAL_OUTCOME = '↻ again 00:00:00.000  Error'
const LEAST_OUTCOME = TYPICAL_OUTCOME.length

/** On a terminal what went wrong is cut where the row would not fit; a pipe gets all of it. */
function outcomeWidthFor(rows: readonly (readonly string[])[]): number {
  const { isTTY, columns } = process.stdout
  if (!isTTY) return Infinity
  const others = invocationTitles.map((title, column) =>
    column === OUTCOME_COLUMN
      ? 0
      : Math.max(title.length, ...rows.map((cells) => cells[column]?.length ?? 0)) + 2,
  )
  return Math.max(LEAST_OUTCOME, columns - others.reduce((sum, width) => sum + width, 0))
}

/** The time of day is enough while all is of one day. */
function timeFor(known: readonly InvocationSummary[]): (atMs: number) => string {
  const days = new Set(known.map(({ acceptedMs }) => dateAndTime(acceptedMs).slice(0, 10)))
  return days.size > 1 ? dateAndTime : timeOfDay
}

function emptyText({ failed, function: functionName, since }: EventsFlags): string {
  if (!failed && functionName === undefined && since === undefined)
    return 'no events yet: `lambent invoke FUNCTION` makes one'
  const what = failed ? 'no failed events' : 'no events'
  const of = functionName === undefined ? '' : ` of ${functionName}`
  if (since === undefined) return what + of
  return `${what}${of} ${/^\d{4}-/.test(since) ? 'since' : 'in the last'} ${since}`
}
