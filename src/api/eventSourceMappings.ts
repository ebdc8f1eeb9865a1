import type {
  DeclaredMapping,
  EventSourceMapping,
  MappingHost,
  MappingRegistry,
} from '../services/lambda/index.ts'
import type { Clock, Log } from '../system/index.ts'
import { createMappingSet, type MappingEnvironment, type WantedMapping } from './mappingSet.ts'

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
  /** What `MetricsConfig` asks for, by the names of CloudWatch: `PolledEventCount`. Counted while it runs. */
  readonly metrics: Readonly<Record<string, number>>
}

/** The event source mappings of `lambda.yml` and of the API: what is kept of them, and what runs. */
export interface EventSourceMappings extends Pick<MappingHost, 'follow' | 'problem'> {
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

export type EventSourceMappingsDependencies = MappingEnvironment & {
  readonly registry: MappingRegistry
  readonly clock: Clock
  readonly log: Log
  /** Whether there is such a function now. */
  readonly hasFunction: (name: string) => boolean
  readonly hasQualifier: (name: string, qualifier: string) => boolean
}

/** Creates them; none runs before the first `declare`. */
export function createEventSourceMappings(on: EventSourceMappingsDependencies): EventSourceMappings {
  const { registry } = on
  const set = createMappingSet(on)
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
    const { functionName, qualifier, eventSourceArn: queueArn, settings } = mapping
    return { uuid, functionName, qualifier, queueName: nameOf(queueArn), settings: { queueArn, ...settings } }
  }

  function tell(uuid: string, mapping: EventSourceMapping | undefined, obstacle: string | undefined): void {
    if (obstacles.get(uuid) === obstacle) return
    if (obstacle === undefined) obstacles.delete(uuid)
    else {
      obstacles.set(uuid, obstacle)
      on.log.warn(`mapping ${uuid} from ${mapping?.eventSourceArn} does not read: ${obstacle}`)
    }
  }

  async function follow(uuid: string): Promise<void> {
    try {
      await set.bring(uuid, wantedOf(uuid))
    } catch (error) {
      on.log.error(`mapping ${uuid} could not be brought in line`, error)
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

  return {
    follow,
    problem: (uuid) => set.problemOf(uuid),
    async declare(declared, functionStays) {
      await registry.inTurn(() => registry.declare(declared, on.clock.now()))
      isResting = false
      stays = functionStays
      await followAll()
    },
    followAll,
    consumersOf: (queueName) => set.consumersOf(queueName),
    describe: () =>
      registry.list().map((mapping) => ({
        uuid: mapping.uuid,
        functionName: mapping.functionName,
        qualifier: mapping.qualifier,
        queueName: nameOf(mapping.eventSourceArn),
        state: registry.state(mapping),
        lastProblem: obstacles.get(mapping.uuid) ?? set.problemOf(mapping.uuid) ?? null,
        metrics: set.metricsOf(mapping.uuid),
      })),
    rest,
    reload: () => registry.reload(),
    stop: rest,
  }
}

const nameOf = (queueArn: string): string => queueArn.slice(queueArn.lastIndexOf(':') + 1)
