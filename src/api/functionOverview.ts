import type { Functions } from '../functions/index.ts'
import type { AsynchronousQueue, Figures, FunctionFigures } from '../invoke/index.ts'
import type { FunctionRegistry } from '../services/lambda/index.ts'
import { type FunctionSpec, nearest } from '../spec/index.ts'
import { ControlError } from './controlError.ts'
import type { EventSourceMappings, MappingDescription } from './eventSourceMappings.ts'
import type { FunctionHealth, FunctionHealths } from './functionHealth.ts'

/** A function at a glance. */
export interface FunctionSummary extends FunctionHealth {
  readonly name: string
  readonly arn: string
  readonly runtime: string
  readonly handler: string
  /** Its execution environments, those of published versions among them. */
  readonly environments: readonly {
    readonly environmentId: string
    readonly isBusy: boolean
    /** Events that it has run. */
    readonly runs: number
  }[]
  /** `null`: it shares the account's unreserved concurrency. */
  readonly reservedConcurrency: number | null
  /** Published ones. */
  readonly versions: readonly string[]
  readonly aliases: readonly { readonly name: string; readonly version: string }[]
  /** Asynchronous events that wait for their time or for a free place. */
  readonly waitingEvents: number
  readonly figures: FunctionFigures
  /** What event source mappings read for it. */
  readonly mappings: readonly FunctionMappingSummary[]
}

/** An event source mapping of a function. */
export type FunctionMappingSummary = Pick<
  MappingDescription,
  'uuid' | 'kind' | 'sourceName' | 'qualifier' | 'state' | 'lastProblem' | 'metrics'
>

/** What the overview looks at. */
export interface FunctionWorld {
  readonly functionList: () => readonly FunctionSpec[]
  readonly functions: Pick<Functions, 'environments'>
  readonly registry: FunctionRegistry
  readonly queue: Pick<AsynchronousQueue, 'waiting'>
  readonly figures: Figures
  readonly healths: FunctionHealths
  readonly mappings: Pick<EventSourceMappings, 'describe'>
}

/** All functions, by name. */
export function functionSummaries(on: FunctionWorld): FunctionSummary[] {
  const waiting = waitingByFunction(on)
  return on
    .functionList()
    .map((one) => summaryOf(one, on, waiting))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** One of them; throws {@link ControlError} with the name that was probably meant when there is none. */
export function functionSummary(on: FunctionWorld, name: string): FunctionSummary {
  const one = on.functionList().find((each) => each.name === name)
  if (one) return summaryOf(one, on, waitingByFunction(on))
  const names = on.functionList().map((each) => each.name)
  const near = nearest(name, names)
  const hint = near === undefined ? `there are: ${names.join(', ') || 'none'}` : `did you mean ${near}?`
  throw new ControlError(404, `there is no function ${name}; ${hint}`)
}

function summaryOf(
  one: FunctionSpec,
  on: FunctionWorld,
  waiting: ReadonlyMap<string, number>,
): FunctionSummary {
  const { name, arn, runtime, handler } = one
  const { registry } = on
  return {
    name,
    arn,
    runtime,
    handler,
    environments: on.functions
      .environments(name)
      .map(({ environmentId, isBusy, runs }) => ({ environmentId, isBusy, runs })),
    reservedConcurrency: registry.reservedConcurrency(name, one.reservedConcurrency),
    versions: registry.versions(name).map(({ version }) => version),
    aliases: registry.aliases(name).map((alias) => ({ name: alias.name, version: alias.functionVersion })),
    waitingEvents: waiting.get(name) ?? 0,
    figures: on.figures.of(name),
    ...on.healths.of(name),
    mappings: on.mappings
      .describe()
      .filter(({ functionName }) => functionName === name)
      .map(mappingOf),
  }
}

function waitingByFunction({ queue }: FunctionWorld): ReadonlyMap<string, number> {
  const waiting = new Map<string, number>()
  for (const { functionName, events } of queue.waiting())
    waiting.set(functionName, (waiting.get(functionName) ?? 0) + events)
  return waiting
}

const mappingOf = (mapping: MappingDescription): FunctionMappingSummary => {
  const { uuid, kind, sourceName, qualifier, state, lastProblem, metrics } = mapping
  return { uuid, kind, sourceName, qualifier, state, lastProblem, metrics }
}
