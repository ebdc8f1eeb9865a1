import type { QueueReaderSummary, QueueSummary } from '../../api/index.ts'
import { askControl } from '../client.ts'
import { type Colors, colorsFor } from '../colors.ts'
import { formatWait } from '../humanTime.ts'
import { createTable } from '../table.ts'
import { shortArn } from '../wording.ts'

export interface QueuesFlags {
  readonly port: number
  readonly json?: boolean
}

const TITLES = ['queue', 'visible', 'in flight', 'delayed', 'oldest', 'dead letters to', 'read by'] as const

/** `lambent queues`: one row a queue, by name. */
export async function queues({ port, json }: QueuesFlags): Promise<void> {
  const answer = await askControl<{ queues: QueueSummary[] }>(port, 'queues')
  if (json) {
    for (const queue of answer.queues) process.stdout.write(`${JSON.stringify(queue)}\n`)
    return
  }
  if (answer.queues.length === 0) {
    process.stderr.write('no queues: name one under `resources.queues` of lambda.yml\n')
    return
  }
  const colors = colorsFor(process.stdout)
  const table = createTable()
  table.widen(TITLES)
  for (const queue of answer.queues) table.widen(cellsOf(queue))
  process.stdout.write(`${table.row(TITLES, (title) => colors.dim(title))}\n`)
  for (const queue of answer.queues)
    process.stdout.write(`${table.row(cellsOf(queue), painter(queue, colors))}\n`)
}

function cellsOf(queue: QueueSummary): string[] {
  const { name, visible, inFlight, delayed, oldestAgeMs, redrive, mappings, problem } = queue
  return [
    name,
    countText(visible),
    countText(inFlight),
    countText(delayed),
    oldestAgeMs === null ? '' : formatWait(oldestAgeMs),
    redrive ? `${shortArn(redrive.deadLetterArn)} after ${redrive.maxReceiveCount}` : '',
    [...mappings.map(readerText), ...(problem === undefined ? [] : [problem])].join(', '),
  ]
}

const countText = (count: number | null): string => (count === null ? '?' : String(count))

/** `worker Enabled`, `worker:live Disabled`, and what keeps it from reading. */
function readerText({ functionName, qualifier, state, lastProblem }: QueueReaderSummary): string {
  const name = qualifier === null ? functionName : `${functionName}:${qualifier}`
  return `${name} ${state}${lastProblem === null ? '' : `: ${lastProblem}`}`
}

/** Dead letters are red, a mapping that cannot read is yellow, what is zero is dim. */
function painter(queue: QueueSummary, colors: Colors): (cell: string, column: number) => string {
  const isParked = queue.deadLetterQueueOf.length > 0
  const isTroubled =
    queue.problem !== undefined || queue.mappings.some(({ lastProblem }) => lastProblem !== null)
  return (cell, column) => {
    if (column === 0) return colors.bold(cell)
    if (column === 1 && isParked && queue.visible !== 0) return colors.red(cell)
    if (column <= 3 && cell.trim() === '0') return colors.dim(cell)
    return column === TITLES.length - 1 && isTroubled ? colors.yellow(cell) : cell
  }
}
