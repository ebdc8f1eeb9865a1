import type { ShardProgress, ShardSummary, StreamReaderSummary, StreamSummary } from '../../api/index.ts'
import { askControl } from '../client.ts'
import { type Colors, colorsFor } from '../colors.ts'
import { dateAndTime, formatWait } from '../humanTime.ts'
import { writeTable } from '../table.ts'

export interface StreamsFlags {
  readonly port: number
  readonly json?: boolean
}

const TITLES = ['stream', 'shards', 'records', 'newest', 'kept', 'read by'] as const
const SHARD_TITLES = ['shard', 'state', 'records', 'newest', 'came from', 'read by'] as const

/** `lambent streams`: one row a stream, by name; with a name, one row a shard. */
export async function streams(name: string | undefined, { port, json }: StreamsFlags): Promise<void> {
  if (name !== undefined) {
    shards(await askControl<StreamSummary>(port, `streams/${encodeURIComponent(name)}`), json)
    return
  }
  const answer = await askControl<{ streams: StreamSummary[] }>(port, 'streams')
  if (json) {
    for (const stream of answer.streams) process.stdout.write(`${JSON.stringify(stream)}\n`)
    return
  }
  if (answer.streams.length === 0) {
    process.stderr.write('no streams: name one under `resources.streams` of lambda.yml\n')
    return
  }
  const colors = colorsFor(process.stdout)
  writeTable(TITLES, answer.streams.map(cellsOf), colors, (cell, column, row) => {
    if (column !== TITLES.length - 1) return plain(cell, column, colors)
    return isTroubled(answer.streams[row]) ? colors.yellow(cell) : cell
  })
}

function shards(stream: StreamSummary, json: boolean | undefined): void {
  if (json) {
    for (const shard of stream.shards) {
      const positions = stream.mappings.map((one) => ({ ...ownOf(one), ...progressIn(one, shard) }))
      process.stdout.write(`${JSON.stringify({ ...shard, mappings: positions })}\n`)
    }
    return
  }
  if (stream.problem !== undefined) process.stderr.write(`${stream.name}: ${stream.problem}\n`)
  const colors = colorsFor(process.stdout)
  const rows = stream.shards.map((shard) => shardCells(shard, stream.mappings))
  writeTable(SHARD_TITLES, rows, colors, (cell, column) => {
    const isBlocked = column === SHARD_TITLES.length - 1 && cell.includes('blocked')
    return isBlocked ? colors.yellow(cell) : plain(cell, column, colors)
  })
}

function cellsOf(stream: StreamSummary): string[] {
  const { name, shards: all, retentionHours, mappings, problem } = stream
  const closed = all.filter(({ isClosed }) => isClosed).length
  return [
    name,
    problem === undefined ? `${all.length - closed}${closed > 0 ? ` + ${closed} closed` : ''}` : '?',
    problem === undefined ? String(sumOf(all.map(({ records }) => records))) : '?',
    timeText(newestOf(all)),
    retentionHours === null ? '' : formatWait(retentionHours * 3_600_000),
    [...mappings.map(readerText), ...(problem === undefined ? [] : [problem])].join(', '),
  ]
}

const shardCells = (shard: ShardSummary, mappings: readonly StreamReaderSummary[]): string[] => [
  shard.id,
  shard.isClosed ? 'closed' : 'open',
  String(shard.records),
  timeText(shard.newestMs),
  shard.parents.join(', '),
  mappings.map((one) => `${nameOf(one)} ${progressText(progressIn(one, shard))}`).join(', '),
]

/** `worker Enabled, 2 min behind`, and what keeps it from reading. */
function readerText(reader: StreamReaderSummary): string {
  const { state, lastProblem, lastProcessingResult, positions } = reader
  const behindMs = Math.max(0, ...positions.map(({ iteratorAgeMs }) => iteratorAgeMs))
  const result = lastProcessingResult.startsWith('PROBLEM') ? `: ${lastProcessingResult}` : ''
  return `${nameOf(reader)} ${state}${behindMs > 0 ? `, ${formatWait(behindMs)} behind` : ''}${
    lastProblem === null ? result : `: ${lastProblem}`
  }`
}

function progressText(progress: ShardProgress | undefined): string {
  if (!progress) return 'has not begun'
  const { state, iteratorAgeMs } = progress
  if (state === 'waiting') return 'waits for its parents'
  if (state === 'ended') return 'is through'
  if (state === 'resting') return 'does not read'
  const behind = iteratorAgeMs > 0 ? `${formatWait(iteratorAgeMs)} behind` : 'up to date'
  return state === 'blocked' ? `blocked, ${behind}` : behind
}

const progressIn = (reader: StreamReaderSummary, shard: ShardSummary): ShardProgress | undefined =>
  reader.positions.find(({ shardId }) => shardId === shard.id)

const ownOf = ({ uuid, functionName, qualifier, state }: StreamReaderSummary) => ({
  uuid,
  functionName,
  qualifier,
  mappingState: state,
})

const nameOf = ({ functionName, qualifier }: StreamReaderSummary): string =>
  qualifier === null ? functionName : `${functionName}:${qualifier}`

const newestOf = (all: readonly ShardSummary[]): number | null => {
  const times = all.flatMap(({ newestMs }) => newestMs ?? [])
  return times.length > 0 ? Math.max(...times) : null
}

const isTroubled = (stream: StreamSummary | undefined): boolean =>
  stream?.problem !== undefined ||
  (stream?.mappings ?? []).some(
    ({ lastProblem, lastProcessingResult }) =>
      lastProblem !== null || lastProcessingResult.startsWith('PROBLEM'),
  )

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)
const timeText = (atMs: number | null): string => (atMs === null ? '' : dateAndTime(atMs))

function plain(cell: string, column: number, colors: Colors): string {
  if (column === 0) return colors.bold(cell)
  return cell.trim() === '0' ? colors.dim(cell) : cell
}
