// oxlint-disable vitest/no-standalone-expect, vitest/expect-expect -- fast-check drives the run that asserts
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RequestContext } from '../../src/services/operation.ts'
import { createSqsService, ServiceError, type SqsService } from '../../src/services/sqs/index.ts'
import { createMemoryStore } from '../../src/store/index.ts'
import { createActivity, createClock, createIds } from '../../src/system/index.ts'
import { type Delivered, FifoModel } from './fifoModel.ts'
import { accountId, region, startMs } from './world.ts'

const queueName = 'orders.fifo'
const deadName = 'dead.fifo'
const groups = ['g1', 'g2']
const maxReceiveCount = 3
const visibilitySeconds = 30

type Command =
  | { readonly kind: 'send'; readonly group: string; readonly deduplicationId: string | undefined }
  | { readonly kind: 'receive'; readonly limit: number; readonly seconds: number }
  /** Of the handles that were given out, counted from the latest. */
  | { readonly kind: 'delete'; readonly handle: number }
  | { readonly kind: 'hide'; readonly handle: number; readonly seconds: number }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'restart' }

const handle = fc.nat(6)
const seconds = fc.constantFrom(0, 5, visibilitySeconds, 60, 60)
const send = fc.record({
  kind: fc.constant('send' as const),
  group: fc.constantFrom(...groups),
  deduplicationId: fc.option(fc.constantFrom('d1', 'd2'), { nil: undefined, freq: 3 }),
})
const receive = fc.record({
  kind: fc.constant('receive' as const),
  limit: fc.integer({ min: 1, max: 10 }),
  seconds,
})
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: send },
  { weight: 4, arbitrary: receive },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('delete' as const), handle }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('hide' as const), handle, seconds }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('advance' as const),
      ms: fc.constantFrom(1, 5_000, 30_000, 30_000, 150_000),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
)

/** A queue and its model, side by side. */
class Run {
  readonly #model = new FifoModel(maxReceiveCount)
  readonly #store = createMemoryStore()
  readonly #activity = createActivity()
  readonly #clock = createClock({ mode: 'frozen', startMs, idle: this.#activity.idle })
  readonly #ids = createIds()
  readonly #handles: string[] = []
  #sqs = this.#start()
  #sent = 0

  async create(): Promise<void> {
    await this.#call('CreateQueue', { QueueName: deadName, Attributes: { FifoQueue: 'true' } })
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: `arn:aws:sqs:${region}:${accountId}:${deadName}`,
      maxReceiveCount,
    })
    await this.#call('CreateQueue', {
      QueueName: queueName,
      Attributes: { FifoQueue: 'true', VisibilityTimeout: String(visibilitySeconds), RedrivePolicy },
    })
  }

  async perform(command: Command): Promise<void> {
    switch (command.kind) {
      case 'send':
        return this.#send(command.group, command.deduplicationId)
      case 'receive':
        return this.#receive(command.limit, command.seconds)
      case 'delete':
        return this.#delete(command.handle)
      case 'hide':
        return this.#hide(command.handle, command.seconds)
      case 'advance':
        return this.#clock.advance(command.ms)
      case 'restart':
        this.#sqs = this.#start()
        return
      default:
        command satisfies never
    }
  }

  /** Everything that was accepted and not deleted comes, each group in order, or is among the dead letters. */
  async drain(): Promise<void> {
    await this.#clock.advance(60_000)
    while (this.#model.size > 0) {
      await this.#receive(10, visibilitySeconds)
      const count = this.#handles.length
      for (let index = 0; index < Math.min(count, 10); index++) await this.#delete(index)
    }
    expect(this.#sqs.counts(queueName)).toEqual({ ready: 0, inFlight: 0, delayed: 0 })
  }

  expectSame(): void {
    for (const [place, name] of [
      ['queue', queueName],
      ['dead', deadName],
    ] as const) {
      const items = this.#store.peek(`sqs/${name}`, Infinity)
      for (const group of groups)
        expect(items.filter((item) => item.group === group).map(({ id }) => id)).toEqual(
          this.#model.idsIn(place, group),
        )
    }
  }

  async #send(group: string, given: string | undefined): Promise<void> {
    const body = String(this.#sent++)
    const deduplicationId = given ?? `unique-${body}`
    const { MessageId, SequenceNumber } = await this.#call('SendMessage', {
      MessageBody: body,
      MessageGroupId: group,
      MessageDeduplicationId: deduplicationId,
    })
    const message = { id: String(MessageId), number: String(SequenceNumber), group, body }
    this.#model.sent(deduplicationId, message, this.#clock.now())
  }

  async #receive(limit: number, visibility: number): Promise<void> {
    const { Messages = [] } = (await this.#call('ReceiveMessage', {
      MaxNumberOfMessages: limit,
      VisibilityTimeout: visibility,
      MessageSystemAttributeNames: ['All'],
    })) as { Messages?: Delivered[] }
    const deadIds = this.#sqs.peek(deadName).map(({ messageId }) => messageId)
    this.#model.received(Messages, limit, visibility * 1_000, deadIds, this.#clock.now())
    this.#handles.push(...Messages.map(({ ReceiptHandle }) => ReceiptHandle))
  }

  async #delete(fromLatest: number): Promise<void> {
    const ReceiptHandle = this.#handles.at(-1 - fromLatest)
    if (ReceiptHandle === undefined) return
    const isTaken = await this.#succeeds('DeleteMessage', { ReceiptHandle })
    expect(isTaken).toBe(this.#model.deleted(ReceiptHandle, this.#clock.now()))
  }

  async #hide(fromLatest: number, visibility: number): Promise<void> {
    const ReceiptHandle = this.#handles.at(-1 - fromLatest)
    if (ReceiptHandle === undefined) return
    const nowMs = this.#clock.now()
    const isTaken = await this.#succeeds('ChangeMessageVisibility', {
      ReceiptHandle,
      VisibilityTimeout: visibility,
    })
    expect(isTaken).toBe(this.#model.hidden(ReceiptHandle, nowMs + visibility * 1_000, nowMs))
  }

  async #succeeds(operation: string, input: object): Promise<boolean> {
    try {
      await this.#call(operation, input)
      return true
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'InvalidParameterValueException') return false
      throw error
    }
  }

  async #call(operation: string, input: object): Promise<Record<string, unknown>> {
    const run = this.#sqs.service.operations[operation]
    const answer = await run?.({ QueueUrl: queueName, ...input } as never, context)
    return (answer ?? {}) as Record<string, unknown>
  }

  /** A process over what the one before it has stored. */
  #start(): SqsService {
    return createSqsService({
      store: this.#store,
      clock: this.#clock,
      ids: this.#ids,
      identity: { accountId, region },
      activity: this.#activity,
    })
  }
}

const context: RequestContext = {
  requestId: 'request',
  accountId,
  region,
  baseUrl: 'http://localhost',
  signal: new AbortController().signal,
  sourceIp: '127.0.0.1',
  cause: undefined,
  work: { end() {}, park() {}, unpark() {} },
}

test('a FIFO queue keeps the order of each group, loses nothing and delivers nothing that is invisible', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 30, maxLength: 100 }), async (commands) => {
      const run = new Run()
      await run.create()
      for (const each of commands) {
        await run.perform(each)
        run.expectSame()
      }
      await run.drain()
      run.expectSame()
    }),
    { numRuns: 200, interruptAfterTimeLimit: 2_500, markInterruptAsFailure: false },
  )
})
