import type { LogRecord } from '../../store/index.ts'
import { type Arrival, shardFor } from './append.ts'
import * as errors from './errors.ts'
import type { Shard, Stream } from './stream.ts'
import type { Edges } from './streams.ts'

/** What one shard has taken and given within one second of the clock. */
interface Second {
  readonly second: number
  records: number
  bytesIn: number
  reads: number
  bytesOut: number
}

/** A shard's share (Kinesis Data Streams Developer Guide, "Quotas and limits"). */
const MOST_RECORDS_IN = 1_000
const MOST_BYTES_IN = 1_048_576
const MOST_READS = 5
const MOST_BYTES_OUT = 2 * 1_048_576

/** Counts what goes through each shard in a second, and refuses what is above its share. */
export class Throughput {
  readonly #edges: Pick<Edges, 'clock' | 'identity'>
  readonly #seconds = new Map<string, Second>()

  constructor(edges: Pick<Edges, 'clock' | 'identity'>) {
    this.#edges = edges
  }

  /** For each record why it is refused; `undefined` for those that are taken. */
  refusalsOf(stream: Stream, arrivals: readonly Arrival[]): (string | undefined)[] {
    return arrivals.map((arrival) => {
      const shard = shardFor(stream, arrival)
      const now = this.#now(stream, shard)
      const bytes = arrival.data.length + Buffer.byteLength(arrival.partitionKey)
      if (now.records + 1 > MOST_RECORDS_IN || (now.bytesIn + bytes > MOST_BYTES_IN && now.bytesIn > 0))
        return this.#text(stream, shard)
      now.records++
      now.bytesIn += bytes
      return undefined
    })
  }

  checkPut(stream: Stream, arrival: Arrival): void {
    const [refusal] = this.refusalsOf(stream, [arrival])
    if (refusal !== undefined) throw errors.throughputExceeded(refusal)
  }

  checkRead(stream: Stream, shard: Shard): void {
    const now = this.#now(stream, shard)
    if (now.reads >= MOST_READS || now.bytesOut >= MOST_BYTES_OUT)
      throw errors.throughputExceeded(this.#text(stream, shard))
    now.reads++
  }

  noteRead(stream: Stream, shard: Shard, records: readonly LogRecord[]): void {
    this.#now(stream, shard).bytesOut += records.reduce((sum, { data }) => sum + data.length, 0)
  }

  #now({ log }: Stream, { id }: Shard): Second {
    const key = `${log} ${id}`
    const second = Math.floor(this.#edges.clock.now() / 1_000)
    const known = this.#seconds.get(key)
    if (known?.second === second) return known
    const fresh = { second, records: 0, bytesIn: 0, reads: 0, bytesOut: 0 }
    this.#seconds.set(key, fresh)
    return fresh
  }

  #text({ name }: Stream, { id }: Shard): string {
    return `Rate exceeded for shard ${id} in stream ${name} under account ${this.#edges.identity.accountId}.`
  }
}
