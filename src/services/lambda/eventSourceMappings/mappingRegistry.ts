import { createHash } from 'node:crypto'
import type { Store } from '../../../store/index.ts'
import { keptTable } from '../keptTable.ts'
import {
  type DeclaredMapping,
  type EventSourceMapping,
  isSameMapping,
  type MappingState,
  type MappingTarget,
  sourceKeyOf,
  type TransientState,
} from './mapping.ts'
import { type KeptSettings, settingsOf, textOf } from './settings.ts'

/**
 * All event source mappings, durably: those that the API was told of, and those that `lambda.yml` declares. What the API
 * says of a declared one counts, deletion included, for as long as the declaration stays what it was at that time.
 */
export interface MappingRegistry {
  /** Those that are being deleted are still there. */
  get(uuid: string): EventSourceMapping | undefined
  /** In the order of their ids. */
  list(): EventSourceMapping[]
  state(mapping: EventSourceMapping): MappingState
  /** Whether a change of it is still being carried out. */
  isInUse(uuid: string): boolean
  /** What should run: like `get`, without those that are being deleted. */
  wanted(uuid: string): EventSourceMapping | undefined

  /** One change after the other: of two equal mappings the second finds the first. */
  inTurn<Answer>(work: () => Promise<Answer>): Promise<Answer>
  /** Resolves once it is durable. */
  keep(mapping: EventSourceMapping): Promise<void>
  /** Once this resolves the mapping is gone for good. */
  remove(mapping: EventSourceMapping): Promise<void>
  /** The mapping is in that state until `work` has ended. */
  during(mapping: EventSourceMapping, state: TransientState, work: Promise<void>): void

  /**
   * From now on these are the declared ones. `begin` is called for one that was not there, before it is kept. Answers the
   * ids of those that are gone for good.
   */
  declare(
    declared: readonly DeclaredMapping[],
    nowMs: number,
    begin?: (mapping: EventSourceMapping) => Promise<void>,
  ): Promise<string[]>
  /** Reads the store again, after it was emptied from outside. */
  reload(): void
}

type Kept = {
  readonly mapping: Omit<EventSourceMapping, 'settings'> & { readonly settings: KeptSettings }
  /** Which declaration it came from, and what that said when the mapping was last changed; `null`: from the API. */
  readonly declaration: { readonly target: MappingTarget; readonly text: string } | null
  /** Declared, but the API was told to delete it. */
  readonly isDeleted: boolean
}

const mappingOf = ({ mapping }: Kept): EventSourceMapping => ({
  ...mapping,
  settings: settingsOf(mapping.settings),
})

/** As it was declared when the mapping was last changed; `undefined`: from the API. */
const declaredOf = ({ declaration }: Kept): DeclaredMapping | undefined =>
  declaration
    ? { ...declaration.target, settings: settingsOf(JSON.parse(declaration.text) as KeptSettings) }
    : undefined

/** What is kept, with what was declared, which takes parsing. */
type Entry = {
  readonly mapping: EventSourceMapping
  readonly declared: DeclaredMapping | undefined
  readonly isDeleted: boolean
}

const entryOf = (kept: Kept): Entry => ({
  mapping: mappingOf(kept),
  declared: declaredOf(kept),
  isDeleted: kept.isDeleted,
})

/** Opens the registry that a store holds. */
export function createMappingRegistry(store: Store): MappingRegistry {
  const table = keptTable<Kept>(store, 'lambda.eventSourceMappings')
  let lastChange: Promise<unknown> = Promise.resolve()
  const underWay = new Map<string, { state: TransientState; mapping: EventSourceMapping }>()

  const all = (): Kept[] => table.list('').map(([, kept]) => kept)
  function wanted(uuid: string): EventSourceMapping | undefined {
    const kept = table.get(uuid)
    return kept && !kept.isDeleted ? mappingOf(kept) : undefined
  }
  const get = (uuid: string): EventSourceMapping | undefined => wanted(uuid) ?? underWay.get(uuid)?.mapping

  async function declareOne(
    wantedOne: DeclaredMapping,
    entries: readonly Entry[],
    nowMs: number,
    begin: (mapping: EventSourceMapping) => Promise<void>,
  ): Promise<string[]> {
    const { settings, ...target } = wantedOne
    const text = textOf(settings)
    const own = entries.find(({ declared }) => declared && isSameMapping(declared, wantedOne))
    if (own?.declared && textOf(own.declared.settings) === text) return []
    const fromApi = entries.find(
      ({ mapping, declared, isDeleted }) => !declared && !isDeleted && isSameMapping(mapping, wantedOne),
    )
    const before = (fromApi ?? own)?.mapping
    const uuid = before?.uuid ?? uuidOf(wantedOne)
    const mapping: EventSourceMapping = {
      ...target,
      uuid,
      settings,
      kmsKeyArn: before?.kmsKeyArn ?? null,
      tags: before?.tags ?? {},
      modifiedMs: nowMs,
    }
    if (!wanted(uuid)) await begin(mapping)
    await table.set(uuid, { mapping, declaration: { target, text }, isDeleted: false })
    if (!own || own.mapping.uuid === uuid) return []
    await table.remove(own.mapping.uuid)
    return [own.mapping.uuid]
  }

  return {
    get,
    list: () =>
      [
        ...all().flatMap((kept) => (kept.isDeleted ? [] : [mappingOf(kept)])),
        ...[...underWay.values()].flatMap(({ mapping }) => (wanted(mapping.uuid) ? [] : [mapping])),
      ].sort((a, b) => (a.uuid < b.uuid ? -1 : 1)),
    state: ({ uuid, settings }) => underWay.get(uuid)?.state ?? (settings.isEnabled ? 'Enabled' : 'Disabled'),
    isInUse: (uuid) => underWay.has(uuid),
    wanted,

    inTurn(work) {
      const result = lastChange.then(work)
      lastChange = result.catch(() => {})
      return result
    },
    keep: (mapping) =>
      table.set(mapping.uuid, {
        mapping,
        declaration: table.get(mapping.uuid)?.declaration ?? null,
        isDeleted: false,
      }),
    async remove({ uuid }) {
      const kept = table.get(uuid)
      if (kept?.declaration) await table.set(uuid, { ...kept, isDeleted: true })
      else await table.remove(uuid)
    },
    during(mapping, state, work) {
      const entry = { state, mapping }
      underWay.set(mapping.uuid, entry)
      void work.finally(() => {
        if (underWay.get(mapping.uuid) === entry) underWay.delete(mapping.uuid)
      })
    },

    async declare(declared, nowMs, begin = () => Promise.resolve()) {
      const before = all().map(entryOf)
      const gone = before.filter(
        ({ declared: was }) => was && !declared.some((other) => isSameMapping(other, was)),
      )
      for (const { mapping } of gone) await table.remove(mapping.uuid)
      const entries = before.filter((one) => !gone.includes(one))
      const replaced = await Promise.all(declared.map((one) => declareOne(one, entries, nowMs, begin)))
      return [...gone.map(({ mapping }) => mapping.uuid), ...replaced.flat()]
    },
    reload() {
      underWay.clear()
      table.reload()
    },
  }
}

/** Derived from what it joins: the same in every run, with or without a store that remembers. */
function uuidOf(mapping: DeclaredMapping): string {
  const { functionName, qualifier } = mapping
  const digest = createHash('sha256')
    .update(`${functionName}:${qualifier ?? ''}<${sourceKeyOf(mapping)}`)
    .digest('hex')
  // Version 8 of RFC 9562: bits of one's own.
  return digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5')
}
