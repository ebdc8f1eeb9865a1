import { createServer, type AddressInfo, type Socket } from 'node:net'

/** A record as tests write it. */
export interface FakeRecord {
  readonly key?: string
  readonly value: string | Buffer | null
  readonly headers?: readonly (readonly [string, string])[]
  readonly timestampMs?: number
}

/** Speaks as much of Kafka's protocol as a consumer group of one member needs, in its older versions. */
export interface FakeKafka {
  /** `127.0.0.1:PORT` */
  readonly server: string
  append(partition: number, ...records: readonly FakeRecord[]): void
  /** The offset that a group has committed; `undefined` when it has none. */
  committed(group: string, partition: number): number | undefined
  /** Resolves at the first commit. */
  readonly someCommit: Promise<void>
  /** Resolves when a consumer joins its group the next time. */
  someJoin(): Promise<void>
  /** Has the consumer join its group anew at its next heartbeat. */
  rebalance(): void
  /** As if the network had failed. */
  disconnect(): void
  stop(): Promise<void>
}

const TOPIC = 'orders'
const NODE = 1
const MEMBER = 'member-1'
const NO_ERROR = 0
const UNKNOWN_TOPIC = 3
const REBALANCE_IN_PROGRESS = 27
/** The versions that it speaks, by the numbers of the requests. */
const VERSIONS: Readonly<Record<number, number>> = {
  1: 4, // Fetch
  2: 1, // ListOffsets
  3: 1, // Metadata
  8: 2, // OffsetCommit
  9: 1, // OffsetFetch
  10: 0, // FindCoordinator
  11: 0, // JoinGroup
  12: 0, // Heartbeat
  13: 0, // LeaveGroup
  14: 0, // SyncGroup
  18: 0, // ApiVersions
}

/** Starts one with a topic `orders` of so many partitions. */
export async function startFakeKafka(partitions = 1): Promise<FakeKafka> {
  const logs = Array.from({ length: partitions }, (): FakeRecord[] => [])
  const committed = new Map<string, number>()
  const sockets = new Set<Socket>()
  const waiting = new Set<() => void>()
  let mustRejoin = false
  let generation = 0
  let noteCommit = (): void => {}
  const someCommit = new Promise<void>((resolve) => (noteCommit = resolve))
  const joining = new Set<() => void>()

  const answers: Readonly<Record<number, (request: Reader, out: Writer) => Promise<void> | void>> = {
    18: (_, out) =>
      void out
        .int16(NO_ERROR)
        .array(Object.entries(VERSIONS), ([key, version]) =>
          out.int16(Number(key)).int16(version).int16(version),
        ),
    3: (request, out) => {
      const asked = request.array(() => request.string())
      out
        .array([NODE], () => out.int32(NODE).string('127.0.0.1').int32(portOf()).string(null))
        .int32(NODE)
        .array(asked, (name) =>
          out
            .int16(name === TOPIC ? NO_ERROR : UNKNOWN_TOPIC)
            .string(name)
            .int8(0)
            .array(name === TOPIC ? [...logs.keys()] : [], (partition) =>
              out
                .int16(NO_ERROR)
                .int32(partition)
                .int32(NODE)
                .array([NODE], (node) => out.int32(node))
                .array([NODE], (node) => out.int32(node)),
            ),
        )
    },
    10: (_, out) => void out.int16(NO_ERROR).int32(NODE).string('127.0.0.1').int32(portOf()),
    11: (request, out) => {
      request.string()
      request.int32()
      request.string()
      request.string()
      const [protocol] = request.array(() => ({ name: request.string(), metadata: request.bytes() }))
      mustRejoin = false
      generation++
      for (const resolve of joining) resolve()
      joining.clear()
      out
        .int16(NO_ERROR)
        .int32(generation)
        .string(protocol?.name ?? '')
        .string(MEMBER)
        .string(MEMBER)
        .array([MEMBER], (member) => out.string(member).bytes(protocol?.metadata ?? Buffer.alloc(0)))
    },
    14: (request, out) => {
      request.string()
      request.int32()
      request.string()
      const [own] = request.array(() => ({ member: request.string(), assignment: request.bytes() }))
      out.int16(NO_ERROR).bytes(own?.assignment ?? Buffer.alloc(0))
    },
    12: (_, out) => void out.int16(mustRejoin ? REBALANCE_IN_PROGRESS : NO_ERROR),
    13: (_, out) => void out.int16(NO_ERROR),
    9: (request, out) => {
      const group = request.string()
      const topics = request.array(() => ({
        topic: request.string(),
        partitions: request.array(() => request.int32()),
      }))
      out.array(topics, ({ topic, partitions: asked }) =>
        out.string(topic).array(asked, (partition) =>
          out
            .int32(partition)
            .int64(committed.get(`${group}/${partition}`) ?? -1)
            .string('')
            .int16(NO_ERROR),
        ),
      )
    },
    8: (request, out) => {
      const group = request.string()
      request.int32()
      request.string()
      request.int64()
      const topics = request.array(() => ({
        topic: request.string(),
        partitions: request.array(() => {
          const place = { partition: request.int32(), offset: request.int64() }
          request.string()
          committed.set(`${group}/${place.partition}`, place.offset)
          return place
        }),
      }))
      noteCommit()
      out.array(topics, ({ topic, partitions: asked }) =>
        out.string(topic).array(asked, ({ partition }) => out.int32(partition).int16(NO_ERROR)),
      )
    },
    2: (request, out) => {
      request.int32()
      const topics = request.array(() => ({
        topic: request.string(),
        partitions: request.array(() => ({ partition: request.int32(), timestamp: request.int64() })),
      }))
      out.array(topics, ({ topic, partitions: asked }) =>
        out
          .string(topic)
          .array(asked, ({ partition, timestamp }) =>
            out.int32(partition).int16(NO_ERROR).int64(-1).int64(offsetAt(partition, timestamp)),
          ),
      )
    },
    1: async (request, out) => {
      request.int32()
      const waitMs = request.int32()
      request.int32()
      request.int32()
      request.int8()
      const topics = request.array(() => ({
        topic: request.string(),
        partitions: request.array(() => {
          const asked = { partition: request.int32(), offset: request.int64() }
          request.int32()
          return asked
        }),
      }))
      const isThere = (): boolean =>
        topics.some(({ partitions: asked }) =>
          asked.some(({ partition, offset }) => (logs[partition]?.length ?? 0) > offset),
        )
      if (!isThere()) await somethingWithin(waitMs)
      out.int32(0).array(topics, ({ topic, partitions: asked }) =>
        out.string(topic).array(asked, ({ partition, offset }) => {
          const log = logs[partition] ?? []
          out
            .int32(partition)
            .int16(NO_ERROR)
            .int64(log.length)
            .int64(log.length)
            .array([], () => out)
            .bytes(recordBatch(log.slice(offset), offset))
        }),
      )
    },
  }

  function offsetAt(partition: number, timestamp: number): number {
    const log = logs[partition] ?? []
    if (timestamp === -1) return log.length
    if (timestamp === -2) return 0
    const found = log.findIndex(({ timestampMs = 0 }) => timestampMs >= timestamp)
    return found === -1 ? log.length : found
  }

  const somethingWithin = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        waiting.delete(end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      waiting.add(end)
    })

  async function answer(socket: Socket, frame: Buffer): Promise<void> {
    const request = new Reader(frame)
    const key = request.int16()
    request.int16()
    const out = new Writer().int32(request.int32())
    request.string()
    await answers[key]?.(request, out)
    if (!socket.destroyed) socket.write(new Writer().bytes(out.buffer()).buffer())
  }

  const server = createServer((socket) => {
    sockets.add(socket)
    let rest = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE()) {
        const size = rest.readInt32BE()
        void answer(socket, rest.subarray(4, 4 + size))
        rest = rest.subarray(4 + size)
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const portOf = (): number => (server.address() as AddressInfo).port

  const disconnect = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    server: `127.0.0.1:${portOf()}`,
    append(partition, ...records) {
      logs[partition]?.push(...records)
      for (const wake of waiting) wake()
    },
    committed: (group, partition) => committed.get(`${group}/${partition}`),
    someCommit,
    someJoin: () => new Promise((resolve) => void joining.add(resolve)),
    rebalance() {
      mustRejoin = true
      for (const wake of waiting) wake()
    },
    disconnect,
    async stop() {
      disconnect()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A batch of the second format of Kafka's logs; empty for no records. */
function recordBatch(records: readonly FakeRecord[], baseOffset: number): Buffer {
  if (records.length === 0) return Buffer.alloc(0)
  const times = records.map(({ timestampMs = 0 }) => timestampMs)
  const [first = 0] = times
  const content = new Writer()
  content
    .int16(0)
    .int32(records.length - 1)
    .int64(first)
    .int64(Math.max(...times))
    .int64(-1)
    .int16(-1)
    .int32(-1)
    .array(records, ({ key, value, headers = [], timestampMs = 0 }, delta) => {
      const record = new Writer()
        .int8(0)
        .varint(timestampMs - first)
        .varint(delta)
        .varbytes(key === undefined ? null : Buffer.from(key))
        .varbytes(value === null ? null : Buffer.from(value))
        .varint(headers.length)
      for (const [name, text] of headers) record.varbytes(Buffer.from(name)).varbytes(Buffer.from(text))
      return content.varbytes(record.buffer())
    })
  const checked = new Writer().int32(0).int8(2).int32(0).raw(content.buffer()).buffer()
  return new Writer().int64(baseOffset).bytes(checked).buffer()
}

class Reader {
  readonly #frame: Buffer
  #at = 0

  constructor(frame: Buffer) {
    this.#frame = frame
  }
  int8 = (): number => this.#frame.readInt8(this.#skip(1))
  int16 = (): number => this.#frame.readInt16BE(this.#skip(2))
  int32 = (): number => this.#frame.readInt32BE(this.#skip(4))
  int64 = (): number => Number(this.#frame.readBigInt64BE(this.#skip(8)))
  string(): string {
    const length = this.int16()
    return length < 0 ? '' : this.#frame.toString('utf8', this.#skip(length), this.#at)
  }
  bytes(): Buffer {
    const length = this.int32()
    return length < 0 ? Buffer.alloc(0) : this.#frame.subarray(this.#skip(length), this.#at)
  }
  array<Item>(read: () => Item): Item[] {
    return Array.from({ length: Math.max(0, this.int32()) }, read)
  }
  #skip(bytes: number): number {
    this.#at += bytes
    return this.#at - bytes
  }
}

class Writer {
  readonly #parts: Buffer[] = []

  buffer = (): Buffer => Buffer.concat(this.#parts)
  raw(bytes: Buffer): this {
    this.#parts.push(bytes)
    return this
  }
  int8 = (value: number): this => this.#write(1, (bytes) => bytes.writeInt8(value))
  int16 = (value: number): this => this.#write(2, (bytes) => bytes.writeInt16BE(value))
  int32 = (value: number): this => this.#write(4, (bytes) => bytes.writeInt32BE(value))
  int64 = (value: number): this => this.#write(8, (bytes) => bytes.writeBigInt64BE(BigInt(value)))
  string(text: string | null): this {
    if (text === null) return this.int16(-1)
    const bytes = Buffer.from(text)
    return this.int16(bytes.length).raw(bytes)
  }
  bytes = (bytes: Buffer): this => this.int32(bytes.length).raw(bytes)
  varbytes = (bytes: Buffer | null): this =>
    bytes === null ? this.varint(-1) : this.varint(bytes.length).raw(bytes)
  /** Zigzag, seven bits a byte. */
  varint(value: number): this {
    let rest = (BigInt(value) << 1n) ^ (BigInt(value) >> 63n)
    const bytes: number[] = []
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128)
      rest >>= 7n
    }
    return this.raw(Buffer.from([...bytes, Number(rest)]))
  }
  array<Item>(items: readonly Item[], write: (item: Item, index: number) => unknown): this {
    this.int32(items.length)
    items.forEach((item, index) => void write(item, index))
    return this
  }
  #write(size: number, write: (bytes: Buffer) => void): this {
    const bytes = Buffer.alloc(size)
    write(bytes)
    return this.raw(bytes)
  }
}
