import type { Operation, RequestContext } from '../operation.ts'
import type { FunctionDescription, LambdaBackend } from './backend.ts'
import { atLeast, refuse, required, typed } from './constraints.ts'
import * as errors from './errors.ts'
import { readFunctionName } from './functionName.ts'
import { provisionedOf } from './provisionedTotals.ts'
import type { FunctionRegistry } from './registry.ts'

interface Input {
  readonly FunctionName: string
}

interface PutInput extends Input {
  readonly ReservedConcurrentExecutions?: number | null
}

/** So much of the account's concurrency stays for functions that reserve none. */
const LEAST_UNRESERVED = 100

/** The operations on a function's reserved concurrency. */
export function createConcurrencyOperations(backend: LambdaBackend, registry: FunctionRegistry) {
  function find(input: Input, context: RequestContext, suffix = ''): FunctionDescription {
    const { name, qualifier, arn } = readFunctionName(input.FunctionName, undefined, context)
    if (qualifier !== undefined)
      throw errors.invalidParameterValue(
        'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
      )
    const about = backend.describe(name)
    if (!about) throw errors.functionNotFound(`${arn}${suffix}`)
    return about
  }

  const reservedOf = (about: FunctionDescription): number =>
    registry.reservedConcurrency(about.name, about.declared.reservedConcurrency) ?? 0

  const put: Operation<PutInput> = async (input, context) => {
    const reserved = input.ReservedConcurrentExecutions
    typed('ReservedConcurrentExecutions', reserved, 'integer')
    refuse(
      required('reservedConcurrentExecutions', reserved),
      atLeast('reservedConcurrentExecutions', reserved ?? undefined, 0),
    )
    // Though no qualifier may be named, the error names one.
    const about = find(input, context, ':$LATEST')
    const provisioned = provisionedOf(about, registry)
    if ((reserved ?? 0) < provisioned) throw errors.reservedBelowProvisioned(reserved ?? 0, provisioned)
    const others = backend.list().filter(({ name }) => name !== about.name)
    const left = backend.accountConcurrency() - others.reduce((sum, one) => sum + reservedOf(one), 0)
    if (reserved && left - reserved < LEAST_UNRESERVED)
      throw errors.invalidParameterValue(
        `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${LEAST_UNRESERVED}].`,
      )
    await registry.keepReservedConcurrency(about.name, reserved ?? 0, about.declared.reservedConcurrency)
    return { ReservedConcurrentExecutions: reserved }
  }

  const get: Operation<Input> = (input, context) => {
    const about = find(input, context)
    const reserved = registry.reservedConcurrency(about.name, about.declared.reservedConcurrency)
    return reserved === null ? {} : { ReservedConcurrentExecutions: reserved }
  }

  const remove: Operation<Input> = async (input, context) => {
    const about = find(input, context)
    await registry.keepReservedConcurrency(about.name, null, about.declared.reservedConcurrency)
    return {}
  }

  return {
    PutFunctionConcurrency: put,
    GetFunctionConcurrency: get,
    DeleteFunctionConcurrency: remove,
  }
}
