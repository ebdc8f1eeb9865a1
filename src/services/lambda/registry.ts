import type { Store } from '../../store/index.ts'
import type { JsonObject } from '../../system/index.ts'
import type { FunctionDescription } from './backend.ts'
import { type AccessRegistry, createAccessRegistry, type Tags } from './accessRegistry.ts'
import type { FunctionSettings, SettingsInput } from './functionSettings.ts'
import { type Change, keptTable, makeChanges } from './keptTable.ts'

/** Settings of asynchronous invocation, for one qualifier of a function; what is absent has AWS's default. */
export type EventInvokeConfig = {
  readonly maximumRetryAttempts?: number
  readonly maximumEventAgeSeconds?: number
  /** ARNs. */
  readonly onSuccess?: string
  readonly onFailure?: string
}

export interface KeptEventInvokeConfig {
  readonly config: EventInvokeConfig
  readonly modifiedMs: number
}

export type Alias = {
  readonly name: string
  readonly functionVersion: string
  readonly description: string
  readonly revisionId: string
  /** The share of invocations that another version gets; empty, or one entry. */
  readonly weights: { readonly [version: string]: number }
}

/** A published version: what it was when it was published, and never anything else. */
export interface PublishedVersion {
  /** `1`, `2` ... */
  readonly version: string
  readonly about: FunctionDescription
  /** The same for two versions between which nothing has changed. */
  readonly fingerprint: string
  /** What the backend needs to run it. */
  readonly definition: JsonObject
  /** Of a function that the API made: the folder of its package. */
  readonly package?: string | undefined
}

/** How many environments of a version, or of the version of an alias, are initialised ahead. */
export type KeptProvisionedConcurrency = { readonly requested: number; readonly modifiedMs: number }

/** A function that the API made. */
export interface KeptFunction {
  readonly name: string
  readonly settings: FunctionSettings
  readonly code: KeptCode
  /** Changes with every change of the function. */
  readonly revisionId: string
  readonly modifiedMs: number
}

/** A package of code, unpacked. */
export interface KeptCode {
  /** Where it lies, as the backend keeps it. */
  readonly folder: string
  /** Of the package. */
  readonly bytes: number
  /** Of the package, base64. */
  readonly sha256: string
}

/** What `UpdateFunctionConfiguration` said of a function that `lambda.yml` declares. */
export interface KeptChange {
  readonly input: SettingsInput
  readonly revisionId: string
  readonly modifiedMs: number
}

/**
 * What the Lambda API has been told of functions, durably. What `lambda.yml` declares is overridden by it for as long as
 * the declaration stays what it was at that time; a changed declaration counts again.
 */
export interface FunctionRegistry extends AccessRegistry {
  /** A function that the API made. */
  keptFunction(name: string): KeptFunction | undefined
  /** By name. */
  keptFunctions(): KeptFunction[]
  /** Folders of packages that a function or a version needs, as the backend keeps them. */
  packages(): string[]
  keepFunction(kept: KeptFunction): Promise<void>
  /** As {@link keepFunction}; whatever an earlier function of that name has left is not the new one's. */
  keepNewFunction(kept: KeptFunction, tags: Tags, tagRevisionId: string): Promise<void>
  /** What the API changed of a declared function; `declared` is what the file says of it, as text. */
  change(name: string, declared: string): KeptChange | undefined
  keepChange(name: string, change: KeptChange, declared: string): Promise<void>
  /** Everything that is kept of a function, under any qualifier: it is deleted. The one place that knows all tables. */
  forgetFunction(name: string): Promise<void>
  /** With all settings of its own. */
  removeVersion(functionName: string, version: string): Promise<void>

  version(functionName: string, version: string): PublishedVersion | undefined
  /** In order of their numbers. */
  versions(functionName: string): PublishedVersion[]
  keepVersion(functionName: string, version: PublishedVersion): Promise<void>
  /** The number of the next one; none is given twice. */
  nextVersion(functionName: string): string

  alias(functionName: string, name: string): Alias | undefined
  /** By name. */
  aliases(functionName: string): Alias[]
  keepAlias(functionName: string, alias: Alias): Promise<void>
  /** With all settings of its own. */
  removeAlias(functionName: string, name: string): Promise<void>

  /** Whether the function, if there is one, has a version or an alias of that name; `$LATEST` always. */
  hasQualifier(functionName: string, qualifier: string): boolean
  /**
   * The version that an invocation by this qualifier runs; `undefined` when there is none. `chance`, from 0 to 1, decides
   * for aliases that divide their invocations.
   */
  pickVersion(functionName: string, qualifier: string, chance: () => number): string | undefined

  eventInvokeConfig(
    functionName: string,
    qualifier: string,
    declared: EventInvokeConfig | null,
  ): KeptEventInvokeConfig | undefined
  /** Qualifiers with a config that the API was told of. */
  configuredQualifiers(functionName: string): string[]
  /** `null`: there is none from now on. */
  keepEventInvokeConfig(
    functionName: string,
    qualifier: string,
    kept: { readonly config: EventInvokeConfig | null; readonly modifiedMs: number },
    declared: EventInvokeConfig | null,
  ): Promise<void>

  reservedConcurrency(functionName: string, declared: number | null): number | null
  keepReservedConcurrency(
    functionName: string,
    reserved: number | null,
    declared: number | null,
  ): Promise<void>

  provisionedConcurrency(functionName: string, qualifier: string): KeptProvisionedConcurrency | undefined
  /** By qualifier. */
  provisionedConcurrencies(functionName: string): [string, KeptProvisionedConcurrency][]
  /** `undefined`: there is none from now on. */
  keepProvisionedConcurrency(
    functionName: string,
    qualifier: string,
    kept: KeptProvisionedConcurrency | undefined,
  ): Promise<void>

  recursion(functionName: string): 'Terminate' | 'Allow'
  keepRecursion(functionName: string, recursion: 'Terminate' | 'Allow'): Promise<void>

  /** Calls `listener` after every change. */
  onChange(listener: () => void): void
  /** Reads the store again, after it was emptied from outside. */
  reload(): void
}

export const LATEST = '$LATEST'
const VERSION_DIGITS = 10

/** What was told, and what the spec declared at that time. */
type Override<Value> = JsonObject & { readonly told: Value; readonly declared: string }

/** Opens the registry that a store holds. */
export function createFunctionRegistry(store: Store): FunctionRegistry {
  const functions = keptTable<JsonObject>(store, 'lambda.functions')
  const changes = keptTable<Override<JsonObject>>(store, 'lambda.changes')
  const versions = keptTable<JsonObject>(store, 'lambda.versions')
  /** The highest number that was given, whether its version is still there or not. */
  const lastVersions = keptTable<string>(store, 'lambda.lastVersions')
  const aliases = keptTable<Alias>(store, 'lambda.aliases')
  const configs = keptTable<Override<EventInvokeConfig | null> & { readonly modifiedMs: number }>(
    store,
    'lambda.eventInvokeConfigs',
  )
  const concurrency = keptTable<Override<number | null>>(store, 'lambda.concurrency')
  const provisioned = keptTable<KeptProvisionedConcurrency>(store, 'lambda.provisionedConcurrency')
  const recursions = keptTable<'Terminate' | 'Allow'>(store, 'lambda.recursion')
  const listeners: (() => void)[] = []
  const changed = (): void => listeners.forEach((listener) => listener())
  const access = createAccessRegistry(store, changed)
  /** All or none of it, also when the process ends in the middle. */
  const change = async (...changes: readonly Change[]): Promise<void> => {
    await makeChanges(store, changes)
    changed()
  }

  const version = (functionName: string, number: string): PublishedVersion | undefined =>
    versions.get(versionKey(functionName, number)) as PublishedVersion | undefined
  const lastKept = (functionName: string): string =>
    (versions.list(`${functionName}:`).at(-1)?.[1] as PublishedVersion | undefined)?.version ?? '0'
  const alias = (functionName: string, name: string): Alias | undefined =>
    aliases.get(`${functionName}:${name}`)

  const forgetting = (name: string): Change[] => [
    ...[versions, aliases, configs, provisioned].flatMap((table) => table.removingAll(`${name}:`)),
    ...[lastVersions, concurrency, recursions, changes, functions].map((table) => table.removing(name)),
    ...access.forgetting(name),
  ]
  const forgettingQualifier = (functionName: string, qualifier: string): Change[] => [
    ...access.forgettingQualifier(functionName, qualifier),
    ...[configs, provisioned].map((table) => table.removing(`${functionName}:${qualifier}`)),
  ]

  return {
    ...access.registry,
    keptFunction: (name) => functions.get(name) as KeptFunction | undefined,
    keptFunctions: () => functions.list('').map(([, kept]) => kept as unknown as KeptFunction),
    packages: () => [
      ...functions.list('').map(([, kept]) => (kept as unknown as KeptFunction).code.folder),
      ...versions.list('').flatMap(([, kept]) => (kept as unknown as PublishedVersion).package ?? []),
    ],
    keepFunction: (kept) => change(functions.setting(kept.name, kept as unknown as JsonObject)),
    keepNewFunction: (kept, tags, tagRevisionId) =>
      change(
        ...forgetting(kept.name),
        functions.setting(kept.name, kept as unknown as JsonObject),
        ...(Object.keys(tags).length > 0 ? [access.tagging(kept.name, tags, tagRevisionId)] : []),
      ),
    change(name, declared) {
      const kept = changes.get(name)
      return kept?.declared === declared ? (kept.told as unknown as KeptChange) : undefined
    },
    keepChange: (name, told, declared) =>
      change(changes.setting(name, { told: told as unknown as JsonObject, declared })),
    forgetFunction: (name) => change(...forgetting(name)),
    removeVersion: (functionName, number) =>
      change(
        ...forgettingQualifier(functionName, number),
        versions.removing(versionKey(functionName, number)),
      ),
    version,
    nextVersion: (functionName) =>
      String(Number(lastVersions.get(functionName) ?? lastKept(functionName)) + 1),
    versions: (functionName) =>
      versions.list(`${functionName}:`).map(([, kept]) => kept as unknown as PublishedVersion),
    keepVersion: (functionName, kept) =>
      change(
        lastVersions.setting(functionName, kept.version),
        versions.setting(versionKey(functionName, kept.version), kept as unknown as JsonObject),
      ),

    alias,
    aliases: (functionName) => aliases.list(`${functionName}:`).map(([, kept]) => kept),
    keepAlias: (functionName, kept) => change(aliases.setting(`${functionName}:${kept.name}`, kept)),
    removeAlias: (functionName, name) =>
      change(...forgettingQualifier(functionName, name), aliases.removing(`${functionName}:${name}`)),

    hasQualifier: (functionName, qualifier) =>
      qualifier === LATEST ||
      (isNumber(qualifier) ? version(functionName, qualifier) : alias(functionName, qualifier)) !== undefined,
    pickVersion(functionName, qualifier, chance) {
      if (qualifier === LATEST) return LATEST
      if (isNumber(qualifier)) return version(functionName, qualifier)?.version
      const found = alias(functionName, qualifier)
      if (!found) return undefined
      for (const [other, weight] of Object.entries(found.weights)) if (chance() < weight) return other
      return found.functionVersion
    },

    eventInvokeConfig(functionName, qualifier, declared) {
      const kept = configs.get(`${functionName}:${qualifier}`)
      if (kept?.declared === JSON.stringify(declared))
        return kept.told ? { config: kept.told, modifiedMs: kept.modifiedMs } : undefined
      return declared ? { config: declared, modifiedMs: 0 } : undefined
    },
    configuredQualifiers: (functionName) =>
      configs.list(`${functionName}:`).map(([key]) => key.slice(functionName.length + 1)),
    async keepEventInvokeConfig(functionName, qualifier, { config, modifiedMs }, declared) {
      const key = `${functionName}:${qualifier}`
      const isNothing = config === null && declared === null
      const kept = { told: config, declared: JSON.stringify(declared), modifiedMs }
      await change(isNothing ? configs.removing(key) : configs.setting(key, kept))
    },

    reservedConcurrency(functionName, declared) {
      const kept = concurrency.get(functionName)
      return kept?.declared === JSON.stringify(declared) ? kept.told : declared
    },
    keepReservedConcurrency: (functionName, reserved, declared) =>
      change(concurrency.setting(functionName, { told: reserved, declared: JSON.stringify(declared) })),

    provisionedConcurrency: (functionName, qualifier) => provisioned.get(`${functionName}:${qualifier}`),
    provisionedConcurrencies: (functionName) =>
      provisioned
        .list(`${functionName}:`)
        .map(([key, kept]): [string, KeptProvisionedConcurrency] => [
          key.slice(functionName.length + 1),
          kept,
        ]),
    async keepProvisionedConcurrency(functionName, qualifier, kept) {
      const key = `${functionName}:${qualifier}`
      await change(kept ? provisioned.setting(key, kept) : provisioned.removing(key))
    },

    recursion: (functionName) => recursions.get(functionName) ?? 'Terminate',
    keepRecursion: (functionName, recursion) => change(recursions.setting(functionName, recursion)),

    onChange: (listener) => void listeners.push(listener),
    reload() {
      access.reload()
      for (const table of [
        functions,
        changes,
        versions,
        lastVersions,
        aliases,
        configs,
        concurrency,
        provisioned,
        recursions,
      ])
        table.reload()
      changed()
    },
  }
}

const isNumber = (qualifier: string): boolean => /^\d+$/.test(qualifier)

/** Padded, so that the order of the keys is the order of the numbers. */
const versionKey = (functionName: string, version: string): string =>
  `${functionName}:${version.padStart(VERSION_DIGITS, '0')}`
