import { refuse, typed } from './constraints.ts'
import * as errors from './errors.ts'
import type { Alias } from './registry.ts'

export interface RoutingInput {
  readonly AdditionalVersionWeights?: Readonly<Record<string, unknown>> | null
}

const WEIGHT =
  'Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]'
const VERSION =
  'Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+, Member must not be null]'
const PATH = 'routingConfig.additionalVersionWeights'

/** The weights that a request sets: none without `RoutingConfig`, no version's with an empty one. */
export function readRouting(routing: RoutingInput | null | undefined): Alias['weights'] | undefined {
  typed('RoutingConfig', routing, 'object')
  if (routing === undefined || routing === null) return undefined
  typed('AdditionalVersionWeights', routing.AdditionalVersionWeights, 'object')
  const entries = Object.entries(routing.AdditionalVersionWeights ?? {})
  for (const [version, weight] of entries) typed(version, weight, 'number')
  const weights = entries.map(([version, weight]) => [version, weight as number] as const)
  const value = `{${weights.map(([version, weight]) => `${version}=${decimal(weight)}`).join(', ')}}`
  const areWeights = weights.every(([, weight]) => weight !== null && weight >= 0 && weight <= 1)
  const areVersions = weights.every(([version]) => /^\d+$/.test(version))
  refuse(
    areWeights ? [] : [{ value, path: PATH, constraint: WEIGHT }],
    areVersions ? [] : [{ value, path: PATH, constraint: VERSION }],
  )
  if (weights.length > 1)
    throw errors.invalidParameterValue('Number of items in AdditionalVersionWeights cannot be greater than 1')
  return Object.fromEntries(weights)
}

/** `2.0`, as Java prints it. */
const decimal = (weight: number | null): string => (Number.isInteger(weight) ? `${weight}.0` : String(weight))
