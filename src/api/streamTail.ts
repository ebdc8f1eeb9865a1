import type { KinesisRecord, StreamReader } from '../services/kinesis/index.ts'
import { ControlError } from './controlError.ts'
import type { SeenRecord } from './streamSummary.ts'

export interface TailOptions {
  readonly reader: StreamReader
  readonly from: 'oldest' | 'latest'
  /** Only this shard; `undefined`: all of them, and those that come. */
  readonly shardId: string | undefined
  readonly signal: AbortSignal
  /** Resolves when it can take the next. */
  readonly show: (record: SeenRecord) => Promise<void>
}

type From = Awaited<ReturnType<StreamReader['latest']>>

const PAGE = 100
const OLDEST: From = { kind: 'oldest' }

/** Looks before anything is answered: throws the reader's error, or {@link ControlError} for a shard that there is not. */
export async function beginTail(options: TailOptions): Promise<StreamTail> {
  const { reader, from, shardId } = options
  const shards = await reader.shards()
  if (shardId !== undefined && !shards.some(({ id }) => id === shardId))
    throw new ControlError(
      404,
      `the stream has no shard ${shardId}; there are: ${shards.map(({ id }) => id).join(', ')}`,
    )
  const begin = async (id: string): Promise<[string, From]> => [id, await reader.latest(id)]
  const starts = from === 'latest' ? await Promise.all(shards.map(({ id }) => begin(id))) : []
  return new StreamTail(options, new Map(starts))
}

/** Shows the records of a stream as they come: each shard in order, and after those that it came from. */
export class StreamTail {
  readonly #on: TailOptions
  readonly #starts: ReadonlyMap<string, From>
  readonly #begun = new Set<string>()
  readonly #ended = new Set<string>()
  #wake: () => void = () => {}

  constructor(on: TailOptions, starts: ReadonlyMap<string, From>) {
    this.#on = on
    this.#starts = starts
  }

  /** Resolves when the signal is aborted; rejects when the stream is gone. */
  async run(): Promise<void> {
    const { reader, signal } = this.#on
    const wake = (): void => this.#wake()
    const unsubscribe = reader.onShardsChanged(wake)
    signal.addEventListener('abort', wake)
    try {
      while (!signal.aborted) {
        const changed = new Promise<void>((resolve) => (this.#wake = resolve))
        for (const id of await this.#ready()) {
          this.#begun.add(id)
          void this.#follow(id).catch(wake)
        }
        await changed
      }
    } finally {
      unsubscribe()
      signal.removeEventListener('abort', wake)
    }
  }

  async #ready(): Promise<string[]> {
    const { reader, shardId } = this.#on
    const shards = await reader.shards()
    const known = new Set(shards.map(({ id }) => id))
    return shards
      .filter(({ id }) => !this.#begun.has(id) && (shardId ?? id) === id)
      .filter(
        ({ parents }) =>
          shardId !== undefined || parents.every((parent) => this.#ended.has(parent) || !known.has(parent)),
      )
      .map(({ id }) => id)
  }

  async #follow(id: string): Promise<void> {
    const { reader, signal, show } = this.#on
    let from = this.#starts.get(id) ?? OLDEST
    for (;;) {
      const page = await reader.read(id, { from, limit: PAGE, signal })
      for (const record of page.records) await show(seen(id, record))
      from = page.next
      if (page.isEnd) break
    }
    this.#ended.add(id)
    this.#wake()
  }
}

const seen = (shardId: string, record: KinesisRecord): SeenRecord => ({
  shardId,
  sequenceNumber: record.sequenceNumber,
  partitionKey: record.partitionKey,
  arrivedMs: record.arrivedMs,
  data: Buffer.from(record.data.buffer, record.data.byteOffset, record.data.byteLength).toString('base64'),
})
