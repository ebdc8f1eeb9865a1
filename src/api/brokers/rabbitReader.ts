import type * as Amqp from 'amqplib'
import type { BrokerMappingSettings, BrokerReader, RabbitMessage } from '../../sources/index.ts'
import type { Clock, Ids, Log } from '../../system/index.ts'
import { Inbox } from './inbox.ts'
import { Link, quietly } from './link.ts'
import { BrokerProblem, withoutCredentials } from './problem.ts'
import { rabbitMessage } from './rabbitMessage.ts'

/** RabbitMQ's client, as far as it is used here. */
export type AmqpPackage = Pick<typeof Amqp, 'connect'>

export interface ReaderEdges {
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

/** A host that does not answer at all is told as one that cannot be reached. */
const CONNECTION_MS = 5_000
/** Finds out that the broker has vanished without a word. */
const HEARTBEAT_SECONDS = 10

/** One connection with its consumer. */
interface Connection {
  readonly model: Amqp.ChannelModel
  readonly channel: Amqp.Channel
  consumerTag: string
  /** What RabbitMQ lets the consumer hold without an acknowledgement. */
  prefetch: number
  /** Delivered and neither acknowledged nor given back. */
  readonly open: Map<RabbitMessage, Amqp.ConsumeMessage>
  readonly lost: (error: Error) => void
}

/**
 * Reads a queue of RabbitMQ for a mapping. The broker pushes as many messages as a batch may have; what is not
 * acknowledged when the connection ends it hands out again, as `redelivered`. The queue is never created here.
 */
export function createRabbitReader(
  amqp: AmqpPackage,
  endpoint: string,
  { channel: queue, virtualHost }: Pick<BrokerMappingSettings, 'channel' | 'virtualHost'>,
  { clock, ids, log }: ReaderEdges,
): BrokerReader<RabbitMessage> {
  const where = withoutCredentials(endpoint)
  const url = `${endpoint.replace(/\/$/, '')}/${encodeURIComponent(virtualHost)}?heartbeat=${HEARTBEAT_SECONDS}`
  const inbox = new Inbox<RabbitMessage>({
    clock,
    label: `batching window of rabbitmq:${queue}`,
    lane: () => '',
  })
  const link = new Link<Connection>({
    open,
    close: async ({ channel, model }) => {
      // What was acknowledged before is told first.
      await quietly(channel.close())
      await quietly(model.close())
    },
    onLost: (error) => inbox.fail(new BrokerProblem(error, where)),
  })
  /** The most that a batch may have. */
  let wanted = 1

  async function open(onLost: (error: Error) => void): Promise<Connection> {
    // What came over an earlier connection comes again.
    inbox.drop(() => true)
    const model = await amqp.connect(url, { timeout: CONNECTION_MS })
    // An error is followed by `close`; without a listener it would end the process.
    let cause: Error | undefined
    const note = (error: Error): void => {
      cause ??= error
    }
    const lost = (error: Error): void => {
      onLost(cause ?? error)
      void quietly(model.close())
    }
    const ended = (): void => lost(new Error('the broker has ended the connection'))
    model.on('error', note)
    model.on('close', ended)
    try {
      const channel = await model.createChannel()
      channel.on('error', note)
      channel.on('close', ended)
      const made = { model, channel, consumerTag: '', prefetch: wanted, open: new Map(), lost }
      await consume(made)
      return made
    } catch (error) {
      await quietly(model.close())
      throw cause ?? error
    }
  }

  async function consume(connection: Connection): Promise<void> {
    const { channel, prefetch, open: delivered, lost } = connection
    await channel.prefetch(prefetch)
    const { consumerTag } = await channel.consume(queue, (delivery) => {
      if (delivery === null) return lost(new Error(`the queue ${queue} is gone`))
      const message = rabbitMessage(delivery, { queue, virtualHost, uuid: () => ids.uuid() })
      delivered.set(message, delivery)
      inbox.put(message)
    })
    connection.consumerTag = consumerTag
  }

  /** A consumer gets another prefetch count only by being another one; what the channel holds stays. */
  async function widen(connection: Connection, prefetch: number): Promise<void> {
    if (connection.prefetch >= prefetch) return
    connection.prefetch = prefetch
    await connection.channel.cancel(connection.consumerTag)
    await consume(connection)
  }

  function forEach(
    messages: readonly RabbitMessage[],
    act: (channel: Amqp.Channel, delivery: Amqp.ConsumeMessage) => void,
  ): void {
    const { connection } = link
    for (const message of messages) {
      const delivery = connection?.open.get(message)
      // Of a connection that has ended: the broker hands it out again.
      if (!connection || !delivery) continue
      connection.open.delete(message)
      try {
        act(connection.channel, delivery)
      } catch (error) {
        log.debug(`rabbitmq:${queue}: ${String(error)}`)
      }
    }
  }

  return {
    async receive(options) {
      const { limit, signal } = options
      try {
        wanted = limit
        const connection = await link.up(signal)
        await widen(connection, limit + connection.open.size - inbox.count)
        if (link.connection !== connection) throw new Error('the connection has ended')
      } catch (error) {
        signal.throwIfAborted()
        throw new BrokerProblem(error, where)
      }
      return inbox.receive(options)
    },
    async acknowledge(messages) {
      forEach(messages, (channel, delivery) => channel.ack(delivery))
    },
    async giveBack(messages) {
      forEach(messages, (channel, delivery) => channel.nack(delivery, false, true))
    },
    async close() {
      inbox.fail(new Error('the connection is closed'))
      await link.close()
    },
  }
}
