import { timesInLineage } from '../invoke/index.ts'
import { createQueueMapping, type QueueMapping, type QueueMappingDependencies } from '../mappings/index.ts'
import type { ReceivedMessage } from '../services/sqs/index.ts'
import { queueSources, type QueueReader } from '../sources/index.ts'
import type { WantedMapping } from './triggers.ts'

/** An event source mapping as people want to see it. */
export interface MappingDescription {
  readonly uuid: string
  readonly functionName: string
  /** The version or alias that it invokes; `null` for the function as it is now. */
  readonly qualifier: string | null
  readonly queueName: string
  /** Lambda's: `Enabled`, `Disabled`, or one of those in between. */
  readonly state: string
  /** Why it does not read at the moment; `null` when all is well. */
  readonly lastProblem: string | null
}

/** The event source mappings that are running, brought in line with what a spec asks for. */
export interface MappingSet {
  /** Starts what is new, lets what is gone (or different) drain, leaves the rest alone. */
  set(wanted: readonly WantedMapping[]): Promise<void>
  /** Functions that read a queue now. */
  consumersOf(queueName: string): string[]
  /** All mappings, in the order of their ids. */
  describe(): MappingDescription[]
  stop(): Promise<void>
}

export type MappingEnvironment = Omit<
  QueueMappingDependencies<ReceivedMessage>,
  'functionName' | 'settings' | 'source' | 'reader' | 'invoke' | 'freePlaces'
> & {
  readonly readerOf: (queueName: string) => QueueReader<ReceivedMessage>
  readonly invoke: (
    functionName: string,
    event: Uint8Array,
    requestId: string,
    cause: string | undefined,
    traceId: string | undefined,
  ) => ReturnType<QueueMappingDependencies<ReceivedMessage>['invoke']>
  readonly freePlaces: (functionName: string) => number
}

/** Creates an empty set. */
export function createMappingSet(on: MappingEnvironment): MappingSet {
  const running = new Map<string, { wanted: WantedMapping; mapping: QueueMapping }>()

  function begin(wanted: WantedMapping): void {
    const { functionName, settings } = wanted
    const mapping = createQueueMapping<ReceivedMessage>({
      ...on,
      functionName,
      settings,
      source: queueSources.sqs,
      reader: on.readerOf(wanted.queueName),
      invoke: (event, requestId, cause, traceIds) =>
        on.invoke(functionName, event, requestId, cause, longestChain(traceIds, functionName)),
      freePlaces: () => on.freePlaces(functionName),
    })
    mapping.start()
    running.set(wanted.id, { wanted, mapping })
  }

  async function end(id: string): Promise<void> {
    const one = running.get(id)
    running.delete(id)
    await one?.mapping.stop()
  }

  return {
    async set(wanted) {
      const byId = new Map(wanted.map((one) => [one.id, one]))
      const ending = [...running.keys()].filter((id) => !isSame(running.get(id)?.wanted, byId.get(id)))
      await Promise.all(ending.map(end))
      for (const one of byId.values()) if (!running.has(one.id)) begin(one)
    },
    consumersOf: (queueName) =>
      [...running.values()]
        .filter(({ wanted }) => wanted.queueName === queueName && wanted.settings.isEnabled)
        .map(({ wanted }) => wanted.functionName),
    describe: () =>
      [...running.values()].map(({ wanted }) => ({
        uuid: wanted.id,
        functionName: wanted.functionName,
        qualifier: null,
        queueName: wanted.queueName,
        state: wanted.settings.isEnabled ? 'Enabled' : 'Disabled',
        lastProblem: null,
      })),
    async stop() {
      await Promise.all([...running.keys()].map(end))
    },
  }
}

/** A batch belongs to the chain in which the function ran most often: that is the one that may be a loop. */
const longestChain = (traceIds: readonly string[], functionName: string): string | undefined =>
  traceIds.toSorted((a, b) => timesInLineage(b, functionName) - timesInLineage(a, functionName))[0]

const isSame = (a: WantedMapping | undefined, b: WantedMapping | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b)
