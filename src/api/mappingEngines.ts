import type { ConcurrencyGate } from '../invoke/index.ts'
import type { MappingHost, MappingRegistry } from '../services/lambda/index.ts'
import type { FunctionSpec, Spec } from '../spec/index.ts'
import type { Deliver, Store } from '../store/index.ts'
import type { Activity, Clock, Ids, Ledger, Log } from '../system/index.ts'
import { type Brokers, createBrokers } from './brokers/index.ts'
import type { Doors } from './doors.ts'
import { createEventSourceMappings, type EventSourceMappings } from './eventSourceMappings.ts'
import type { ForeignQueues } from './foreignQueues/index.ts'
import type { ForeignStreamPlaces } from './foreignStreams/index.ts'
import type { HostedServices } from './hostedServices.ts'
import { mappingHost, roleArnOf } from './lambdaBackend.ts'
import type { WantedMapping } from './mappingSet.ts'
import { queueMappings } from './queueMappings.ts'
import { streamMappings, streamPositions } from './streamMappings.ts'
import { streamSources } from './streamReaders.ts'

/** What mappings stand on, whatever they read. */
export interface MappingEdges {
  readonly store: Store
  readonly clock: Clock
  readonly activity: Activity
  readonly ids: Ids
  readonly log: Log
  readonly ledger: Ledger
  readonly registry: MappingRegistry
  readonly gate: ConcurrencyGate
  readonly doors: Doors
  readonly deliver: Deliver
  readonly services: Pick<HostedServices, 'sqs' | 'kinesis' | 'dynamodbStreams'>
  readonly foreignQueues: ForeignQueues | undefined
  readonly foreignStreams: ForeignStreamPlaces
  readonly functionNamed: (name: string) => FunctionSpec | undefined
  /** The version that most invocations by a qualifier run. */
  readonly versionOf: (functionName: string, qualifier: string) => string | undefined
  readonly hasQualifier: (functionName: string, qualifier: string) => boolean
}

/** The mappings, what they read, and what the Lambda API is told of both. */
export interface MappingEngines {
  readonly mappings: EventSourceMappings
  readonly brokers: Brokers
  readonly host: MappingHost
}

/** Joins the three engines (queues, streams, brokers) to their sources and to the functions. */
export function createMappingEngines(spec: Spec, on: MappingEdges): MappingEngines {
  const { store, gate, services, foreignQueues, functionNamed } = on
  const { accountId, region } = spec
  const { sqs } = services

  const invoke = (
    { functionName, qualifier }: Pick<WantedMapping, 'functionName' | 'qualifier'>,
    request: Omit<Parameters<Doors['run']>[0], 'functionName' | 'invokedFunctionArn'>,
  ): ReturnType<Doors['run']> => {
    const arn = functionNamed(functionName)?.arn ?? ''
    const invokedFunctionArn = qualifier === null ? arn : `${arn}:${qualifier}`
    return on.doors.run({ functionName, invokedFunctionArn, ...request })
  }

  const streams = streamSources(services, on.foreignStreams)
  const brokers = createBrokers(spec, {
    ...on,
    invoke: (target, payload, requestId, cause, door) => invoke(target, { payload, requestId, cause, door }),
  })
  const mappings = createEventSourceMappings({
    ...on,
    hasFunction: (name) => functionNamed(name) !== undefined,
    positions: streamPositions({ store, readers: streams.readers, stream: (arn) => streams.find(arn) }),
    kinds: {
      queue: queueMappings({
        ...on,
        region,
        readerOf: (queueName) => foreignQueues?.reader(queueName) ?? sqs.queueReader(queueName),
        freePlaces: ({ functionName, qualifier }) =>
          gate.free(functionName, on.versionOf(functionName, qualifier ?? '$LATEST')),
        onPlaceFreed: (listener) => gate.onFreed(listener),
        invoke: (target, payload, requestId, cause, traceId) =>
          invoke(target, { payload, requestId, cause, traceId, door: 'sqs' }),
      }),
      stream: streamMappings({
        ...on,
        region,
        roleArn: roleArnOf(accountId),
        readers: streams.readers,
        functionArnOf: (functionName) => functionNamed(functionName)?.arn ?? '',
        onPlaceFreed: (listener) => gate.onFreed(listener),
        invoke: (target, payload, requestId, cause, door) =>
          invoke(target, { payload, requestId, cause, door }),
      }),
      broker: (wanted) => brokers.mapping(wanted),
    },
  })
  const host = mappingHost(mappings, sqs, {
    foreignQueues,
    stream: (arn) => streams.find(arn),
    broker: (mapping) => brokers.find(mapping),
  })
  return { mappings, brokers, host }
}
