import type { Functions, ProvisionedStock } from '../functions/index.ts'
import type { ConcurrencyLimits } from '../invoke/index.ts'
import type { FunctionRegistry, ProvisionedState } from '../services/lambda/index.ts'
import type { FunctionSpec } from '../spec/index.ts'
import type { Activity, Log, Work } from '../system/index.ts'
import type { PublishedVersions } from './publishedVersions.ts'

/** Keeps as many environments initialised ahead as the API and `lambda.yml` say. */
export interface ProvisionedConcurrency {
  /** Brings what is there in line with what is wanted; to be called after either has changed. */
  follow(): Promise<void>
  /** For the gate. */
  places(): NonNullable<ConcurrencyLimits['provisioned']>
  stateOf(functionName: string, version: string): ProvisionedState | undefined
}

export interface ProvisionedConcurrencyDependencies {
  readonly functions: Functions
  readonly registry: FunctionRegistry
  readonly published: () => Pick<PublishedVersions, 'ready'>
  readonly functionList: () => readonly FunctionSpec[]
  readonly activity: Activity
  readonly log: Log
  /** What `places` answers has changed. */
  readonly changed: () => void
}

interface Wanted {
  readonly functionName: string
  readonly version: string
  readonly requested: number
}

interface Entry extends Wanted {
  /** `undefined` while the version is made ready to run. */
  deployment: string | undefined
  stock: ProvisionedStock
  /** All were initialised once: from then on those that are may be used. */
  hasBeenReady: boolean
  /** Open until all are initialised, or one could not be. */
  readonly work: Work
}

const LATEST = '$LATEST'

/** Creates the keeper; nothing is provisioned before `follow`. */
export function createProvisionedConcurrency(on: ProvisionedConcurrencyDependencies): ProvisionedConcurrency {
  const entries = new Map<string, Entry>()

  async function follow(): Promise<void> {
    const wanted = wantedOf(on.functionList(), on.registry)
    for (const [key, entry] of entries) if (!wanted.has(key)) drop(key, entry)
    const begun = [...wanted].filter(([key, one]) => entries.get(key)?.requested !== one.requested)
    await Promise.all(begun.map(([key, one]) => begin(key, one)))
  }

  function drop(key: string, entry: Entry): void {
    entries.delete(key)
    entry.work.end()
    if (entry.deployment !== undefined) on.functions.provision(entry.deployment, 0, () => {})
    on.changed()
  }

  async function begin(key: string, one: Wanted): Promise<void> {
    entries.get(key)?.work.end()
    const work = on.activity.begin(`provisioned concurrency of ${key}`)
    const entry: Entry = {
      ...one,
      deployment: undefined,
      stock: { ready: 0, hasFailed: false },
      hasBeenReady: false,
      work,
    }
    entries.set(key, entry)
    on.changed()
    try {
      const { functionName, version } = one
      entry.deployment = version === LATEST ? functionName : await on.published().ready(functionName, version)
    } catch (error) {
      on.log.error(
        `provisioned concurrency of ${key}: ${error instanceof Error ? error.message : String(error)}`,
      )
      note(key, entry, { ready: 0, hasFailed: true })
      return
    }
    if (entries.get(key) !== entry) return
    const isThere = on.functions.provision(entry.deployment, one.requested, (stock) =>
      note(key, entry, stock),
    )
    // Its code comes later, and then this is asked again.
    if (!isThere) drop(key, entry)
  }

  function note(key: string, entry: Entry, stock: ProvisionedStock): void {
    if (entries.get(key) !== entry) return
    const { ready, hasFailed } = entry.stock
    if (stock.hasFailed && !hasFailed)
      on.log.error(`provisioned concurrency of ${key}: an environment could not be initialised`)
    entry.stock = stock
    entry.hasBeenReady ||= stock.ready >= entry.requested
    if (stock.hasFailed || stock.ready >= entry.requested) entry.work.end()
    if (stock.ready !== ready || stock.hasFailed !== hasFailed) on.changed()
  }

  return {
    follow,
    places() {
      const places = new Map<string, Map<string, { requested: number; ready: number }>>()
      for (const { functionName, version, requested, stock, hasBeenReady } of entries.values()) {
        const ofFunction = places.get(functionName) ?? new Map<string, { requested: number; ready: number }>()
        places.set(functionName, ofFunction)
        const ready = hasBeenReady ? Math.min(stock.ready, requested) : 0
        ofFunction.set(version, { requested: stock.hasFailed ? ready : requested, ready })
      }
      return places
    },
    stateOf(functionName, version) {
      const entry = entries.get(`${functionName}:${version}`)
      return entry && stateOf(entry)
    },
  }
}

function stateOf({ requested, stock, hasBeenReady }: Entry): ProvisionedState {
  const allocated = Math.min(stock.ready, requested)
  const available = hasBeenReady ? allocated : 0
  if (stock.hasFailed) return { status: 'FAILED', allocated, available }
  return { status: allocated >= requested ? 'READY' : 'IN_PROGRESS', allocated, available }
}

/** By function and version; an alias means the version that it points to now. */
function wantedOf(
  functions: readonly FunctionSpec[],
  registry: FunctionRegistry,
): ReadonlyMap<string, Wanted> {
  const wanted = new Map<string, Wanted>()
  const add = (functionName: string, version: string, count: number): void => {
    const key = `${functionName}:${version}`
    wanted.set(key, { functionName, version, requested: (wanted.get(key)?.requested ?? 0) + count })
  }
  for (const { name, provisionedConcurrency } of functions) {
    if (provisionedConcurrency) add(name, LATEST, provisionedConcurrency)
    for (const [qualifier, { requested }] of registry.provisionedConcurrencies(name))
      add(name, registry.alias(name, qualifier)?.functionVersion ?? qualifier, requested)
  }
  return wanted
}
