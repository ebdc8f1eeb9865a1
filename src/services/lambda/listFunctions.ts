import type { Operation } from '../operation.ts'
import type { LambdaBackend } from './backend.ts'
import { listedConfiguration } from './configuration.ts'
import { oneOf, refuse } from './constraints.ts'
import * as errors from './errors.ts'
import { pageOf, pageViolations } from './page.ts'
import type { FunctionRegistry } from './registry.ts'

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
  (backend: LambdaBackend, registry: FunctionRegistry): Operation<Input> =>
  (input) => {
    refuse(pageViolations(input, 10_000), oneOf('functionVersion', input.FunctionVersion, ['ALL']))
    // Functions replicated to edge locations; there are none here, so the list of any master region would be a guess.
    if (input.MasterRegion !== undefined)
      throw errors.invalidParameterValue('MasterRegion is not supported here: functions are not replicated.')
    const functions = [...backend.list()].sort((a, b) => (a.name < b.name ? -1 : 1))
    const { items, next } = pageOf(functions, ({ name }) => name, input, pageSize)
    // With ALL, a page holds whole functions: each with the versions that it has.
    const listed = items.flatMap((about) =>
      input.FunctionVersion === 'ALL'
        ? [about, ...registry.versions(about.name).map((one) => one.about)].map((one) =>
            listedConfiguration(one, one.version),
          )
        : [listedConfiguration(about)],
    )
    return { Functions: listed, ...next }
  }
