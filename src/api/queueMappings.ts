import { timesInLineage } from '../invoke/index.ts'
import { createQueueMapping, type QueueMappingDependencies } from '../mappings/index.ts'
import type { QueueSettings } from '../services/lambda/index.ts'
import type { ReceivedMessage } from '../services/sqs/index.ts'
import { queueSources, type QueueReader } from '../sources/index.ts'
import { nameOfSource } from './mappingSource.ts'
import type { RunningMapping, WantedMapping } from './mappingSet.ts'

type Queue = QueueMappingDependencies<ReceivedMessage>

export type QueueEnvironment = Omit<
  Queue,
  'functionName' | 'settings' | 'source' | 'reader' | 'invoke' | 'freePlaces'
> & {
  readonly readerOf: (queueName: string) => QueueReader<ReceivedMessage>
  readonly invoke: (
    target: Pick<WantedMapping, 'functionName' | 'qualifier'>,
    event: Uint8Array,
    requestId: string,
    cause: string | undefined,
    traceId: string | undefined,
  ) => ReturnType<Queue['invoke']>
  readonly freePlaces: (target: Pick<WantedMapping, 'functionName' | 'qualifier'>) => number
}

/** How a mapping on a queue is created. */
export const queueMappings =
  (on: QueueEnvironment) =>
  (wanted: WantedMapping<QueueSettings>): RunningMapping<QueueSettings> => {
    const { functionName } = wanted
    const queueArn = wanted.eventSourceArn ?? ''
    const mapping = createQueueMapping<ReceivedMessage>({
      ...on,
      functionName,
      settings: ofQueue(queueArn, wanted.settings),
      source: queueSources.sqs,
      reader: on.readerOf(nameOfSource(wanted)),
      invoke: (event, requestId, cause, traceIds) =>
        on.invoke(wanted, event, requestId, cause, longestChain(traceIds, functionName)),
      freePlaces: () => on.freePlaces(wanted),
    })
    return {
      get settings() {
        const { queueArn: _, ...settings } = mapping.settings
        return { kind: 'queue' as const, ...settings }
      },
      get problem() {
        return mapping.problem
      },
      get metrics() {
        return mapping.metrics
      },
      start: () => mapping.start(),
      update: (settings) => mapping.update(ofQueue(queueArn, settings)),
      stop: () => mapping.stop(),
    }
  }

function ofQueue(queueArn: string, given: QueueSettings): Queue['settings'] {
  const { kind: _, ...settings } = given
  return { queueArn, ...settings }
}

/** A batch belongs to the chain in which the function ran most often: that is the one that may be a loop. */
const longestChain = (traceIds: readonly string[], functionName: string): string | undefined =>
  traceIds.toSorted((a, b) => timesInLineage(b, functionName) - timesInLineage(a, functionName))[0]
