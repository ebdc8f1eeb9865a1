import { isDeepStrictEqual } from 'node:util'
import type { EventSourceMapping, MappingSettings } from '../services/lambda/index.ts'
import type { ShardProgress } from './streamSummary.ts'

/** A mapping that should run, with settings of one kind. */
export type WantedMapping<Settings extends MappingSettings = MappingSettings> = Pick<
  EventSourceMapping,
  'uuid' | 'functionName' | 'qualifier' | 'eventSourceArn'
> & { readonly settings: Settings }

/** A mapping that runs, whatever it reads. */
export interface RunningMapping<Settings extends MappingSettings = MappingSettings> {
  /** As they are now. */
  readonly settings: Settings
  /** Why its source cannot be read at the moment; `undefined` when all is well. */
  readonly problem: string | undefined
  /** The figures that its settings ask for, by their names in CloudWatch. */
  readonly metrics: Readonly<Record<string, number>>
  /** How the last batch ended, in AWS's words; where AWS tells it. */
  readonly lastProcessingResult?: string | undefined
  /** How far it has come, where the source has shards. */
  readonly positions?: readonly ShardProgress[]
  start(): void
  /** Takes other settings over, between batches; resolves once one that is no longer enabled has come to rest. */
  update(settings: Settings): Promise<void>
  /** Resolves once what is under way has ended. */
  stop(): Promise<void>
}

type Of<Kind> = Extract<MappingSettings, { readonly kind: Kind }>

/** How a mapping is created, by the kind of its source; a kind that is absent cannot be read. */
export type MappingKinds = {
  readonly [Kind in MappingSettings['kind']]?: (wanted: WantedMapping<Of<Kind>>) => RunningMapping<Of<Kind>>
}

/** The event source mappings that are running. */
export interface MappingSet {
  /** The ids of those that run; one that ends is not among them. */
  uuids(): string[]
  /** Functions whose mappings on such a source read now. */
  consumersOf(isSource: (wanted: WantedMapping) => boolean): string[]
  running(uuid: string): RunningMapping | undefined
  /**
   * Brings one mapping in line: starts it, changes its settings between batches, or, for `undefined`, ends it. Resolves
   * once that is so; one that joins other things than before ends first.
   */
  bring(uuid: string, wanted: WantedMapping | undefined): Promise<void>
}

/** Creates an empty set. */
export function createMappingSet(kinds: MappingKinds): MappingSet {
  const running = new Map<string, { readonly wanted: WantedMapping; readonly mapping: RunningMapping }>()
  /** What is being done about each mapping: one thing after the other. */
  const doing = new Map<string, Promise<void>>()

  function begin(wanted: WantedMapping): void {
    // The table gives each kind of settings to the function that is for it.
    const create = kinds[wanted.settings.kind] as ((wanted: WantedMapping) => RunningMapping) | undefined
    if (!create) throw new Error(`nothing here reads a source of kind ${wanted.settings.kind}`)
    const mapping = create(wanted)
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
    consumersOf(isSource) {
      const readers = [...running.values()].filter(
        ({ wanted, mapping }) => mapping.settings.isEnabled && isSource(wanted),
      )
      return [...new Set(readers.map(({ wanted }) => wanted.functionName))]
    },
    running: (uuid) => running.get(uuid)?.mapping,
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

/**
 * Whether a mapping that runs can go on as the other. Where a stream is read from first is not part of it: a mapping that
 * `lambda.yml` declares and that has begun keeps its place when the file names another one.
 */
const isSameJoin = (a: WantedMapping, b: WantedMapping): boolean =>
  a.functionName === b.functionName &&
  a.qualifier === b.qualifier &&
  a.eventSourceArn === b.eventSourceArn &&
  a.settings.kind === b.settings.kind &&
  isDeepStrictEqual(brokerPart(a.settings), brokerPart(b.settings))

/** What of a broker is read, and how to get there: none of it can change while it is read. */
const brokerPart = (settings: MappingSettings): unknown =>
  settings.kind === 'broker' && [
    settings.bootstrapServers,
    settings.topics,
    settings.queues,
    settings.consumerGroupId,
    settings.virtualHost,
    settings.sourceAccess,
  ]
