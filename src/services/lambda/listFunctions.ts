import type { Operation } from '../operation.ts'
import type { LambdaBackend } from './backend.ts'
import { listedConfiguration } from './configuration.ts'
import * as errors from './errors.ts'

interface Input {
  readonly MasterRegion?: string
  readonly FunctionVersion?: string
  readonly Marker?: string
  readonly MaxItems?: number
}

/** AWS never answers more than 50 functions at once, whatever `MaxItems` says. */
const pageSize = 50

/** `ListFunctions`: by name, in pages. */
export const createListFunctions =
  (backend: LambdaBackend): Operation<Input> =>
  (input) => {
    check(input)
    const after = input.Marker === undefined ? '' : readMarker(input.Marker)
    const size = Math.min(input.MaxItems ?? pageSize, pageSize)
    const qualifier = input.FunctionVersion === 'ALL' ? '$LATEST' : undefined
    const rest = [...backend.list()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .filter((about) => about.name > after)
    const page = rest.slice(0, size)
    const last = page.at(-1)
    return {
      Functions: page.map((about) => listedConfiguration(about, qualifier)),
      ...(last && rest.length > size && { NextMarker: Buffer.from(last.name).toString('base64') }),
    }
  }

function check({ MaxItems, FunctionVersion, MasterRegion }: Input): void {
  const violations: errors.Violation[] = []
  if (MaxItems !== undefined && MaxItems < 1)
    violations.push({
      value: String(MaxItems),
      path: 'maxItems',
      constraint: 'Member must have value greater than or equal to 1',
    })
  if (MaxItems !== undefined && MaxItems > 10_000)
    violations.push({
      value: String(MaxItems),
      path: 'maxItems',
      constraint: 'Member must have value less than or equal to 10000',
    })
  if (FunctionVersion !== undefined && FunctionVersion !== 'ALL')
    violations.push({
      value: FunctionVersion,
      path: 'functionVersion',
      constraint: 'Member must satisfy enum value set: [ALL]',
    })
  if (violations.length > 0) throw errors.validation(violations)
  // Functions replicated to edge locations; there are none here, so the list of any master region would be a guess.
  if (MasterRegion !== undefined)
    throw errors.invalidParameterValue('MasterRegion is not supported here: functions are not replicated.')
}

function readMarker(marker: string): string {
  const name = Buffer.from(marker, 'base64').toString('utf8')
  if (/^[\w.-]+$/.test(name)) return name
  throw errors.invalidParameterValue('Invalid Marker')
}
