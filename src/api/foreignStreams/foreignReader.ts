import type { ShardFacts, ShardPage, ShardPosition, StreamReader } from '../../sources/index.ts'
import { type Activity, type Clock, wallClockMs } from '../../system/index.ts'
import { call } from './call.ts'
import { beginAnew, type Cursor, cursorAt, goOn, isAt, renew, slowDown, startOf } from './cursor.ts'
import type { ForeignApi, ForeignPage } from './foreignApi.ts'
import { inOrderOfDescent, lineageText } from './lineage.ts'
import { codeOf, ForeignStreamProblem, isPlaceGone, isThrottled } from './problem.ts'
import { until } from './until.ts'

export interface ReaderEdges {
  readonly clock: Clock
  readonly activity: Activity
}

/** How often the shards are looked at while somebody reads, by the clock. */
const SHARDS_LAST_MS = 60_000

/**
 * Reads a stream at a foreign endpoint for a mapping: a shard is asked again and again, by the clock, for as long as somebody
 * reads it. Rejects with a sentence when the stream cannot be read: the mapping says so and backs off.
 */
export function createForeignReader<StreamRecord>(
  api: ForeignApi<StreamRecord>,
  { clock, activity }: ReaderEdges,
): StreamReader<StreamRecord> {
  const cursors = new Map<string, Cursor>()
  const listeners = new Set<() => void>()
  let lineage: string | undefined
  let lineageMs = -Infinity

  const ask = async <Answer>(
    signal: AbortSignal | undefined,
    question: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> => {
    try {
      return await call(api, activity, signal, question)
    } catch (error) {
      signal?.throwIfAborted()
      throw error instanceof ForeignStreamProblem ? error : problemOf(error)
    }
  }
  const problemOf = (error: unknown): ForeignStreamProblem =>
    new ForeignStreamProblem(error, api.streamName, api.url)

  async function shards(): Promise<readonly ShardFacts[]> {
    const found = inOrderOfDescent(await ask(undefined, (signal) => api.shards(signal)))
    lineage = lineageText(found)
    lineageMs = clock.now()
    return found
  }

  /** Tells of shards that have come or were closed, where that has not been looked at for a while. */
  async function lookAtShards(): Promise<void> {
    if (listeners.size === 0 || clock.now() < lineageMs + SHARDS_LAST_MS) return
    const before = lineage
    lineageMs = clock.now()
    try {
      await shards()
    } catch {
      // Reading them says what is wrong.
      return
    }
    if (before !== lineage) tell()
  }

  const tell = (): void => {
    for (const listener of listeners) listener()
  }

  /** One call; otherwise whether it is to be made again at once, with another iterator, or after a pause. */
  async function poll(
    shardId: string,
    cursor: Cursor,
    limit: number,
    signal: AbortSignal,
  ): Promise<ForeignPage<StreamRecord> | 'again' | 'later'> {
    try {
      cursor.iterator ??= await call(api, activity, signal, (either) =>
        api.iterator(shardId, startOf(cursor), either),
      )
      const { iterator } = cursor
      const page = await call(api, activity, signal, (either) =>
        api.records(iterator, Math.min(limit, api.mostRecords), either),
      )
      goOn(cursor)
      return page
    } catch (error) {
      signal.throwIfAborted()
      return recover(cursor, error)
    }
  }

  function recover(cursor: Cursor, error: unknown): 'again' | 'later' {
    const hadIterator = cursor.iterator !== undefined
    if (isThrottled(error)) {
      slowDown(cursor, clock.now())
      return 'later'
    }
    if (isPlaceGone(error) && cursor.position.kind !== 'oldest') {
      beginAnew(cursor)
      return 'again'
    }
    renew(cursor)
    if (codeOf(error) === 'ExpiredIteratorException' && hadIterator) return 'again'
    throw error instanceof ForeignStreamProblem ? error : problemOf(error)
  }

  function take(cursor: Cursor, page: ForeignPage<StreamRecord>): ShardPage<StreamRecord> {
    const newest = page.records.at(-1)
    if (newest) cursor.position = { kind: 'after', sequenceNumber: api.sequenceNumber(newest) }
    cursor.iterator = page.next
    const { skipBeforeMs } = cursor
    const records = page.records.filter((record) => !api.isBefore(record, skipBeforeMs))
    if (records.length > 0) cursor.skipBeforeMs = -Infinity
    // Where nothing was brought, the end may be further on: a page without records is not yet the end of what is there.
    const hasMore = page.records.length > 0 || page.millisBehindLatest > 0
    cursor.nextMs = hasMore ? -Infinity : clock.now() + api.pollMs
    return {
      records,
      next: cursor.position,
      isEnd: page.next === undefined,
      millisBehindLatest: page.millisBehindLatest,
    }
  }

  function cursorOf(shardId: string, from: ShardPosition): Cursor {
    const known = cursors.get(shardId)
    if (known && isAt(known, from)) return known
    const cursor = cursorAt(from)
    cursors.set(shardId, cursor)
    return cursor
  }

  async function read(
    shardId: string,
    { from, limit, waitUntilMs = Infinity, signal }: Parameters<StreamReader<StreamRecord>['read']>[1],
  ): Promise<ShardPage<StreamRecord>> {
    const cursor = cursorOf(shardId, from)
    // A look asks once, whenever that was done last; being throttled is no answer to it.
    let untilMs = Math.min(cursor.nextMs, waitUntilMs)
    for (;;) {
      if (untilMs > clock.now()) await until(clock, untilMs, `next look at ${api.streamName}`, signal)
      signal.throwIfAborted()
      await lookAtShards()
      const answer = await poll(shardId, cursor, limit, signal)
      if (typeof answer === 'object') {
        const page = take(cursor, answer)
        if (page.isEnd) cursors.delete(shardId)
        if (page.records.length > 0 || page.isEnd || clock.now() >= waitUntilMs) return page
      }
      untilMs = answer === 'later' ? cursor.nextMs : Math.min(cursor.nextMs, waitUntilMs)
    }
  }

  return {
    shards,
    read,
    async latest(shardId) {
      const takenMs = wallClockMs()
      const iterator = await ask(undefined, (signal) => api.iterator(shardId, { kind: 'latest' }, signal))
      return { kind: 'iterator', iterator, takenMs }
    },
    onShardsChanged(listener) {
      const mine = (): void => listener()
      listeners.add(mine)
      return () => void listeners.delete(mine)
    },
    retentionMs: () => api.retentionMs(),
  }
}
