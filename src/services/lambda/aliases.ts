import type { Ids } from '../../system/index.ts'
import type { Operation, RequestContext } from '../operation.ts'
import { readRouting, type RoutingInput } from './aliasRouting.ts'
import type { LambdaBackend } from './backend.ts'
import { longest, matching, refuse, required, typed } from './constraints.ts'
import * as errors from './errors.ts'
import { type FunctionReference, readFunctionName } from './functionName.ts'
import { type PageInput, pageOf, pageViolations } from './page.ts'
import { provisionedBeside } from './provisionedTotals.ts'
import { type Alias, type FunctionRegistry, LATEST } from './registry.ts'

interface NamedInput {
  readonly FunctionName: string
  readonly Name: string
}

interface AliasInput {
  readonly FunctionName: string
  readonly Name?: string
  readonly FunctionVersion?: string | null
  readonly Description?: string | null
  readonly RoutingConfig?: RoutingInput | null
  readonly RevisionId?: string | null
}

const LARGEST_PAGE = 50
const NAME_PATTERN = String.raw`(?!^[0-9]+$)([a-zA-Z0-9-_]+)`
const namePattern = /^(?!\d+$)[a-zA-Z0-9\-_]+$/
const VERSION_PATTERN = String.raw`(\$LATEST(\.PUBLISHED)?|[0-9]+)`
const versionPattern = /^(?:\$LATEST(?:\.PUBLISHED)?|\d+)$/

/** The operations on aliases: named pointers to a version, or to two that divide the invocations. */
export function createAliasOperations(backend: LambdaBackend, registry: FunctionRegistry, ids: Ids) {
  function find(functionName: string, context: RequestContext): FunctionReference {
    const reference = readFunctionName(functionName, undefined, context)
    if (!backend.describe(reference.name)) throw errors.functionNotFound(reference.arn)
    return reference
  }

  /** Checks that all versions an alias names are there, and that they may stand together. */
  function checkVersions({ name, arn }: FunctionReference, alias: Alias): void {
    const others = Object.keys(alias.weights)
    if (others.length > 0 && alias.functionVersion === LATEST)
      throw errors.invalidParameterValue(
        '$LATEST is not supported for an alias pointing to more than 1 version',
      )
    for (const version of [alias.functionVersion, ...others]) {
      if (!registry.hasQualifier(name, version)) throw errors.functionNotFound(`${arn}:${version}`)
    }
    if (others.includes(alias.functionVersion))
      throw errors.invalidParameterValue(
        `Invalid function version ${alias.functionVersion}. Function version ${alias.functionVersion} is already included in routing configuration.`,
      )
  }

  /** Provisioned concurrency follows its alias, to versions that can have it. */
  function checkProvisioned({ name }: FunctionReference, alias: Alias): void {
    if (!registry.provisionedConcurrency(name, alias.name)) return
    if (alias.functionVersion === LATEST) throw errors.unpublishedProvisioned()
    if (provisionedBeside(registry, name, alias.name, alias.functionVersion))
      throw errors.versionProvisioned()
  }

  const create: Operation<AliasInput> = async (input, context) => {
    const weights = readAlias(input, true)
    const reference = find(input.FunctionName, context)
    const alias: Alias = {
      name: input.Name ?? '',
      functionVersion: input.FunctionVersion ?? '',
      description: input.Description ?? '',
      revisionId: ids.uuid(),
      weights: weights ?? {},
    }
    checkVersions(reference, alias)
    if (registry.alias(reference.name, alias.name))
      throw errors.resourceConflict(`Alias already exists: ${reference.arn}:${alias.name}`)
    await registry.keepAlias(reference.name, alias)
    return shown(reference, alias)
  }

  const update: Operation<AliasInput> = async (input, context) => {
    const weights = readAlias(input, false)
    const reference = find(input.FunctionName, context)
    const before = registry.alias(reference.name, input.Name ?? '')
    if (!before) throw errors.resourceNotFound(`Alias not found: ${reference.arn}:${input.Name}`)
    if (input.RevisionId && input.RevisionId !== before.revisionId) throw errors.preconditionFailed()
    const alias: Alias = {
      name: before.name,
      functionVersion: input.FunctionVersion ?? before.functionVersion,
      description: input.Description ?? before.description,
      revisionId: ids.uuid(),
      weights: weights ?? before.weights,
    }
    checkVersions(reference, alias)
    checkProvisioned(reference, alias)
    await registry.keepAlias(reference.name, alias)
    return shown(reference, alias)
  }

  const get: Operation<NamedInput> = (input, context) => {
    refuse(nameViolations(input.Name))
    const reference = find(input.FunctionName, context)
    const alias = registry.alias(reference.name, input.Name)
    if (!alias) throw errors.functionNotFound(`${reference.arn}:${input.Name}`)
    return shown(reference, alias)
  }

  const remove: Operation<NamedInput> = async (input, context) => {
    refuse(nameViolations(input.Name))
    const { name } = find(input.FunctionName, context)
    if (registry.alias(name, input.Name)) await registry.removeAlias(name, input.Name)
    return {}
  }

  const list: Operation<{ readonly FunctionName: string; readonly FunctionVersion?: string } & PageInput> = (
    input,
    context,
  ) => {
    const { FunctionVersion: version } = input
    refuse(
      matching('functionVersion', version, VERSION_PATTERN, versionPattern),
      pageViolations(input, 10_000),
    )
    const reference = find(input.FunctionName, context)
    const aliases = registry
      .aliases(reference.name)
      .filter((one) => version === undefined || one.functionVersion === version || version in one.weights)
    const { items, next } = pageOf(aliases, ({ name }) => name, input, LARGEST_PAGE)
    return { Aliases: items.map((alias) => shown(reference, alias)), ...next }
  }

  return {
    CreateAlias: create,
    UpdateAlias: update,
    GetAlias: get,
    DeleteAlias: remove,
    ListAliases: list,
  }
}

/** Checks what a request says of an alias, and answers the weights that it sets. */
function readAlias(input: AliasInput, isNew: boolean): Alias['weights'] | undefined {
  for (const member of ['Name', 'FunctionVersion', 'Description', 'RevisionId'] as const)
    typed(member, input[member], 'string')
  const name = input.Name
  const version = input.FunctionVersion ?? undefined
  refuse(
    isNew ? required('name', name) : [],
    nameViolations(name),
    isNew ? required('functionVersion', version) : [],
    matching('functionVersion', version, VERSION_PATTERN, versionPattern),
    longest('description', input.Description ?? undefined, 256),
  )
  return readRouting(input.RoutingConfig)
}

const nameViolations = (name: string | undefined): errors.Violation[] => [
  ...longest('name', name, 128),
  ...matching('name', name, NAME_PATTERN, namePattern),
]

const shown = ({ arn }: FunctionReference, alias: Alias): object => ({
  AliasArn: `${arn}:${alias.name}`,
  Name: alias.name,
  FunctionVersion: alias.functionVersion,
  Description: alias.description,
  RevisionId: alias.revisionId,
  ...(Object.keys(alias.weights).length > 0 && {
    RoutingConfig: { AdditionalVersionWeights: alias.weights },
  }),
})
