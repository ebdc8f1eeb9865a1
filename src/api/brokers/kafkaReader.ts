import type * as Kafka from 'kafkajs'
import type { BrokerMappingSettings, BrokerReader, KafkaMessage } from '../../sources/index.ts'
import type { BrokerConnection } from './connections.ts'
import { Inbox } from './inbox.ts'
import { kafkaMessage } from './kafkaMessage.ts'
import { KafkaOffsets } from './kafkaOffsets.ts'
import { firstOffsets } from './kafkaPosition.ts'
import { Link, quietly } from './link.ts'
import { BrokerProblem } from './problem.ts'
import type { ReaderEdges } from './rabbitReader.ts'

/** Kafka's client, as far as it is used here. */
export type KafkaPackage = Pick<typeof Kafka, 'Kafka'>

type KafkaConnection = Extract<BrokerConnection, { readonly servers: readonly string[] }>
type KafkaSettings = Pick<
  BrokerMappingSettings,
  'channel' | 'consumerGroupId' | 'startingPosition' | 'startingTimestampMs' | 'batchSize'
>

type Place = Parameters<Kafka.Consumer['commitOffsets']>[0][number]

/** A host that does not answer at all is told as one that cannot be reached. */
const CONNECTION_MS = 5_000
/** How long a broker may keep a fetch that finds nothing; stopping has to wait for it. */
const LONGEST_FETCH_MS = 500
/** The client's own attempts; all else the mapping says, and backs off. */
const RETRIES = { retries: 2, initialRetryTime: 200 }
const NO_LOGS = 0
/** A partition is not read ahead farther than this, or than a batch is long. */
const LEAST_AHEAD = 100

const MECHANISMS = {
  saslPlainAuth: 'plain',
  saslScram256Auth: 'scram-sha-256',
  saslScram512Auth: 'scram-sha-512',
} as const

/**
 * Reads a topic of Kafka for a mapping, as a member of its consumer group. Each partition is a lane. Offsets are committed
 * when all before them is done; what is not committed when the connection ends comes again. No topic is created here.
 */
export function createKafkaReader(
  { Kafka: Client }: KafkaPackage,
  { servers, login }: KafkaConnection,
  settings: KafkaSettings,
  ownGroupId: string,
  { clock, log }: Pick<ReaderEdges, 'clock' | 'log'>,
): BrokerReader<KafkaMessage> {
  const { channel: topic, batchSize } = settings
  const groupId = settings.consumerGroupId ?? ownGroupId
  const where = servers.join(',')
  const most = Math.max(LEAST_AHEAD, batchSize)
  const partitions = new Map<number, KafkaOffsets>()
  const paused = new Set<number>()
  const inbox = new Inbox<KafkaMessage>({
    clock,
    label: `batching window of kafka:${topic}`,
    lane: laneOf,
    onTaken: resume,
  })
  const link = new Link<Kafka.Consumer>({
    open,
    close: (consumer) => consumer.disconnect(),
    onLost(error) {
      forget()
      inbox.fail(new BrokerProblem(error, where))
    },
  })
  /** Where the group began, until it has committed something. */
  let began: ReadonlyMap<number, string> = new Map()

  function forget(): void {
    partitions.clear()
    paused.clear()
  }

  async function open(lost: (error: Error) => void): Promise<Kafka.Consumer> {
    const client = new Client({
      clientId: 'lambent',
      brokers: [...servers],
      connectionTimeout: CONNECTION_MS,
      logLevel: NO_LOGS,
      retry: RETRIES,
      ...(login && { sasl: saslOf(login) }),
    })
    const first = await firstOffsets(client.admin(), groupId, settings)
    // Whoever begins with the latest begins where it was then, however often it has to connect.
    began = first.size > 0 && began.size > 0 ? began : first
    const toPlace = new Map(began)
    const consumer = client.consumer({
      groupId,
      maxWaitTimeInMs: LONGEST_FETCH_MS,
      allowAutoTopicCreation: false,
      retry: { ...RETRIES, restartOnFailure: () => Promise.resolve(false) },
    })
    const problem = new Promise<never>((_, reject) => {
      consumer.on('consumer.crash', ({ payload: { error } }) => {
        reject(error)
        lost(error)
        void quietly(consumer.disconnect())
      })
    })
    problem.catch(() => {})
    const places: Place[] = []
    const joined = new Promise<void>((resolve) => {
      consumer.on('consumer.group_join', ({ payload }) => {
        startOver()
        places.push(...beginAt(consumer, toPlace, payload.memberAssignment[topic] ?? []))
        resolve()
      })
    })
    try {
      await consumer.connect()
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({
        autoCommit: false,
        eachBatch: ({ batch: { partition, messages } }) => {
          accept(consumer, partition, messages)
          return Promise.resolve()
        },
      })
      await Promise.race([joined, problem])
      // The group's places are kept at once: what comes while nothing runs is after them.
      if (places.length > 0) await consumer.commitOffsets(places)
      return consumer
    } catch (error) {
      await quietly(consumer.disconnect())
      throw error
    }
  }

  /** Partitions are dealt out anew: those that are here now are read from their committed offsets. */
  function startOver(): void {
    paused.clear()
    inbox.drop(({ partition, offset }) => {
      partitions.get(partition)?.forget(BigInt(offset))
      return true
    })
  }

  /** Goes to where the group begins, in the partitions that it has just got for the first time. */
  function beginAt(
    consumer: Kafka.Consumer,
    toPlace: Map<number, string>,
    assigned: readonly number[],
  ): Place[] {
    const places = assigned.flatMap((partition) => {
      const offset = toPlace.get(partition)
      toPlace.delete(partition)
      return offset === undefined ? [] : [{ topic, partition, offset }]
    })
    for (const place of places) consumer.seek(place)
    return places
  }

  function accept(
    consumer: Kafka.Consumer,
    partition: number,
    messages: readonly Kafka.KafkaMessage[],
  ): void {
    const offsets = partitions.get(partition) ?? new KafkaOffsets()
    partitions.set(partition, offsets)
    const received = messages
      .filter(({ offset }) => offsets.receive(BigInt(offset)))
      .map((message) => kafkaMessage(topic, partition, message))
    inbox.put(...received)
    if (inbox.countOf(`${topic}-${partition}`) < most) return
    paused.add(partition)
    consumer.pause([{ topic, partitions: [partition] }])
  }

  function resume(): void {
    const { connection } = link
    for (const partition of paused) {
      if (connection === undefined || inbox.countOf(`${topic}-${partition}`) >= most) continue
      paused.delete(partition)
      connection.resume([{ topic, partitions: [partition] }])
    }
  }

  /** What cannot be committed now is committed with what comes behind it, or comes again. */
  const commit = (consumer: Kafka.Consumer, places: Place[]): Promise<void> =>
    consumer.commitOffsets(places).catch((error: unknown) => log.debug(`kafka:${topic}: ${String(error)}`))

  return {
    async receive(options) {
      const { signal } = options
      try {
        const consumer = await link.up(signal)
        if (link.connection !== consumer) throw new Error('the connection has ended')
      } catch (error) {
        signal.throwIfAborted()
        throw new BrokerProblem(error, where)
      }
      return inbox.receive(options)
    },
    async acknowledge(messages) {
      for (const { partition, offset } of messages) partitions.get(partition)?.end(BigInt(offset))
      const { connection } = link
      if (connection === undefined) return
      const places = [...new Set(messages.map(({ partition }) => partition))].flatMap((partition) => {
        const offset = partitions.get(partition)?.take()
        return offset === undefined ? [] : [{ topic, partition, offset: String(offset) }]
      })
      if (places.length > 0) await commit(connection, places)
    },
    async giveBack(messages) {
      inbox.putFirst(...messages)
    },
    async close() {
      inbox.fail(new Error('the connection is closed'))
      forget()
      await link.close()
    },
  }
}

const laneOf = ({ topic, partition }: KafkaMessage): string => `${topic}-${partition}`

function saslOf({ kind, username, password }: NonNullable<KafkaConnection['login']>): Kafka.SASLOptions {
  return { mechanism: MECHANISMS[kind], username, password }
}
