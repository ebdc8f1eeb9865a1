import type { NewRecord } from '../../store/index.ts'
import * as errors from './errors.ts'
import { indexFrom, type LogEvent, OVERHEAD_BYTES, sizeOf } from './event.ts'
import { horizonMs, type LogGroup, type LogStream } from './group.ts'
import type { Groups } from './groups.ts'

/** An event that somebody puts. */
export interface NewEvent {
  readonly timestamp: number
  readonly message: string
}

/** What a group holds of events that were put; the oldest go first. */
export const MOST_GROUP_BYTES = 100 * 1024 * 1024
/** So much goes at once, so that not every put drops something. */
const SPARE_BYTES = MOST_GROUP_BYTES / 10
const SLICE = 1_000

/** Puts events, in order of time, into a stream; resolves once they are durable. */
export async function put(
  groups: Groups,
  group: LogGroup,
  stream: LogStream,
  events: readonly NewEvent[],
): Promise<void> {
  await stream.gate.alone(async () => {
    if (group.streams.get(stream.name) !== stream) throw errors.streamNotFound()
    if (events.length > 0) await append(groups, group, stream, events)
    await dropExpired(groups, group, stream)
  })
  await dropOldest(groups, group)
}

async function append(
  groups: Groups,
  group: LogGroup,
  stream: LogStream,
  events: readonly NewEvent[],
): Promise<void> {
  const { store, clock } = groups.edges
  const { log, shard } = groups.placeOf(group, stream)
  const nowMs = clock.now()
  const records = events.map(({ timestamp, message }): NewRecord => ({
    key: '',
    data: Buffer.from(message),
    atMs: timestamp,
    meta: { i: nowMs },
  }))
  const next = { ...stream, record: withEvents(stream, events, nowMs) }
  const last = store.lastSequence(log, shard)
  await store.apply([{ kind: 'append', log, shard, records }, groups.noteStream(group, next)])
  stream.record = next.record
  if (!stream.events) return
  for (const [index, { timestamp, message }] of events.entries())
    insert(stream.events, {
      timestamp,
      message,
      origin: stream.record.number,
      sequence: last + 1 + index,
      ingestionTime: nowMs,
    })
}

function withEvents({ record }: LogStream, events: readonly NewEvent[], nowMs: number): LogStream['record'] {
  const first = events[0]?.timestamp ?? 0
  const last = events.at(-1)?.timestamp ?? 0
  return {
    ...record,
    firstMs: Math.min(record.firstMs ?? first, first),
    lastMs: Math.max(record.lastMs ?? last, last),
    ingestedMs: nowMs,
    bytes: events.reduce((sum, { message }) => sum + sizeOf(message), record.bytes),
  }
}

function insert(events: LogEvent[], event: LogEvent): void {
  const index = indexFrom(events, event)
  if (index === events.length) events.push(event)
  else events.splice(index, 0, event)
}

/** Drops what is older than the group's retention, at the front of the stream. */
async function dropExpired(groups: Groups, group: LogGroup, stream: LogStream): Promise<void> {
  const fromMs = horizonMs(group, groups.edges.clock.now())
  if (fromMs > 0 && (stream.record.firstMs ?? Infinity) < fromMs)
    await dropFront(groups, group, stream, ({ atMs }) => atMs < fromMs)
}

/** Drops the oldest of the largest stream while there is too much in the group. */
async function dropOldest(groups: Groups, group: LogGroup): Promise<void> {
  const streams = [...group.streams.values()]
  if (streams.reduce((sum, { record }) => sum + record.bytes, 0) <= MOST_GROUP_BYTES) return
  const largest = streams.reduce((one, other) => (other.record.bytes > one.record.bytes ? other : one))
  let over = SPARE_BYTES
  await largest.gate.alone(() =>
    dropFront(groups, group, largest, ({ data }) => (over -= data.length + OVERHEAD_BYTES) > 0),
  )
}

type StoredRecord = ReturnType<Groups['edges']['store']['read']>[number]

/** Drops records for as long as `isOver` says so of the first. */
async function dropFront(
  groups: Groups,
  group: LogGroup,
  stream: LogStream,
  isOver: (record: StoredRecord) => boolean,
): Promise<void> {
  const { store } = groups.edges
  const { log, shard } = groups.placeOf(group, stream)
  let [upTo, bytes, isDone] = [0, 0, false]
  while (!isDone) {
    const records = store.read(log, shard, upTo, SLICE)
    const over = records.findIndex((record) => !isOver(record))
    const gone = over < 0 ? records : records.slice(0, over)
    for (const { data } of gone) bytes += data.length + OVERHEAD_BYTES
    upTo = gone.at(-1)?.sequence ?? upTo
    isDone = over >= 0 || records.length < SLICE
  }
  if (upTo === 0) return
  stream.events = undefined
  const [oldest] = store.read(log, shard, upTo, 1)
  stream.record = {
    ...stream.record,
    bytes: Math.max(0, stream.record.bytes - bytes),
    ...(oldest && { firstMs: oldest.atMs }),
  }
  await store.apply([groups.noteStream(group, stream)])
  await store.trim(log, shard, upTo)
}
