import type {
  DeclaredMapping,
  EventSourceMapping,
  MappingHost,
  MappingRegistry,
  MappingSettings,
} from '../services/lambda/index.ts'
import type { Clock, Log } from '../system/index.ts'
import { createMappingSet, type MappingKinds, type WantedMapping } from './mappingSet.ts'
import { nameOfSource } from './mappingSource.ts'
import type { ShardProgress } from './streamSummary.ts'

/** An event source mapping as people want to see it. */
export interface MappingDescription {
  readonly uuid: string
  readonly functionName: string
  /** The version or alias that it invokes; `null` for the function as it is now. */
  readonly qualifier: string | null
  readonly kind: MappingSettings['kind']
  /** `null` for a Kafka cluster of one's own. */
  readonly eventSourceArn: string | null
  /** The queue, the stream, the table of the stream, or the topic or queue in a broker. */
  readonly sourceName: string
  /** Lambda's: `Enabled`, `Disabled`, or one of those in between. */
  readonly state: string
  /** Why it does not read at the moment; `null` when all is well. */
  readonly lastProblem: string | null
  /** How the last batch ended, in AWS's words; AWS has none for queues. */
  readonly lastProcessingResult: string
  /** What `MetricsConfig` asks for, by the names of CloudWatch: `PolledEventCount`. Counted while it runs. */
  readonly metrics: Readonly<Record<string, number>>
  /** How far it has come in each shard, and the age of what comes next; empty where there are no shards. */
  readonly positions: readonly ShardProgress[]
}

/** The event source mappings of `lambda.yml` and of the API: what is kept of them, and what runs. */
export interface EventSourceMappings extends Pick<
  MappingHost,
  'begin' | 'forget' | 'follow' | 'problem' | 'lastProcessingResult'
> {
  /**
   * From now on these are the declared ones, and only these functions stay. What is new starts, what is gone or
   * different drains.
   */
  declare(declared: readonly DeclaredMapping[], functionStays: (name: string) => boolean): Promise<void>
  /** Brings all in line with the registry, and with which functions there are. */
  followAll(): Promise<void>
  /** Functions that read a queue now. */
  consumersOf(queueName: string): string[]
  /** All mappings, in the order of their ids. */
  describe(): MappingDescription[]
  /** Lets all drain, until the next `declare`. */
  rest(): Promise<void>
  /** Reads the registry again, after the store was emptied from outside. */
  reload(): void
  stop(): Promise<void>
}

/** Where mappings are in their sources, durably, for sources that do not know it themselves. */
export interface MappingPositions {
  /**
   * Takes the places from which a new mapping is to read. Where there is no such source yet it takes none: all that comes
   * then is new to the mapping.
   */
  take(mapping: EventSourceMapping): Promise<void>
  forget(uuid: string): Promise<void>
}

export interface EventSourceMappingsDependencies {
  readonly registry: MappingRegistry
  readonly kinds: MappingKinds
  readonly positions: MappingPositions
  readonly clock: Clock
  readonly log: Log
  /** Whether there is such a function now. */
  readonly hasFunction: (name: string) => boolean
  readonly hasQualifier: (name: string, qualifier: string) => boolean
}

/** Creates them; none runs before the first `declare`. */
export function createEventSourceMappings(on: EventSourceMappingsDependencies): EventSourceMappings {
  const { registry, positions, log } = on
  const set = createMappingSet(on.kinds)
  let isResting = true
  /** Whether the declared application has the function: one that is there may be about to go. */
  let stays: (name: string) => boolean = () => true
  /** Why some that should run do not; told once. */
  const obstacles = new Map<string, string>()

  function obstacleTo({ functionName, qualifier }: EventSourceMapping): string | undefined {
    if (!on.hasFunction(functionName) || !stays(functionName)) return `there is no function ${functionName}`
    if (qualifier !== null && !on.hasQualifier(functionName, qualifier))
      return `${functionName} has no version or alias ${qualifier}`
    return undefined
  }

  function wantedOf(uuid: string): WantedMapping | undefined {
    const mapping = registry.wanted(uuid)
    const obstacle = mapping && obstacleTo(mapping)
    tell(uuid, mapping, obstacle)
    if (!mapping || obstacle !== undefined || isResting) return undefined
    const { functionName, qualifier, eventSourceArn, settings } = mapping
    return { uuid, functionName, qualifier, eventSourceArn, settings }
  }

  function tell(uuid: string, mapping: EventSourceMapping | undefined, obstacle: string | undefined): void {
    if (obstacles.get(uuid) === obstacle) return
    if (obstacle === undefined) obstacles.delete(uuid)
    else {
      obstacles.set(uuid, obstacle)
      const source = mapping && (mapping.eventSourceArn ?? nameOfSource(mapping))
      log.warn(`mapping ${uuid} from ${source} does not read: ${obstacle}`)
    }
  }

  async function follow(uuid: string): Promise<void> {
    try {
      await set.bring(uuid, wantedOf(uuid))
    } catch (error) {
      log.error(`mapping ${uuid} could not be brought in line`, error)
    }
  }

  async function followAll(): Promise<void> {
    const uuids = new Set([...set.uuids(), ...registry.list().map(({ uuid }) => uuid)])
    await Promise.all([...uuids].map(follow))
  }

  async function rest(): Promise<void> {
    isResting = true
    await followAll()
  }

  /** One of the same id may have been there before, and what it left may not have been swept up when the process ended. */
  async function begin(mapping: EventSourceMapping): Promise<void> {
    await positions.forget(mapping.uuid)
    await positions.take(mapping)
  }

  /** A declared mapping is kept whatever its source says: it begins once the source can be read. */
  const beginDeclared = (mapping: EventSourceMapping): Promise<void> =>
    begin(mapping).catch((error: unknown) => {
      log.warn(
        `mapping ${mapping.uuid}: where it begins in ${nameOfSource(mapping)} could not be kept: ${String(error)}`,
      )
    })

  async function forget(uuid: string): Promise<void> {
    // It may have been declared again while the last batch ran.
    if (registry.wanted(uuid)) return
    await positions
      .forget(uuid)
      .catch((error: unknown) => log.error(`mapping ${uuid} could not be forgotten`, error))
  }

  return {
    begin,
    forget,
    follow,
    problem: (uuid) => set.running(uuid)?.problem,
    lastProcessingResult: (uuid) => set.running(uuid)?.lastProcessingResult,
    async declare(declared, functionStays) {
      const gone = await registry.inTurn(() => registry.declare(declared, on.clock.now(), beginDeclared))
      isResting = false
      stays = functionStays
      await followAll()
      await Promise.all(gone.map(forget))
    },
    followAll,
    consumersOf: (queueName) =>
      set.consumersOf((wanted) => wanted.settings.kind === 'queue' && nameOfSource(wanted) === queueName),
    describe: () =>
      registry.list().map((mapping) => {
        const running = set.running(mapping.uuid)
        return {
          uuid: mapping.uuid,
          functionName: mapping.functionName,
          qualifier: mapping.qualifier,
          kind: mapping.settings.kind,
          eventSourceArn: mapping.eventSourceArn,
          sourceName: nameOfSource(mapping),
          state: registry.state(mapping),
          lastProblem: obstacles.get(mapping.uuid) ?? running?.problem ?? null,
          lastProcessingResult: running?.lastProcessingResult ?? 'No records processed',
          metrics: running?.metrics ?? {},
          positions: running?.positions ?? [],
        }
      }),
    rest,
    reload: () => registry.reload(),
    stop: rest,
  }
}
