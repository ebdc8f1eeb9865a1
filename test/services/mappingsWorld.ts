import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  type ListEventSourceMappingsCommandInput,
  UpdateEventSourceMappingCommand,
  type UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda'
import { CreateQueueCommand } from '@aws-sdk/client-sqs'
import type { FunctionDescription, LambdaBackend } from '../../src/services/lambda/index.ts'
import { accountId, createWorld, noDeployments, region, type WorldOptions } from './world.ts'
import { functionDescription } from './functionDescription.ts'

export const functionArn = (name: string): string => `arn:aws:lambda:${region}:${accountId}:function:${name}`
export const queueArn = (name: string): string => `arn:aws:sqs:${region}:${accountId}:${name}`
export const mappingArn = (uuid: string): string =>
  `arn:aws:lambda:${region}:${accountId}:event-source-mapping:${uuid}`
export const PATH = '/2015-03-31/event-source-mappings'
export const secret = `arn:aws:secretsmanager:${region}:${accountId}:secret:s`
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const description = (name: string): FunctionDescription => ({
  ...functionDescription(name),
  timeoutSeconds: name === 'slow' ? 180 : 3,
})
const NAMES = ['orders', 'audit', 'slow']

/** Functions `orders`, `audit` and, with a timeout of three minutes, `slow`; queues `jobs`, `others` and `line.fifo`. */
export async function createLambda(options: Pick<WorldOptions, 'mappingHost' | 'store'> = {}) {
  const backend: LambdaBackend = {
    deployments: noDeployments,
    describe: (name) => (NAMES.includes(name) ? description(name) : undefined),
    list: () => NAMES.map(description),
    accountConcurrency: () => 1_000,
    codeLocation: (_, version) => `file:///versions/${version}`,
    snapshot: () =>
      Promise.resolve({
        sha256: 'c2hh',
        bytes: 1,
        definition: {},
        discard: () => Promise.resolve(),
      }),
    invoke: () => Promise.reject(new Error('nothing runs here')),
  }
  const world = await createWorld({ ...options, backend })
  for (const QueueName of ['jobs', 'others']) await world.sqs.send(new CreateQueueCommand({ QueueName }))
  await world.sqs.send(
    new CreateQueueCommand({
      QueueName: 'line.fifo',
      Attributes: { FifoQueue: 'true', VisibilityTimeout: '60' },
    }),
  )
  const { lambda } = world
  return {
    ...world,
    create: async (input: Partial<CreateEventSourceMappingCommandInput> = {}) =>
      body(
        await lambda.send(
          new CreateEventSourceMappingCommand({
            FunctionName: 'orders',
            EventSourceArn: queueArn('jobs'),
            ...input,
          }),
        ),
      ),
    update: async (input: UpdateEventSourceMappingCommandInput) =>
      body(await lambda.send(new UpdateEventSourceMappingCommand(input))),
    get: async (UUID: string | undefined) =>
      body(await lambda.send(new GetEventSourceMappingCommand({ UUID }))),
    remove: async (UUID: string | undefined) =>
      body(await lambda.send(new DeleteEventSourceMappingCommand({ UUID }))),
    list: async (input: ListEventSourceMappingsCommandInput = {}) =>
      await lambda.send(new ListEventSourceMappingsCommand(input)),
  }
}

/** What an SDK shows of an answer, without what it adds itself. */
export const body = (answer: { $metadata: object }): EventSourceMappingConfiguration =>
  Object.fromEntries(Object.entries(answer).filter(([key]) => key !== '$metadata'))

/** Status, code and message of a refusal. */
export const failing = async (sending: Promise<unknown>) => {
  const error = await sending.then(
    () => undefined,
    (error: unknown) => error as Error & { $metadata: { httpStatusCode: number } },
  )
  return [error?.$metadata.httpStatusCode, error?.name, error?.message]
}

export const invalid = (message: string) => [400, 'InvalidParameterValueException', message]
