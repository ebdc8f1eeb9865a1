import type * as Rhea from 'rhea-promise'
import type { ActiveMqMessage, BrokerMappingSettings, BrokerReader } from '../../sources/index.ts'
import { activeMqMessage } from './activeMqMessage.ts'
import { Inbox } from './inbox.ts'
import { Link, quietly } from './link.ts'
import { BrokerProblem, withoutCredentials } from './problem.ts'
import type { ReaderEdges } from './rabbitReader.ts'

/** The AMQP 1.0 client, as far as it is used here. */
export type RheaPackage = Pick<typeof Rhea, 'Connection' | 'ReceiverEvents' | 'ConnectionEvents'>

/** ActiveMQ's redelivery policy, which its own client follows: after so many times a message goes to the dead ones. */
const MOST_REDELIVERIES = 6
const CONNECTION_SECONDS = 5
/** Finds out that the broker has vanished without a word. */
const IDLE_MS = 20_000

interface Connection {
  readonly connection: Rhea.Connection
  readonly receiver: Rhea.Receiver
  /** Delivered and neither accepted nor given back. */
  readonly open: Map<ActiveMqMessage, { readonly delivery: Rhea.Delivery; readonly redeliveries: number }>
  /** Messages that the broker may still send. */
  credit: number
}

/**
 * Reads a queue of ActiveMQ for a mapping, over AMQP 1.0. The broker sends as many messages as were asked for; those that
 * are not accepted when the connection ends it hands out again. A message that the function has failed on seven times is
 * rejected, upon which ActiveMQ moves it to its dead letter queue.
 */
export function createActiveMqReader(
  rhea: RheaPackage,
  endpoint: string,
  { channel: queue }: Pick<BrokerMappingSettings, 'channel'>,
  { clock, ids, log }: ReaderEdges,
): BrokerReader<ActiveMqMessage> {
  const where = withoutCredentials(endpoint)
  const inbox = new Inbox<ActiveMqMessage>({
    clock,
    label: `batching window of activemq:${queue}`,
    lane: () => '',
  })
  const link = new Link<Connection>({
    open,
    close: async ({ connection }) => {
      await quietly(connection.close())
    },
    onLost: (error) => inbox.fail(new BrokerProblem(error, where)),
  })

  async function open(onLost: (error: Error) => void): Promise<Connection> {
    // What came over an earlier connection comes again.
    inbox.drop(() => true)
    const connection = new rhea.Connection(connectionOptions(endpoint))
    const lost = (error: unknown): void => {
      onLost(error instanceof Error ? error : new Error(textOf(error)))
      void quietly(connection.close())
    }
    connection.on(rhea.ConnectionEvents.disconnected, ({ error, connection: { error: own } }) =>
      lost(error ?? own),
    )
    connection.on(rhea.ConnectionEvents.connectionError, ({ connection: { error } }) => lost(error))
    try {
      await connection.open()
      const delivered: Connection['open'] = new Map()
      const receiver = await connection.createReceiver({
        source: { address: queue, capabilities: ['queue'] },
        credit_window: 0,
        autoaccept: false,
        autosettle: false,
        onMessage: ({ message, delivery }) => {
          if (!message || !delivery) return
          made.credit--
          const received = activeMqMessage(message, { queue, nowMs: clock.now(), uuid: () => ids.uuid() })
          delivered.set(received, { delivery, redeliveries: message.delivery_count ?? 0 })
          inbox.put(received)
        },
        onError: ({ receiver: from }) => lost(from?.error),
        onClose: ({ receiver: from }) => lost(from?.error),
        onSessionError: ({ session }) => lost(session?.error),
        onSessionClose: ({ session }) => lost(session?.error),
      })
      const made: Connection = { connection, receiver, open: delivered, credit: 0 }
      return made
    } catch (error) {
      await quietly(connection.close())
      throw error
    }
  }

  function forEach(
    messages: readonly ActiveMqMessage[],
    act: (delivery: Rhea.Delivery, redeliveries: number) => void,
  ): void {
    const { connection } = link
    for (const message of messages) {
      const received = connection?.open.get(message)
      // Of a connection that has ended: the broker hands it out again.
      if (!connection || !received) continue
      connection.open.delete(message)
      try {
        act(received.delivery, received.redeliveries)
      } catch (error) {
        log.debug(`activemq:${queue}: ${String(error)}`)
      }
    }
  }

  return {
    async receive(options) {
      const { limit, signal } = options
      try {
        const connection = await link.up(signal)
        const missing = limit - inbox.count - connection.credit
        if (missing > 0) {
          connection.receiver.addCredit(missing)
          connection.credit += missing
        }
        if (link.connection !== connection) throw new Error('the connection has ended')
      } catch (error) {
        signal.throwIfAborted()
        throw new BrokerProblem(error, where)
      }
      return inbox.receive(options)
    },
    async acknowledge(messages) {
      forEach(messages, (delivery) => delivery.accept())
    },
    async giveBack(messages, { tried }) {
      forEach(messages, (delivery, redeliveries) => {
        if (!tried) delivery.release({ delivery_failed: false })
        else if (redeliveries < MOST_REDELIVERIES)
          delivery.modified({ delivery_failed: true, undeliverable_here: false })
        else delivery.reject({ condition: 'amqp:internal-error', description: 'failed too often' })
      })
    },
    async close() {
      inbox.fail(new Error('the connection is closed'))
      await link.close()
    },
  }
}

function connectionOptions(endpoint: string): Rhea.ConnectionOptions {
  const { protocol, hostname, port, username, password } = new URL(endpoint)
  const isSecure = protocol === 'amqps:'
  const shared = {
    host: hostname,
    hostname,
    reconnect: false,
    idle_time_out: IDLE_MS,
    operationTimeoutInSeconds: CONNECTION_SECONDS,
    ...(username !== '' && {
      username: decodeURIComponent(username),
      password: decodeURIComponent(password),
    }),
  }
  return isSecure
    ? { ...shared, port: Number(port || 5_671), transport: 'tls' }
    : { ...shared, port: Number(port || 5_672), transport: 'tcp' }
}

/** `amqp:not-found: The queue is not there`. */
function textOf(error: unknown): string {
  const { condition, description } = (error ?? {}) as { condition?: string; description?: string }
  const said = [condition, description].filter((part) => part !== undefined && part !== '').join(': ')
  return said === '' ? 'the broker has ended the connection' : said
}
