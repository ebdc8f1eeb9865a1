import { isDeepStrictEqual } from 'node:util'
import { timesInLineage } from '../invoke/index.ts'
import { createQueueMapping, type QueueMapping, type QueueMappingDependencies } from '../mappings/index.ts'
import type { ReceivedMessage } from '../services/sqs/index.ts'
import { type QueueMappingSettings, queueSources, type QueueReader } from '../sources/index.ts'

/** A mapping that should run. */
export interface WantedMapping {
  readonly uuid: string
  readonly functionName: string
  /** The version or alias to invoke; `null` for the function as it is now. */
  readonly qualifier: string | null
  readonly queueName: string
  readonly settings: QueueMappingSettings
}

/** The event source mappings that are running. */
export interface MappingSet {
  /** The ids of those that run; one that ends is not among them. */
  uuids(): string[]
  /** Functions that read a queue now. */
  consumersOf(queueName: string): string[]
  /** Why its queue cannot be read at the moment; `undefined` when all is well. */
  problemOf(uuid: string): string | undefined
  /** The figures that its settings ask for, by their names in CloudWatch. */
  metricsOf(uuid: string): Readonly<Record<string, number>>
  /**
   * Brings one mapping in line: starts it, changes its settings between batches, or, for `undefined`, ends it. Resolves
   * once that is so; one that joins other things than before ends first.
   */
  bring(uuid: string, wanted: WantedMapping | undefined): Promise<void>
}

export type MappingEnvironment = Omit<
  QueueMappingDependencies<ReceivedMessage>,
  'functionName' | 'settings' | 'source' | 'reader' | 'invoke' | 'freePlaces'
> & {
  readonly readerOf: (queueName: string) => QueueReader<ReceivedMessage>
  readonly invoke: (
    target: Pick<WantedMapping, 'functionName' | 'qualifier'>,
    event: Uint8Array,
    requestId: string,
    cause: string | undefined,
    traceId: string | undefined,
  ) => ReturnType<QueueMappingDependencies<ReceivedMessage>['invoke']>
  readonly freePlaces: (functionName: string) => number
}

/** Creates an empty set. */
export function createMappingSet(on: MappingEnvironment): MappingSet {
  const running = new Map<string, { readonly wanted: WantedMapping; readonly mapping: QueueMapping }>()
  /** What is being done about each mapping: one thing after the other. */
  const doing = new Map<string, Promise<void>>()

  function begin(wanted: WantedMapping): void {
    const { functionName, settings } = wanted
    const mapping = createQueueMapping<ReceivedMessage>({
      ...on,
      functionName,
      settings,
      source: queueSources.sqs,
      reader: on.readerOf(wanted.queueName),
      invoke: (event, requestId, cause, traceIds) =>
        on.invoke(wanted, event, requestId, cause, longestChain(traceIds, functionName)),
      freePlaces: () => on.freePlaces(functionName),
    })
    mapping.start()
    running.set(wanted.uuid, { wanted, mapping })
  }

  async function bring(uuid: string, wanted: WantedMapping | undefined): Promise<void> {
    const now = running.get(uuid)
    if (now && wanted && isSameJoin(now.wanted, wanted)) {
      if (!isDeepStrictEqual(now.mapping.settings, wanted.settings)) await now.mapping.update(wanted.settings)
      return
    }
    running.delete(uuid)
    await now?.mapping.stop()
    if (wanted) begin(wanted)
  }

  return {
    uuids: () => [...running.keys()],
    consumersOf(queueName) {
      const readers = [...running.values()].filter(
        ({ wanted, mapping }) => wanted.queueName === queueName && mapping.settings.isEnabled,
      )
      return [...new Set(readers.map(({ wanted }) => wanted.functionName))]
    },
    problemOf: (uuid) => running.get(uuid)?.mapping.problem,
    metricsOf: (uuid) => running.get(uuid)?.mapping.metrics ?? {},
    bring(uuid, wanted) {
      const done = (doing.get(uuid) ?? Promise.resolve()).then(() => bring(uuid, wanted))
      const settled = done
        .catch(() => {})
        .then(() => {
          if (doing.get(uuid) === settled) doing.delete(uuid)
        })
      doing.set(uuid, settled)
      return done
    },
  }
}

/** A batch belongs to the chain in which the function ran most often: that is the one that may be a loop. */
const longestChain = (traceIds: readonly string[], functionName: string): string | undefined =>
  traceIds.toSorted((a, b) => timesInLineage(b, functionName) - timesInLineage(a, functionName))[0]

const isSameJoin = (a: WantedMapping, b: WantedMapping): boolean =>
  a.functionName === b.functionName &&
  a.qualifier === b.qualifier &&
  a.settings.queueArn === b.settings.queueArn
