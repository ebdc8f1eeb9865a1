import type { SeenRecord } from '../../api/index.ts'
import { notLambent, open, parseObject } from '../client.ts'
import { colorsFor } from '../colors.ts'
import { CommandFailure } from '../failure.ts'
import { timeOfDay } from '../humanTime.ts'
import { serverSentEvents } from '../serverSentEvents.ts'
import { buffer as readAll } from 'node:stream/consumers'

export interface TailFlags {
  /** From the oldest record that is still there, in place of what comes from now on. */
  readonly all?: boolean
  readonly shard?: string
  readonly port: number
  readonly json?: boolean
}

/** `lambent stream tail`: records as they come, until Ctrl-C; nothing is taken from anybody. */
export async function tail(name: string, { all, shard, port, json }: TailFlags): Promise<void> {
  const query = new URLSearchParams({
    ...(all === true && { from: 'oldest' }),
    ...(shard !== undefined && { shard }),
  })
  const stream = await open(port, {
    path: `/_lambent/streams/${encodeURIComponent(name)}/records?${query.toString()}`,
    headers: { accept: 'text/event-stream' },
  })
  if (!stream.headers['content-type']?.startsWith('text/event-stream')) {
    const message = parseObject(await readAll(stream))?.['message']
    throw typeof message === 'string' ? new CommandFailure(message) : notLambent(port)
  }
  const show = json ? (record: SeenRecord) => JSON.stringify(record) : lineWriter()
  try {
    for await (const data of serverSentEvents(stream))
      process.stdout.write(`${show(JSON.parse(data) as SeenRecord)}\n`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error
  }
  process.stderr.write(`The Lambent on port ${port} has stopped.\n`)
}

/** `14:02:11.345  0  user-1  {"id":1}`: time, number of the shard, key, data. */
function lineWriter(): (record: SeenRecord) => string {
  const colors = colorsFor(process.stdout)
  return ({ arrivedMs, shardId, partitionKey, data }) =>
    [
      colors.dim(timeOfDay(arrivedMs)),
      colors.cyan(shardId.replace(/^shardId-0*(?=\d)/, '')),
      colors.bold(onOneLine(partitionKey)),
      dataText(Buffer.from(data, 'base64')),
    ].join('  ')
}

/** Text on one line; what is none is told by its size. */
function dataText(bytes: Buffer): string {
  try {
    return onOneLine(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return `${bytes.length} bytes that are not text; --json shows them`
  }
}

/** A row is a line, whatever a record holds. */
const onOneLine = (text: string): string => text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
