import { createInterface } from 'node:readline/promises'
import type { QueueSummary } from '../../api/index.ts'
import { askControl } from '../client.ts'
import { CommandFailure, exitCodes } from '../failure.ts'
import { plural } from '../wording.ts'

export interface PurgeFlags {
  readonly yes?: boolean
  readonly port: number
  readonly json?: boolean
}

/** `lambent queue purge`: removes all messages of a queue, those in flight as well; asks first. */
export async function purge(name: string, { yes, port, json }: PurgeFlags): Promise<void> {
  const { visible, inFlight, delayed } = await askControl<QueueSummary>(
    port,
    `queues/${encodeURIComponent(name)}`,
  )
  const count = (visible ?? 0) + (inFlight ?? 0) + (delayed ?? 0)
  if (!yes && count > 0 && !(await isWanted(`remove ${plural(count, 'message')} from ${name}`))) {
    process.stderr.write('nothing was removed\n')
    process.exitCode = exitCodes.failed
    return
  }
  const result = await askControl<{ queue: string; removed: number }>(port, 'purge', { queue: name })
  process.stdout.write(
    json ? `${JSON.stringify(result)}\n` : `${plural(result.removed, 'message')} removed from ${name}\n`,
  )
}

async function isWanted(what: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new CommandFailure(
      `No terminal is there to ask whether to ${what}; say so with --yes.`,
      exitCodes.wrong,
    )
  const prompt = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await prompt.question(`Really ${what}? [y/N] `)).trim())
  } finally {
    prompt.close()
  }
}
