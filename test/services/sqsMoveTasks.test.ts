import {
  CancelMessageMoveTaskCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { createMemoryStore } from '../../src/store/index.ts'
import { accountId, createWorld, query, region, sqsJson } from './world.ts'

type World = Awaited<ReturnType<typeof createWorld>>

const arnOf = (name: string): string => `arn:aws:sqs:${region}:${accountId}:${name}`
const urlOf = (world: World, name: string): string => `${world.url}/${accountId}/${name}`

/** A queue whose messages go to `dead` after one receive. */
async function worldWithDeadLetters(options: Parameters<typeof createWorld>[0] = {}): Promise<World> {
  const world = await createWorld(options)
  const create = (name: string, Attributes: object = {}): Promise<unknown> =>
    sqsJson(world.url, 'CreateQueue', { QueueName: name, Attributes })
  await create('dead')
  await create('other')
  await create('orders', {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 1 }),
  })
  return world
}

/** Sends messages and lets them be received too often. */
async function deadLetter(world: World, bodies: readonly string[]): Promise<void> {
  for (const MessageBody of bodies)
    await world.sqs.send(
      new SendMessageCommand({
        QueueUrl: urlOf(world, 'orders'),
        MessageBody,
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'order' } },
      }),
    )
  for (let round = 0; round < 2; round++) {
    for (let count = 0; count < bodies.length; count += 10)
      await world.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: urlOf(world, 'orders'), MaxNumberOfMessages: 10 }),
      )
    await world.clock.advance(30_000)
  }
  expect(world.queues.peek('dead')).toHaveLength(bodies.length)
}

const bodiesIn = (world: World, name: string): string[] => world.queues.peek(name).map(({ body }) => body)

test('messages return to the queue that gave them up, as new ones: new id, no receives, no source', async () => {
  const world = await worldWithDeadLetters()
  await deadLetter(world, ['a', 'b', 'c'])
  const before = world.queues.peek('dead')
  const { TaskHandle } = await world.sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arnOf('dead') }))
  expect(TaskHandle).toMatch(/^[\w+/=]+$/)
  await world.clock.advance(0)
  const moved = world.queues.peek('orders')
  expect(bodiesIn(world, 'dead')).toEqual([])
  expect(moved.map(({ body }) => body)).toEqual(['a', 'b', 'c'])
  expect(moved.map(({ receiveCount }) => receiveCount)).toEqual([0, 0, 0])
  expect(moved[0]?.attributes).toEqual({ kind: 'order' })
  expect(moved.some(({ messageId }) => before.some((old) => old.messageId === messageId))).toBe(false)
  const { Messages } = await world.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: urlOf(world, 'orders'), MessageSystemAttributeNames: ['All'] }),
  )
  expect(Messages?.[0]?.Attributes).not.toHaveProperty('DeadLetterQueueSourceArn')

  const { Results } = await world.sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arnOf('dead') }))
  expect(Results).toEqual([
    {
      Status: 'COMPLETED',
      SourceArn: arnOf('dead'),
      ApproximateNumberOfMessagesMoved: 3,
      ApproximateNumberOfMessagesToMove: 3,
      StartedTimestamp: world.clock.now(),
    },
  ])
})

test('a destination takes all of them, also those that came from no queue', async () => {
  const world = await worldWithDeadLetters()
  await deadLetter(world, ['a'])
  await sqsJson(world.url, 'SendMessage', { QueueUrl: urlOf(world, 'dead'), MessageBody: 'direct' })
  await world.sqs.send(
    new StartMessageMoveTaskCommand({ SourceArn: arnOf('dead'), DestinationArn: arnOf('other') }),
  )
  await world.clock.advance(0)
  expect(bodiesIn(world, 'other').sort()).toEqual(['a', 'direct'])
})

test('a message without a way back ends the task, and what stood before it has moved', async () => {
  const world = await worldWithDeadLetters()
  await deadLetter(world, ['a'])
  await world.queues.removeQueue('orders')
  await sqsJson(world.url, 'CreateQueue', {
    QueueName: 'later',
    Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 1 }) },
  })
  await world.sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arnOf('dead') }))
  await world.clock.advance(0)
  const { Results } = await world.sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arnOf('dead') }))
  expect(Results?.[0]).toMatchObject({
    Status: 'FAILED',
    FailureReason: 'AWS.SimpleQueueService.NonExistentQueue',
    ApproximateNumberOfMessagesMoved: 0,
  })
  expect(world.queues.counts('dead')).toEqual({ ready: 1, inFlight: 0, delayed: 0 })
})

test('a rate is kept by the clock, and a task can be cancelled between two seconds', async () => {
  const world = await worldWithDeadLetters()
  await deadLetter(world, ['a', 'b', 'c', 'd', 'e'])
  const { TaskHandle } = await world.sqs.send(
    new StartMessageMoveTaskCommand({ SourceArn: arnOf('dead'), MaxNumberOfMessagesPerSecond: 2 }),
  )
  await world.clock.advance(0)
  expect(bodiesIn(world, 'orders')).toEqual(['a', 'b'])
  const running = await world.sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arnOf('dead') }))
  expect(running.Results).toMatchObject([
    { TaskHandle, Status: 'RUNNING', MaxNumberOfMessagesPerSecond: 2, ApproximateNumberOfMessagesToMove: 5 },
  ])
  await world.clock.advance(1_000)
  expect(bodiesIn(world, 'orders')).toEqual(['a', 'b', 'c', 'd'])
  const cancelled = await world.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }))
  expect(cancelled.ApproximateNumberOfMessagesMoved).toBe(4)
  await world.clock.advance(10_000)
  expect(bodiesIn(world, 'dead')).toEqual(['e'])
  const after = await world.sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arnOf('dead') }))
  expect(after.Results?.[0]?.Status).toBe('CANCELLED')
})

test('a task goes on after a restart, without losing or doubling a message', async () => {
  const store = createMemoryStore()
  const shared = { ...store, close: () => Promise.resolve() }
  const first = await worldWithDeadLetters({ store: shared })
  await deadLetter(first, ['a', 'b', 'c', 'd'])
  await first.sqs.send(
    new StartMessageMoveTaskCommand({ SourceArn: arnOf('dead'), MaxNumberOfMessagesPerSecond: 1 }),
  )
  await first.clock.advance(1_000)
  expect(bodiesIn(first, 'orders')).toHaveLength(2)
  await first.queues.stopMoves()

  const second = await createWorld({ store: shared })
  await second.clock.advance(120_000)
  second.queues.resumeMoves()
  await second.clock.advance(5_000)
  expect(bodiesIn(second, 'orders')).toEqual(['a', 'b', 'c', 'd'])
  expect(bodiesIn(second, 'dead')).toEqual([])
})

test('hundreds of messages move in their order', async () => {
  const world = await worldWithDeadLetters()
  const bodies = Array.from({ length: 240 }, (_, index) => String(index))
  await deadLetter(world, bodies)
  await world.sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arnOf('dead') }))
  await world.clock.advance(0)
  expect(bodiesIn(world, 'orders')).toEqual(bodies)
})

const refusal = async (
  world: World,
  operation: string,
  input: object,
): Promise<[number, unknown, unknown]> => {
  const { status, body } = await sqsJson(world.url, operation, input)
  return [status, String(body['__type']).split('#')[1], body['message']]
}

test('what AWS refuses is refused in its words', async () => {
  const world = await worldWithDeadLetters()
  await deadLetter(world, ['a', 'b'])
  expect(await refusal(world, 'StartMessageMoveTask', { SourceArn: arnOf('other') })).toEqual([
    400,
    'InvalidParameterValueException',
    'Source queue must be configured as a Dead Letter Queue.',
  ])
  expect(await refusal(world, 'StartMessageMoveTask', { SourceArn: arnOf('none') })).toEqual([
    404,
    'ResourceNotFoundException',
    "The resource that you specified for the SourceArn parameter doesn't exist.",
  ])
  const toNowhere = { SourceArn: arnOf('dead'), DestinationArn: arnOf('none') }
  expect(await refusal(world, 'StartMessageMoveTask', toNowhere)).toEqual([
    404,
    'ResourceNotFoundException',
    "The resource that you specified for the DestinationArn parameter doesn't exist.",
  ])
  await sqsJson(world.url, 'StartMessageMoveTask', {
    SourceArn: arnOf('dead'),
    MaxNumberOfMessagesPerSecond: 1,
  })
  expect((await refusal(world, 'StartMessageMoveTask', { SourceArn: arnOf('dead') }))[2]).toBe(
    'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
  )
  expect(await refusal(world, 'CancelMessageMoveTask', { TaskHandle: 'nonsense' })).toEqual([
    400,
    'InvalidParameterValueException',
    'Value for parameter TaskHandle is invalid.',
  ])
  const TaskHandle = Buffer.from(JSON.stringify({ taskId: 'x', sourceArn: arnOf('dead') })).toString('base64')
  expect(await refusal(world, 'CancelMessageMoveTask', { TaskHandle })).toEqual([
    404,
    'ResourceNotFoundException',
    'Task does not exist.',
  ])
})

test('the query protocol knows the tasks as well', async () => {
  const world = await worldWithDeadLetters()
  const version = { Version: '2012-11-05' }
  const started = await query(world.url, {
    Action: 'StartMessageMoveTask',
    ...version,
    SourceArn: arnOf('dead'),
  })
  expect(started.xml).toMatch(/<StartMessageMoveTaskResult><TaskHandle>[^<]+<\/TaskHandle>/)
  await world.clock.advance(0)
  const listed = await query(world.url, {
    Action: 'ListMessageMoveTasks',
    ...version,
    SourceArn: arnOf('dead'),
  })
  expect(listed.xml).toContain('<ListMessageMoveTasksResultEntry><Status>COMPLETED</Status>')
})
