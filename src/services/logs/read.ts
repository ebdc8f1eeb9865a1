import { type LogEvent, inOrder } from './event.ts'
import { horizonMs, type LogGroup, type LogStream } from './group.ts'
import type { Groups } from './groups.ts'
import type { Line } from './lineRing.ts'

/** A stream and what is in it now, in order. */
export interface ReadStream {
  readonly name: string
  readonly events: readonly LogEvent[]
  /** Of a stream that somebody created. */
  readonly created: LogStream | undefined
}

/** So many are read from the store at once. */
const SLICE = 1_000

/** All streams of a group with their events: what was put into them, and what functions printed. */
export async function readGroup(groups: Groups, group: LogGroup): Promise<ReadStream[]> {
  const printed = await printedIn(groups, group)
  const names = new Set([...group.streams.keys(), ...printed.keys()])
  return [...names].map((name) => read(groups, group, name, printed.get(name) ?? []))
}

/** One stream; `undefined` when there is none of that name. */
export async function readStream(
  groups: Groups,
  group: LogGroup,
  name: string,
): Promise<ReadStream | undefined> {
  const printed = (await printedIn(groups, group, name)).get(name)
  if (!printed && !group.streams.has(name)) return undefined
  return read(groups, group, name, printed ?? [])
}

function read(groups: Groups, group: LogGroup, name: string, printed: LogEvent[]): ReadStream {
  const created = group.streams.get(name)
  const put = created ? putInto(groups, group, created) : []
  const all = [...put, ...printed]
  const fromMs = horizonMs(group, groups.edges.clock.now())
  const kept = fromMs > 0 ? all.filter(({ timestamp }) => timestamp >= fromMs) : all
  return { name, events: inOrder(kept), created }
}

/** What was put into a stream, in order; read from the store the first time. */
export function putInto(groups: Groups, group: LogGroup, stream: LogStream): LogEvent[] {
  if (stream.events) return stream.events
  const { log, shard } = groups.placeOf(group, stream)
  const events: LogEvent[] = []
  for (let after = 0, more = true; more;) {
    const records = groups.edges.store.read(log, shard, after, SLICE)
    for (const { sequence, atMs, data, meta } of records)
      events.push({
        timestamp: atMs,
        origin: stream.record.number,
        sequence,
        ingestionTime: Number(meta?.['i'] ?? atMs),
        message: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString(),
      })
    after = records.at(-1)?.sequence ?? after
    more = records.length === SLICE
  }
  return (stream.events = inOrder(events))
}

async function printedIn(
  groups: Groups,
  group: LogGroup,
  only?: string,
): Promise<ReadonlyMap<string, LogEvent[]>> {
  const byStream = new Map<string, LogEvent[]>()
  for (const line of await groups.lines.linesOf(group.name, groups.deletedUpTo(group))) {
    const { logStream } = line
    if (only !== undefined && logStream !== only) continue
    if (line.sequence <= groups.deletedUpTo(group, logStream)) continue
    const events = byStream.get(logStream)
    if (events) events.push(eventOf(line))
    else byStream.set(logStream, [eventOf(line)])
  }
  return byStream
}

/** As CloudWatch shows a function's line: with its end (recalled). */
export const eventOf = ({ atMs, sequence, text }: Line): LogEvent => ({
  timestamp: Math.floor(atMs),
  origin: 0,
  sequence,
  ingestionTime: Math.floor(atMs),
  message: `${text}\n`,
})
