import type { Clock } from '../../system/index.ts'
import type { Operation, RequestContext } from '../operation.ts'
import type { FunctionDescription, LambdaBackend, ProvisionedState } from './backend.ts'
import { timestamp } from './configuration.ts'
import { atLeast, refuse, required, typed } from './constraints.ts'
import * as errors from './errors.ts'
import { readFunctionName } from './functionName.ts'
import { type PageInput, pageOf, pageViolations } from './page.ts'
import { provisionedBeside, provisionedOf, unreservedLeft } from './provisionedTotals.ts'
import { type FunctionRegistry, type KeptProvisionedConcurrency, LATEST } from './registry.ts'

interface Input {
  readonly FunctionName: string
  readonly Qualifier?: string
}

interface PutInput extends Input {
  readonly ProvisionedConcurrentExecutions?: number | null
}

interface Target {
  readonly about: FunctionDescription
  readonly qualifier: string
  /** What the qualifier stands for now. */
  readonly version: string
}

const LARGEST_PAGE = 50
/** So much of the account's concurrency stays for functions that reserve none. */
const LEAST_UNRESERVED = 100
const BEGINNING: ProvisionedState = { status: 'IN_PROGRESS', allocated: 0, available: 0 }

/** The operations on provisioned concurrency: environments of a version or an alias that are initialised ahead. */
export function createProvisionedConcurrencyOperations(
  backend: LambdaBackend,
  registry: FunctionRegistry,
  clock: Clock,
) {
  /** `unpublished` is what is said of `$LATEST`. */
  function find(input: Input, context: RequestContext, unpublished = errors.notPublished): Target {
    const { name, qualifier, arn } = readFunctionName(input.FunctionName, input.Qualifier, context)
    if (qualifier === undefined) refuse(required('qualifier', undefined))
    if (qualifier === undefined || qualifier === LATEST) throw unpublished()
    const about = backend.describe(name)
    const isVersion = /^\d+$/.test(qualifier)
    const version = isVersion ? qualifier : registry.alias(name, qualifier)?.functionVersion
    if (!about || version === undefined || !registry.hasQualifier(name, qualifier)) {
      const missing = `${arn}:${qualifier}`
      throw isVersion ? errors.functionNotFound(missing) : errors.aliasNotFound(missing)
    }
    return { about, qualifier, version }
  }

  /** An alias stands for one published version. */
  function refuseUnsteady({ about, qualifier, version }: Target): void {
    if (version === LATEST) throw errors.unpublishedProvisioned()
    const weights = registry.alias(about.name, qualifier)?.weights ?? {}
    if (Object.keys(weights).length > 0)
      throw errors.invalidParameterValue('Alias with weights can not be used with Provisioned Concurrency')
  }

  function refuseSecond({ about, qualifier, version }: Target): void {
    const other = provisionedBeside(registry, about.name, qualifier, version)
    if (other === undefined) return
    const isAlias = qualifier !== version
    throw isAlias || other === version
      ? errors.versionProvisioned()
      : errors.resourceConflict('Version is pointed by a Provisioned Concurrency alias')
  }

  function refuseTooMuch({ about, qualifier }: Target, wanted: number): void {
    const before = registry.provisionedConcurrency(about.name, qualifier)?.requested ?? 0
    const reserved = registry.reservedConcurrency(about.name, about.declared.reservedConcurrency)
    if (reserved !== null) {
      if (provisionedOf(about, registry) - before + wanted <= reserved) return
      throw errors.invalidParameterValue(
        'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
      )
    }
    const left = unreservedLeft(backend, registry) + before
    if (wanted > left)
      throw errors.invalidParameterValue(
        `Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${left}].`,
      )
    if (left - wanted < LEAST_UNRESERVED)
      throw errors.invalidParameterValue(
        `Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${LEAST_UNRESERVED}].`,
      )
  }

  const stateOf = (functionName: string, version: string): ProvisionedState =>
    backend.provisioned?.(functionName, version) ?? BEGINNING

  const put: Operation<PutInput> = async (input, context) => {
    const requested = input.ProvisionedConcurrentExecutions
    typed('ProvisionedConcurrentExecutions', requested, 'integer')
    refuse(
      required('provisionedConcurrentExecutions', requested),
      atLeast('provisionedConcurrentExecutions', requested ?? undefined, 1),
    )
    const target = find(input, context, errors.unpublishedProvisioned)
    refuseUnsteady(target)
    refuseSecond(target)
    refuseTooMuch(target, requested ?? 0)
    const kept = { requested: requested ?? 0, modifiedMs: clock.now() }
    await registry.keepProvisionedConcurrency(target.about.name, target.qualifier, kept)
    const { allocated, available } = stateOf(target.about.name, target.version)
    return shown(kept, { status: 'IN_PROGRESS', allocated, available })
  }

  const get: Operation<Input> = (input, context) => {
    const { about, qualifier, version } = find(input, context)
    const kept = registry.provisionedConcurrency(about.name, qualifier)
    if (!kept) throw errors.noProvisionedConcurrency()
    return shown(kept, stateOf(about.name, version))
  }

  const remove: Operation<Input> = async (input, context) => {
    const { about, qualifier } = find(input, context)
    if (registry.provisionedConcurrency(about.name, qualifier))
      await registry.keepProvisionedConcurrency(about.name, qualifier, undefined)
    return {}
  }

  const list: Operation<Input & PageInput> = (input, context) => {
    refuse(pageViolations(input, LARGEST_PAGE))
    const { name, arn } = readFunctionName(input.FunctionName, undefined, context)
    if (!backend.describe(name)) throw errors.functionNotFound(arn)
    const all = registry.provisionedConcurrencies(name)
    const { items, next } = pageOf(all, ([qualifier]) => qualifier, input, LARGEST_PAGE)
    const configs = items.map(([qualifier, kept]) => {
      const version = registry.alias(name, qualifier)?.functionVersion ?? qualifier
      return { FunctionArn: `${arn}:${qualifier}`, ...shown(kept, stateOf(name, version)) }
    })
    return { ProvisionedConcurrencyConfigs: configs, ...next }
  }

  return {
    PutProvisionedConcurrencyConfig: put,
    GetProvisionedConcurrencyConfig: get,
    DeleteProvisionedConcurrencyConfig: remove,
    ListProvisionedConcurrencyConfigs: list,
  }
}

const shown = (
  { requested, modifiedMs }: KeptProvisionedConcurrency,
  { status, allocated, available }: ProvisionedState,
): object => ({
  RequestedProvisionedConcurrentExecutions: requested,
  AllocatedProvisionedConcurrentExecutions: allocated,
  AvailableProvisionedConcurrentExecutions: available,
  Status: status,
  ...(status === 'FAILED' && { StatusReason: 'FUNCTION_ERROR_INIT_FAILURE' }),
  LastModified: timestamp(modifiedMs),
})
