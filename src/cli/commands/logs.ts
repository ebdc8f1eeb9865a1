import type { EventLife } from '../../api/index.ts'
import type { LedgerEntry } from '../../system/index.ts'
import { askControl, notLambent, open } from '../client.ts'
import { colorsFor } from '../colors.ts'
import { createEntryHistory } from '../entryHistory.ts'
import { timeOfDay } from '../humanTime.ts'
import { renderEntry } from '../renderEntry.ts'
import { renderLife } from '../renderLife.ts'
import { serverSentEvents } from '../serverSentEvents.ts'

export interface LogsFlags {
  readonly follow?: boolean
  readonly function?: string
  readonly invocation?: string
  readonly limit: number
  readonly port: number
  readonly json?: boolean
}

type Show = (entry: LedgerEntry) => void

/** `lambent logs`: what happened, oldest first, and with `--follow` what happens. */
export async function logs(flags: LogsFlags): Promise<void> {
  const query = queryOf(flags)
  if (flags.follow) return follow(flags, query)
  if (flags.invocation !== undefined) return showLife(flags.invocation, flags)
  const { entries } = await askControl<{ entries: LedgerEntry[] }>(flags.port, `events?${query}`)
  const show = createShow(flags, entries)
  for (const entry of entries) show(entry)
}

/** One event from its cause to its last effect. */
async function showLife(id: string, { port, json }: LogsFlags): Promise<void> {
  const life = await askControl<EventLife>(port, `invocations/${encodeURIComponent(id)}`)
  const style = { colors: colorsFor(process.stdout), time: timeOfDay, directory: process.cwd() }
  const lines = json ? [JSON.stringify(life)] : renderLife(life, style)
  process.stdout.write(`${lines.join('\n')}\n`)
}

function queryOf({ function: functionName, invocation, limit }: LogsFlags): string {
  return new URLSearchParams({
    limit: String(limit),
    ...(functionName === undefined ? {} : { function: functionName }),
    ...(invocation === undefined ? {} : { invocation }),
  }).toString()
}

/** The stream is opened first and the past asked for then, so that nothing falls between the two. */
async function follow(flags: LogsFlags, query: string): Promise<void> {
  const stream = await open(flags.port, {
    path: `/_lambent/events?${query}`,
    headers: { accept: 'text/event-stream' },
  })
  if (!stream.headers['content-type']?.startsWith('text/event-stream')) throw notLambent(flags.port)
  const { entries } = await askControl<{ entries: LedgerEntry[] }>(flags.port, `events?${query}`)
  const show = createShow(flags, entries)
  for (const entry of entries) show(entry)
  const lastShown = entries.at(-1)?.sequence ?? 0
  try {
    for await (const data of serverSentEvents(stream)) {
      const entry = JSON.parse(data) as LedgerEntry
      if (entry.sequence > lastShown) show(entry)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error
  }
  process.stderr.write(`The Lambent on port ${flags.port} has stopped.\n`)
}

/** One invocation is shown in full detail; many are shown as the terminal of `lambent dev` does. */
function createShow(flags: LogsFlags, known: readonly LedgerEntry[]): Show {
  if (flags.json) return (entry) => process.stdout.write(`${JSON.stringify(entry)}\n`)
  const history = createEntryHistory()
  let nameWidth = 0
  const widen = (entry: LedgerEntry): void => {
    if ('functionName' in entry) nameWidth = Math.max(nameWidth, entry.functionName.length)
  }
  for (const entry of known) widen(entry)
  return (entry) => {
    widen(entry)
    history.note(entry)
    const lines = renderEntry(entry, {
      colors: colorsFor(process.stdout),
      nameWidth,
      time: timeOfDay,
      directory: process.cwd(),
      history,
      isDetailed: flags.invocation !== undefined,
    })
    for (const line of lines) process.stdout.write(`${line}\n`)
  }
}
