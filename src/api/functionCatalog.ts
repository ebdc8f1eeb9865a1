import {
  type FunctionRegistry,
  type FunctionSettings,
  type KeptFunction,
  withInput,
} from '../services/lambda/index.ts'
import { type FunctionSpec, layerFolder, type Spec } from '../spec/index.ts'
import { roleArnOf } from './lambdaBackend.ts'
import type { StoredPaths } from './storedPaths.ts'

/** All functions: those that `lambda.yml` declares, as the API changed them, and those that the API made. */
export interface FunctionCatalog {
  list(): readonly FunctionSpec[]
  named(name: string): FunctionSpec | undefined
  /** What the API shows of a function beside its spec. */
  aboutOf(name: string): FunctionAbout | undefined
  /** What the file says of a declared function. */
  declaration(name: string): { readonly text: string; readonly settings: FunctionSettings } | undefined
  /** Something of the spec or of the registry has changed. */
  changed(): void
}

/** Of a function that the API made, or changed. */
export interface FunctionAbout {
  readonly settings: FunctionSettings
  readonly revisionId: string
  readonly modifiedMs: number
  /** `undefined` for a declared function: its code is what is on disk. */
  readonly code: KeptFunction['code'] | undefined
}

interface Listed {
  readonly spec: FunctionSpec
  readonly about: FunctionAbout | undefined
}

/** Creates the catalog; `spec` is asked for anew after each `changed`. */
export function createFunctionCatalog(
  registry: FunctionRegistry,
  spec: () => Spec,
  paths: StoredPaths,
): FunctionCatalog {
  let listed: ReadonlyMap<string, Listed> | undefined
  let specs: readonly FunctionSpec[] = []

  function all(): ReadonlyMap<string, Listed> {
    if (listed) return listed
    const now = spec()
    const found = new Map<string, Listed>()
    for (const kept of registry.keptFunctions())
      found.set(kept.name, { spec: madeSpec(kept, now, paths), about: kept })
    // A name of the file is the file's, whatever the API made under it before.
    for (const one of now.functions) found.set(one.name, declaredAs(one, now, registry))
    specs = [...now.functions.flatMap(({ name }) => found.get(name)?.spec ?? []), ...madeOf(found, now)]
    return (listed = found)
  }

  return {
    list() {
      all()
      return specs
    },
    named: (name) => all().get(name)?.spec,
    aboutOf: (name) => all().get(name)?.about,
    declaration(name) {
      const one = spec().functions.find((each) => each.name === name)
      return one && { text: textOf(one), settings: effective(one, spec(), registry) }
    },
    changed: () => (listed = undefined),
  }
}

const madeOf = (found: ReadonlyMap<string, Listed>, { functions }: Spec): FunctionSpec[] => {
  const declared = new Set(functions.map(({ name }) => name))
  return [...found].filter(([name]) => !declared.has(name)).map(([, { spec }]) => spec)
}

function declaredAs(one: FunctionSpec, spec: Spec, registry: FunctionRegistry): Listed {
  const change = registry.change(one.name, textOf(one))
  if (!change) return { spec: one, about: undefined }
  const settings = effective(one, spec, registry)
  const layers = change.input.Layers ? foldersOf(settings.layers, spec) : one.layers
  const { revisionId, modifiedMs } = change
  return {
    spec: { ...one, ...fieldsOf(settings), layers },
    about: { settings, revisionId, modifiedMs, code: undefined },
  }
}

const effective = (one: FunctionSpec, spec: Spec, registry: FunctionRegistry): FunctionSettings =>
  withInput(settingsOf(one, spec), registry.change(one.name, textOf(one))?.input ?? {})

/** What counts as the same declaration: the settings that the API can change. */
const textOf = (one: FunctionSpec): string => {
  const { description, handler, runtime, timeoutSeconds, memoryMegabytes, environment } = one
  const { deadLetterArn, isTraced, logging, layers } = one
  return JSON.stringify([
    description,
    handler,
    runtime,
    timeoutSeconds,
    memoryMegabytes,
    environment,
    deadLetterArn,
    isTraced,
    logging,
    layers,
  ])
}

function settingsOf(one: FunctionSpec, spec: Spec): FunctionSettings {
  return {
    description: one.description,
    role: roleArnOf(spec.accountId),
    runtime: one.runtime,
    handler: one.handler,
    timeoutSeconds: one.timeoutSeconds,
    memoryMegabytes: one.memoryMegabytes,
    environment: Object.keys(one.environment).length > 0 ? one.environment : null,
    deadLetterArn: one.deadLetterArn,
    isTraced: one.isTraced,
    logging: { ...one.logging },
    layers: one.layers.flatMap((folder) => spec.layers.find((layer) => layer.folder === folder)?.arn ?? []),
    architectures: [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
    ephemeralStorageMegabytes: 512,
  }
}

const madeSpec = ({ name, settings, code }: KeptFunction, spec: Spec, paths: StoredPaths): FunctionSpec => ({
  key: name,
  name,
  arn: `arn:aws:lambda:${spec.region}:${spec.accountId}:function:${name}`,
  ...fieldsOf(settings),
  reservedConcurrency: null,
  provisionedConcurrency: null,
  isolation: 'thread',
  directory: paths.toAbsolute(code.folder),
  layers: foldersOf(settings.layers, spec),
  logRetentionDays: null,
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
  destinations: { onSuccess: null, onFailure: null },
  url: null,
  events: [],
  pointer: '',
})

const fieldsOf = (settings: FunctionSettings) => ({
  description: settings.description,
  handler: settings.handler,
  runtime: settings.runtime,
  timeoutSeconds: settings.timeoutSeconds,
  memoryMegabytes: settings.memoryMegabytes,
  environment: settings.environment ?? {},
  deadLetterArn: settings.deadLetterArn,
  isTraced: settings.isTraced,
  logging: settings.logging,
})

const foldersOf = (arns: readonly string[], spec: Spec): string[] =>
  arns.flatMap((arn) => layerFolder(spec, arn) ?? [])
