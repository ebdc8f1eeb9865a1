import type { QueueSummary, SeenMessage } from '../../api/index.ts'
import { askControl } from '../client.ts'
import { type Colors, colorsFor } from '../colors.ts'
import { dateAndTime, timeOfDay } from '../humanTime.ts'
import { shortId } from '../renderInvocation.ts'
import { createTable } from '../table.ts'
import { plural } from '../wording.ts'

export interface PeekFlags {
  readonly limit: number
  readonly port: number
  readonly json?: boolean
}

const TITLES = ['id', 'sent', 'state', 'receives', 'group', 'attributes', 'body'] as const
const BODY_COLUMN = TITLES.indexOf('body')
const LEAST_BODY = 20

/** `lambent queue peek`: the first messages of a queue; none is received. */
export async function peek(name: string, { limit, port, json }: PeekFlags): Promise<void> {
  const path = `queues/${encodeURIComponent(name)}`
  const { items } = await askControl<{ items: SeenMessage[] }>(port, `${path}/messages?limit=${limit}`)
  if (json) {
    for (const message of items) process.stdout.write(`${JSON.stringify(message)}\n`)
    return
  }
  if (items.length === 0) {
    process.stderr.write(`${name} is empty\n`)
    return
  }
  show(items, colorsFor(process.stdout))
  const { visible, inFlight, delayed } = await askControl<QueueSummary>(port, path)
  const more = (visible ?? 0) + (inFlight ?? 0) + (delayed ?? 0) - items.length
  if (more > 0) process.stderr.write(`and ${plural(more, 'message')} more: --limit shows them\n`)
}

function show(items: readonly SeenMessage[], colors: Colors): void {
  const days = new Set(items.flatMap(({ sentMs, visibleMs }) => [dayOf(sentMs), dayOf(visibleMs)]))
  const time = days.size > 1 ? dateAndTime : timeOfDay
  const rows = items.map((message) => cellsOf(message, time))
  const bodyWidth = bodyWidthFor(rows)
  const table = createTable()
  for (const cells of [TITLES, ...rows]) table.widen(cells)
  process.stdout.write(`${table.row(TITLES, (title) => colors.dim(title))}\n`)
  for (const cells of rows) {
    const shown = cells.map((cell, column) => (column === BODY_COLUMN ? cut(cell, bodyWidth) : cell))
    process.stdout.write(`${table.row(shown, (cell, column) => paint(cell, column, colors))}\n`)
  }
}

function cellsOf(message: SeenMessage, time: (atMs: number) => string): string[] {
  return [
    shortId(message.messageId),
    time(message.sentMs),
    stateText(message, time),
    String(message.receiveCount),
    message.systemAttributes['MessageGroupId'] ?? '',
    Object.entries(message.attributes)
      .map(([name, value]) => `${name}=${onOneLine(value)}`)
      .join(' '),
    onOneLine(message.body),
  ]
}

const STATES = {
  visible: 'visible',
  inFlight: 'in flight',
  delayed: 'delayed',
  blocked: 'behind its group',
} as const satisfies Record<SeenMessage['state'], string>

const stateText = ({ state, visibleMs }: SeenMessage, time: (atMs: number) => string): string =>
  state === 'inFlight' || state === 'delayed' ? `${STATES[state]} until ${time(visibleMs)}` : STATES[state]

/** A row is a line, whatever a message holds. */
const onOneLine = (text: string): string => text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()

function paint(cell: string, column: number, colors: Colors): string {
  if (column <= 1) return colors.dim(cell)
  if (column === 2) return cell.startsWith('visible') ? colors.green(cell) : colors.yellow(cell)
  return cell
}

/** On a terminal a body is cut where the row would not fit; a pipe gets all of it. */
function bodyWidthFor(rows: readonly (readonly string[])[]): number {
  const { isTTY, columns } = process.stdout
  if (!isTTY) return Infinity
  const others = TITLES.slice(0, BODY_COLUMN).map(
    (title, column) => Math.max(title.length, ...rows.map((cells) => cells[column]?.length ?? 0)) + 2,
  )
  return Math.max(LEAST_BODY, columns - others.reduce((sum, width) => sum + width, 0))
}

const dayOf = (atMs: number): string => dateAndTime(atMs).slice(0, 10)
const cut = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text
