import { isDeepStrictEqual } from 'node:util'
import { RESOURCES } from './resourceKinds.ts'
import type { EventSpec, FunctionSpec, LayerSpec, QueueSpec, Spec } from './types.ts'

/** What it takes to get from one spec to another, as data: whoever runs it carries it out. */
export interface SpecDifference {
  readonly functions: {
    readonly added: readonly FunctionSpec[]
    readonly removed: readonly FunctionSpec[]
    readonly changed: readonly FunctionChange[]
  }
  readonly queues: {
    readonly added: readonly QueueSpec[]
    readonly removed: readonly QueueSpec[]
    readonly changed: readonly QueueChange[]
  }
  /** Streams, topics, buses and buckets. */
  readonly resources: {
    readonly added: readonly ResourceName[]
    readonly removed: readonly ResourceName[]
    readonly changed: readonly ResourceName[]
  }
  /** Layers that functions name, here or over the API. */
  readonly layers: {
    readonly added: readonly LayerSpec[]
    readonly removed: readonly LayerSpec[]
    readonly changed: readonly LayerSpec[]
  }
  /** Events, one entry each; those of added and removed functions are among them. */
  readonly mappings: {
    readonly added: readonly Mapping[]
    readonly removed: readonly Mapping[]
    readonly changed: readonly MappingChange[]
  }
  /** The account's new concurrency limit, or `null` when it stays. */
  readonly accountConcurrency: number | null
  /** Limits of how fast functions may be invoked that are other ones now. */
  readonly rates: readonly ('scalingRate' | 'requestRateLimit')[]
  /** Settings that changed but cannot change while running. */
  readonly restart: readonly ('clock' | 'endpoints' | 'accountId' | 'region')[]
  readonly isEmpty: boolean
}

interface FunctionChange {
  readonly before: FunctionSpec
  readonly after: FunctionSpec
  /** Names of the changed fields, events not among them. */
  readonly settings: readonly (keyof FunctionSpec)[]
  /** Whether the code must be deployed again: what runs it, or what it sees, is another. */
  readonly needsDeploy: boolean
}

interface QueueChange {
  readonly before: QueueSpec
  readonly after: QueueSpec
  readonly settings: readonly (keyof QueueSpec)[]
}

interface ResourceName {
  readonly noun: string
  readonly name: string
}

interface Mapping {
  readonly functionName: string
  readonly event: EventSpec
}

interface MappingChange {
  readonly functionName: string
  readonly before: EventSpec
  readonly after: EventSpec
}

/** What a handler notices, so that its environments must be new. */
const DEPLOYED_SETTINGS: ReadonlySet<keyof FunctionSpec> = new Set([
  'arn',
  'handler',
  'runtime',
  'timeoutSeconds',
  'memoryMegabytes',
  'environment',
  'isolation',
  'layers',
  'logging',
  'isTraced',
])
const RATE_SETTINGS = ['scalingRate', 'requestRateLimit'] as const
const RESTART_SETTINGS = ['clock', 'endpoints', 'accountId', 'region'] as const

/** Compares two specs; functions and queues are the same when their names are. */
export function compareSpecs(before: Spec, after: Spec): SpecDifference {
  const functions = pair(before.functions, after.functions)
  const queues = pair(before.queues, after.queues)
  const changedFunctions = functions.kept.flatMap(([old, now]) => functionChange(old, now))
  const changedQueues = queues.kept.flatMap(([old, now]) => queueChange(old, now))
  const resources = compareResources(before, after)
  const layers = compareLayers(before, after)
  const mappings = compareMappings(before, after)
  const accountConcurrency =
    before.accountConcurrency === after.accountConcurrency ? null : after.accountConcurrency
  const rates = RATE_SETTINGS.filter((key) => before[key] !== after[key])
  const restart = RESTART_SETTINGS.filter((key) => !isDeepStrictEqual(before[key], after[key]))
  const parts = [
    functions.added,
    functions.removed,
    changedFunctions,
    queues.added,
    queues.removed,
    changedQueues,
  ]
  const rest = [
    ...Object.values(resources),
    ...Object.values(layers),
    mappings.added,
    mappings.removed,
    mappings.changed,
    rates,
    restart,
  ]
  return {
    functions: { added: functions.added, removed: functions.removed, changed: changedFunctions },
    queues: { added: queues.added, removed: queues.removed, changed: changedQueues },
    resources,
    layers,
    mappings,
    accountConcurrency,
    rates,
    restart,
    isEmpty: accountConcurrency === null && [...parts, ...rest].every((part) => part.length === 0),
  }
}

interface Paired<Item> {
  readonly added: readonly Item[]
  readonly removed: readonly Item[]
  readonly kept: readonly (readonly [Item, Item])[]
}

function pair<Item extends { readonly name: string }>(
  before: readonly Item[],
  after: readonly Item[],
): Paired<Item> {
  const old = new Map(before.map((item) => [item.name, item]))
  const names = new Set(after.map((item) => item.name))
  const kept: [Item, Item][] = []
  const added: Item[] = []
  for (const item of after) {
    const previous = old.get(item.name)
    if (previous === undefined) added.push(item)
    else kept.push([previous, item])
  }
  return { added, kept, removed: before.filter((item) => !names.has(item.name)) }
}

function changedKeys<Item extends object>(
  before: Item,
  after: Item,
  ignored: readonly (keyof Item)[],
): (keyof Item)[] {
  const keys = Object.keys(after) as (keyof Item)[]
  return keys.filter((key) => !ignored.includes(key) && !isDeepStrictEqual(before[key], after[key]))
}

function functionChange(before: FunctionSpec, after: FunctionSpec): FunctionChange[] {
  // Where it stands in the file, and under which key, is nobody's business but the file's.
  const settings = changedKeys(before, after, ['events', 'pointer', 'key'])
  const needsDeploy = settings.some((key) => DEPLOYED_SETTINGS.has(key))
  return settings.length === 0 ? [] : [{ before, after, settings, needsDeploy }]
}

function queueChange(before: QueueSpec, after: QueueSpec): QueueChange[] {
  const settings = changedKeys(before, after, ['isDeclared'])
  return settings.length === 0 ? [] : [{ before, after, settings }]
}

function compareResources(before: Spec, after: Spec): SpecDifference['resources'] {
  const kinds = [
    { noun: RESOURCES.stream.noun, ...pair(before.streams, after.streams) },
    { noun: RESOURCES.topic.noun, ...pair(before.topics, after.topics) },
    { noun: RESOURCES.bus.noun, ...pair(before.buses, after.buses) },
    { noun: RESOURCES.bucket.noun, ...pair(before.buckets, after.buckets) },
  ]
  const named = (noun: string, items: readonly { readonly name: string }[]): ResourceName[] =>
    items.map(({ name }) => ({ noun, name }))
  return {
    added: kinds.flatMap(({ noun, added }) => named(noun, added)),
    removed: kinds.flatMap(({ noun, removed }) => named(noun, removed)),
    changed: kinds.flatMap(({ noun, kept }) =>
      named(
        noun,
        kept.flatMap(([old, now]) => (changedKeys(old, now, ['isDeclared']).length > 0 ? [now] : [])),
      ),
    ),
  }
}

function compareLayers(before: Spec, after: Spec): SpecDifference['layers'] {
  const { added, removed, kept } = pair(before.layers, after.layers)
  const changed = kept.flatMap(([old, now]) => (changedKeys(old, now, []).length > 0 ? [now] : []))
  return { added, removed, changed }
}

function compareMappings(before: Spec, after: Spec): SpecDifference['mappings'] {
  const old = new Map(before.functions.map((each) => [each.name, each.events]))
  const now = new Map(after.functions.map((each) => [each.name, each.events]))
  const added: Mapping[] = []
  const removed: Mapping[] = []
  const changed: MappingChange[] = []
  for (const functionName of new Set([...old.keys(), ...now.keys()])) {
    const events = pairEvents(old.get(functionName) ?? [], now.get(functionName) ?? [])
    added.push(...events.added.map((event) => ({ functionName, event })))
    removed.push(...events.removed.map((event) => ({ functionName, event })))
    changed.push(
      ...events.changed.map(([previous, event]) => ({ functionName, before: previous, after: event })),
    )
  }
  return { added, removed, changed }
}

/** Pairs events of one function: those of the same resource; then equal ones; the rest of a kind in their order. */
function pairEvents(before: readonly EventSpec[], after: readonly EventSpec[]) {
  const left = new Set(before)
  const added: EventSpec[] = []
  const changed: [EventSpec, EventSpec][] = []
  const unpaired: EventSpec[] = []
  for (const event of after) {
    const equal = [...left].find(
      (old) => old.source === event.source && isDeepStrictEqual(old.config, event.config),
    )
    if (equal === undefined) unpaired.push(event)
    else left.delete(equal)
  }
  for (const event of unpaired) {
    const previous = [...left].find((old) => old.source === event.source && isSameSource(old, event))
    if (previous === undefined) added.push(event)
    else {
      left.delete(previous)
      changed.push([previous, event])
    }
  }
  return { added, removed: [...left], changed }
}

/** A mapping belongs to its queue or stream, a subscription to its topic; a schedule may just change. */
function isSameSource(a: EventSpec, b: EventSpec): boolean {
  return ['queue', 'stream', 'topic', 'bucket'].every((key) => a.config[key] === b.config[key])
}
