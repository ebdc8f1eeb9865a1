import type { IncomingMessage } from 'node:http'
import type { Redrive } from '../../api/index.ts'
import type { LedgerEntry } from '../../system/index.ts'
import { askControl, open } from '../client.ts'
import { exitCodes } from '../failure.ts'
import { serverSentEvents } from '../serverSentEvents.ts'
import { plural } from '../wording.ts'

export interface RedriveFlags {
  readonly to?: string
  readonly max?: number
  readonly port: number
  readonly json?: boolean
}

/** `lambent redrive`: moves messages out of a dead-letter queue, back to where they came from or elsewhere. */
export async function redrive(queue: string, { to, max, port, json }: RedriveFlags): Promise<void> {
  const progress = process.stderr.isTTY && !json ? await showProgress(port, queue) : undefined
  let result: Redrive
  try {
    result = await askControl<Redrive>(port, 'redrive', {
      queue,
      ...(to !== undefined && { to }),
      ...(max !== undefined && { max }),
    })
  } finally {
    progress?.end()
  }
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
  else for (const line of resultLines(result)) process.stdout.write(`${line}\n`)
  if (result.status !== 'COMPLETED') process.exitCode = exitCodes.failed
}

function resultLines({ queue, moved, to, status, failureReason }: Redrive): string[] {
  const targets = Object.entries(to).map(
    ([name, count]) => `${plural(count, 'message')} of ${queue} moved to ${name}`,
  )
  if (status === 'COMPLETED' && moved === 0) return [`nothing to move: ${queue} has no visible messages`]
  if (status === 'COMPLETED') return targets
  return [...targets, `stopped after ${plural(moved, 'message')}: ${reasonText(failureReason, status)}`]
}

/** AWS's words for why a task failed, as a sentence. */
function reasonText(reason: string | undefined, status: string): string {
  switch (reason) {
    case 'CouldNotDetermineMessageSource':
      return 'the next message was sent to the queue directly and came from no other; name a queue with --to'
    case 'AWS.SimpleQueueService.NonExistentQueue':
      return 'the queue that the next message came from is gone; name another with --to'
    default:
      return reason ?? status.toLowerCase()
  }
}

/** A count that is written over itself, on a terminal. */
async function showProgress(port: number, queue: string): Promise<{ end(): void }> {
  const stream = await open(port, { path: '/_lambent/events', headers: { accept: 'text/event-stream' } })
  void count(stream, queue).catch(() => {})
  return {
    end() {
      stream.destroy()
      process.stderr.write('\r\u001B[K')
    },
  }
}

async function count(stream: IncomingMessage, queue: string): Promise<void> {
  let moved = 0
  for await (const data of serverSentEvents(stream)) {
    const entry = JSON.parse(data) as LedgerEntry
    if (entry.kind !== 'messagesMoved' || entry.from !== queue) continue
    moved += entry.moves.length
    process.stderr.write(`\r${plural(moved, 'message')} moved`)
  }
}
