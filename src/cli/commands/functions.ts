import type { FunctionSummary } from '../../api/index.ts'
import { askControl } from '../client.ts'
import { type Colors, colorsFor } from '../colors.ts'
import { dateAndTime } from '../humanTime.ts'
import { createTable, writeTable } from '../table.ts'
import { plural } from '../wording.ts'

export interface FunctionsFlags {
  readonly port: number
  readonly json?: boolean
}

const TITLES = ['function', 'runtime', 'state', 'environments', 'reserved', 'runs', 'errors', 'last error']
const STATE = TITLES.indexOf('state')
const LAST_ERROR = TITLES.indexOf('last error')
const ENVIRONMENT_TITLES = ['environment', 'state', 'events run']
const MAPPING_TITLES = ['reads', 'as', 'state', 'figures']

/** `lambent functions`: one row a function, by name; with a name, all about that one. */
export async function functions(name: string | undefined, { port, json }: FunctionsFlags): Promise<void> {
  if (name !== undefined) {
    const one = await askControl<FunctionSummary>(port, `functions/${encodeURIComponent(name)}`)
    if (json) process.stdout.write(`${JSON.stringify(one)}\n`)
    else showOne(one)
    return
  }
  const answer = await askControl<{ functions: FunctionSummary[] }>(port, 'functions')
  if (json) {
    for (const one of answer.functions) process.stdout.write(`${JSON.stringify(one)}\n`)
    return
  }
  if (answer.functions.length === 0)
    process.stderr.write('no functions: name one under `functions` of lambda.yml\n')
  else showAll(answer.functions)
}

function showAll(all: readonly FunctionSummary[]): void {
  const colors = colorsFor(process.stdout)
  writeTable(TITLES, all.map(cellsOf), colors, (cell, column, row) => {
    const one = all[row]
    if (column === 0) return colors.bold(cell)
    if (column === STATE && one && stateOf(one) === 'broken') return colors.red(cell)
    if (column === LAST_ERROR) return one?.broken == null ? colors.yellow(cell) : colors.red(cell)
    return cell.trim() === '0' ? colors.dim(cell) : cell
  })
}

function showOne(one: FunctionSummary): void {
  const colors = colorsFor(process.stdout)
  const { lastError, lastInvokedMs, versions, aliases, waitingEvents, figures } = one
  const facts: [string, string][] = [
    ['function', `${one.name} (${one.arn})`],
    ['code', `${one.handler}, ${one.runtime}`],
    ['state', one.broken === null ? stateOf(one) : `broken: ${one.broken}`],
    ['reserved', reservedText(one)],
    ['runs', `${figures.invocations}, ${figures.errors} failed, ${figures.throttles} throttled`],
    ['waiting', `${waitingEvents} asynchronous ${waitingEvents === 1 ? 'event' : 'events'}`],
    ['last run', lastInvokedMs === null ? 'none' : dateAndTime(lastInvokedMs)],
    ['last error', lastError === null ? 'none' : `${errorText(one)} (${lastError.requestId})`],
    ['versions', versions.join(', ') || 'none published'],
    ['aliases', aliases.map(({ name, version }) => `${name} -> ${version}`).join(', ') || 'none'],
  ]
  const table = createTable()
  for (const fact of facts) table.widen([fact[0]])
  for (const [title, text] of facts)
    process.stdout.write(
      `${table.row([title, text], (cell, column) => (column === 0 ? colors.dim(cell) : cell))}\n`,
    )
  showEnvironments(one, colors)
  showMappings(one, colors)
}

function showEnvironments({ environments }: FunctionSummary, colors: Colors): void {
  if (environments.length === 0) return
  process.stdout.write('\n')
  const rows = environments.map(({ environmentId, isBusy, runs }) => [
    environmentId,
    isBusy ? 'busy' : 'warm',
    String(runs),
  ])
  writeTable(ENVIRONMENT_TITLES, rows, colors, (cell) => cell)
}

function showMappings({ mappings }: FunctionSummary, colors: Colors): void {
  if (mappings.length === 0) return
  process.stdout.write('\n')
  const rows = mappings.map(({ sourceName, qualifier, state, lastProblem, metrics }) => [
    sourceName,
    qualifier ?? 'the function as it is',
    lastProblem === null ? state : `${state}: ${lastProblem}`,
    Object.entries(metrics)
      .map(([name, count]) => `${name} ${count}`)
      .join(', '),
  ])
  writeTable(MAPPING_TITLES, rows, colors, (cell, column, row) => {
    const isTroubled = column === 2 && mappings[row]?.lastProblem !== null
    return isTroubled ? colors.yellow(cell) : cell
  })
}

const cellsOf = (one: FunctionSummary): string[] => [
  one.name,
  one.runtime,
  stateOf(one),
  environmentsText(one),
  one.reservedConcurrency === null ? '' : String(one.reservedConcurrency),
  String(one.figures.invocations),
  String(one.figures.errors),
  one.broken ?? errorText(one),
]

/** What the next invocation will find. */
function stateOf({ broken, environments }: FunctionSummary): 'broken' | 'busy' | 'warm' | 'cold' {
  if (broken !== null) return 'broken'
  if (environments.length === 0) return 'cold'
  return environments.every(({ isBusy }) => isBusy) ? 'busy' : 'warm'
}

function environmentsText({ environments }: FunctionSummary): string {
  const busy = environments.filter(({ isBusy }) => isBusy).length
  return `${environments.length}${busy > 0 ? ` (${busy} busy)` : ''}`
}

const reservedText = ({ reservedConcurrency, environments }: FunctionSummary): string =>
  `${reservedConcurrency ?? 'nothing'}; ${plural(environments.length, 'environment')} now`

const MOST_ERROR_CHARACTERS = 80

/** `12:04:05.001 TypeError: boom`, in one line. */
function errorText({ lastError }: FunctionSummary): string {
  if (lastError === null) return ''
  const { atMs, errorType, errorMessage } = lastError
  const text = `${errorType}: ${errorMessage}`.replaceAll(/\s+/g, ' ')
  const shown = text.length > MOST_ERROR_CHARACTERS ? `${text.slice(0, MOST_ERROR_CHARACTERS - 1)}…` : text
  return `${dateAndTime(atMs)} ${shown}`
}
