import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadBrokerPackage } from '../../src/api/brokers/brokerPackage.ts'
import { KafkaOffsets } from '../../src/api/brokers/kafkaOffsets.ts'
import { Link } from '../../src/api/brokers/link.ts'
import { BrokerProblem, withoutCredentials } from '../../src/api/brokers/problem.ts'

test.each(['kafkajs', 'amqplib', 'rhea-promise'] as const)(
  'without the package %s it says which to install',
  (name) => {
    expect(() => loadBrokerPackage(name, ['/nowhere/lambda.yml'], '`kafka`')).toThrow(
      `\`kafka\` needs the package ${name}, which is not installed: npm install --save-dev ${name}`,
    )
  },
)

test('an offset is committed only when all before it is done, whatever the order in which batches end', () => {
  const orders = fc.array(fc.nat(19), { minLength: 1, maxLength: 60 })
  const all = Array.from({ length: 20 }, (_, offset) => offset)
  const isNeverAhead = (order: readonly number[]): boolean => {
    const offsets = new KafkaOffsets()
    for (const offset of all) offsets.receive(BigInt(offset))
    const done = new Set<number>()
    return order.every((offset) => {
      offsets.end(BigInt(offset))
      done.add(offset)
      const firstOpen = all.find((one) => !done.has(one)) ?? all.length
      return Number(offsets.take() ?? firstOpen) === firstOpen
    })
  }
  expect(() => fc.assert(fc.property(orders, isNeverAhead))).not.toThrow()
})

test('what comes a second time is handed out once', () => {
  const offsets = new KafkaOffsets()
  expect([offsets.receive(0n), offsets.receive(1n), offsets.receive(0n)]).toEqual([true, true, false])
  offsets.end(0n)
  expect(offsets.take()).toBe(1n)
  expect([offsets.receive(0n), offsets.receive(1n)]).toEqual([false, false])
  offsets.forget(1n)
  expect(offsets.receive(1n)).toBe(true)
})

test('a connection is opened once for all who wait, and again after it was lost', async () => {
  const opened: ((error: Error) => void)[] = []
  const lost: string[] = []
  const { signal } = new AbortController()
  const link = new Link<number>({
    open: async (onLost) => opened.push(onLost),
    close: async () => {},
    onLost: ({ message }) => void lost.push(message),
  })
  expect(await Promise.all([link.up(signal), link.up(signal)])).toEqual([1, 1])
  opened[0]?.(new Error('gone'))
  expect(link.connection).toBeUndefined()
  expect(await link.up(signal)).toBe(2)
  // The end of one that is over already concerns nobody.
  opened[0]?.(new Error('gone again'))
  expect(lost).toEqual(['gone'])
  expect(link.connection).toBe(2)
})

test('a connection that ends while it is being opened is not waited for', async () => {
  const link = new Link<string>({
    open: (lost) => {
      setImmediate(() => lost(new Error('gone')))
      return new Promise(() => {})
    },
    close: async () => {},
    onLost: () => {},
  })
  await expect(link.up(new AbortController().signal)).rejects.toThrow('gone')
})

test('nobody waits for a connection that is still being opened when the mapping stops', async () => {
  const closed: string[] = []
  let open: (connection: string) => void = () => {}
  const link = new Link<string>({
    open: () => new Promise((resolve) => (open = resolve)),
    close: async (connection) => void closed.push(connection),
    onLost: () => {},
  })
  const stopping = new AbortController()
  const waiting = link.up(stopping.signal)
  stopping.abort(new Error('stopped'))
  await expect(waiting).rejects.toThrow('stopped')
  await link.close()
  open('late')
  await new Promise((resolve) => setImmediate(resolve))
  expect(closed).toEqual(['late'])
})

test('problems are sentences, and have no credentials in them', () => {
  const where = withoutCredentials('amqp://user:secret@127.0.0.1:5672')
  expect(where).toBe('amqp://127.0.0.1:5672')
  const refused = Object.assign(new Error(''), { code: 'ECONNREFUSED' })
  expect(new BrokerProblem(refused, where).message).toMatch(
    /^amqp:\/\/127\.0\.0\.1:5672 cannot be reached; is/,
  )
  expect(new BrokerProblem(new Error('no'), where).message).toBe('amqp://127.0.0.1:5672: no')
})
