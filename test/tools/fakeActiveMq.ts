import type { AddressInfo } from 'node:net'
import { Container, type Delivery, type Message, type RheaEventContext } from 'rhea-promise'

type Sender = NonNullable<RheaEventContext['sender']>
type Connection = RheaEventContext['connection']
/** What `rhea-promise` is built on: only that can serve. */
type Server = Parameters<typeof Container.copyFromContainerInstance>[0]

/** A queue `orders` over AMQP 1.0, which redelivers as ActiveMQ does. */
export interface FakeActiveMq {
  /** `amqp://127.0.0.1:PORT` */
  readonly url: string
  send(message: Partial<Message>): void
  readonly accepted: readonly string[]
  /** What ActiveMQ would have moved to its dead letter queue. */
  readonly rejected: readonly string[]
  stop(): Promise<void>
}

interface Kept {
  readonly message: Partial<Message>
  deliveries: number
}

/** Starts one; messages are handed out in order, those that come back first. */
export async function startFakeActiveMq(): Promise<FakeActiveMq> {
  const { _container: container } = Container.create({ id: 'broker' }) as unknown as { _container: Server }
  const waiting: Kept[] = []
  const sent = new Map<Delivery, Kept>()
  const accepted: string[] = []
  const rejected: string[] = []
  const senders = new Set<Sender>()
  const connections = new Set<Connection>()

  function handOut(): void {
    for (const sender of senders)
      while (sender.sendable()) {
        const next = waiting.shift()
        if (!next) return
        sent.set(sender.send({ ...next.message, delivery_count: next.deliveries } as Message), next)
      }
  }

  function settled(delivery: Delivery | undefined, then: (kept: Kept) => void): void {
    const kept = delivery && sent.get(delivery)
    if (!kept) return
    sent.delete(delivery)
    then(kept)
    handOut()
  }
  const idOf = ({ message }: Kept): string => String(message.message_id)

  container.on('connection_open', ({ connection }) => connections.add(connection))
  container.on('sender_open', ({ sender }: { sender: Sender }) => {
    if (sender.source.address !== 'orders')
      sender.close({ condition: 'amqp:not-found', description: `there is no ${sender.source.address}` })
    else senders.add(sender)
  })
  container.on('sender_close', ({ sender }: { sender: Sender }) => senders.delete(sender))
  container.on('sendable', handOut)
  container.on('accepted', ({ delivery }) => settled(delivery, (kept) => accepted.push(idOf(kept))))
  container.on('rejected', ({ delivery }) => settled(delivery, (kept) => rejected.push(idOf(kept))))
  const released = ({ delivery }: RheaEventContext): void =>
    settled(delivery, (kept) => {
      const isFailed =
        (delivery?.remote_state as { delivery_failed?: boolean } | undefined)?.delivery_failed === true
      waiting.unshift({ ...kept, deliveries: kept.deliveries + (isFailed ? 1 : 0) })
    })
  container.on('released', released)
  container.on('modified', released)
  container.on('disconnected', ({ connection }) => {
    connections.delete(connection)
    for (const sender of senders) if (sender.connection === connection) senders.delete(sender)
  })
  container.on('error', () => {})

  const server = container.listen({ port: 0, host: '127.0.0.1' })
  await new Promise<void>((resolve) => server.once('listening', resolve))
  return {
    url: `amqp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    send(message) {
      waiting.push({ message, deliveries: 0 })
      handOut()
    },
    accepted,
    rejected,
    async stop() {
      for (const connection of connections) connection.close()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
