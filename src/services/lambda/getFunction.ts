import type { Operation, RequestContext } from '../operation.ts'
import type { FunctionDescription, LambdaBackend } from './backend.ts'
import { fullConfiguration } from './configuration.ts'
import * as errors from './errors.ts'
import { readFunctionName } from './functionName.ts'
import { type FunctionRegistry, LATEST } from './registry.ts'

interface Input {
  readonly FunctionName: string
  readonly Qualifier?: string
}

/** `GetFunction`: the configuration, where the code is, and tags and reserved concurrency if there are any. */
export const createGetFunction =
  (backend: LambdaBackend, registry: FunctionRegistry): Operation<Input> =>
  (input, context) => {
    const { about, qualifier, declared } = find(backend, registry, input, context)
    const reserved = registry.reservedConcurrency(about.name, declared.reservedConcurrency)
    const tags = registry.tags(about.name)
    return {
      Configuration: fullConfiguration(about, qualifier),
      Code: { RepositoryType: 'S3', Location: backend.codeLocation(about.name, about.version) },
      ...(Object.keys(tags).length > 0 && { Tags: tags }),
      ...(reserved !== null && { Concurrency: { ReservedConcurrentExecutions: reserved } }),
    }
  }

/** `GetFunctionConfiguration`: the configuration alone. */
export const createGetFunctionConfiguration =
  (backend: LambdaBackend, registry: FunctionRegistry): Operation<Input> =>
  (input, context) => {
    const { about, qualifier } = find(backend, registry, input, context)
    return fullConfiguration(about, qualifier)
  }

interface Found {
  /** Of the version that the qualifier names; with an alias, of the one that it points to. */
  readonly about: FunctionDescription
  readonly qualifier: string | undefined
  readonly declared: FunctionDescription['declared']
}

function find(
  backend: LambdaBackend,
  registry: FunctionRegistry,
  input: Input,
  context: RequestContext,
): Found {
  const { name, qualifier, arn } = readFunctionName(input.FunctionName, input.Qualifier, context)
  const latest = backend.describe(name)
  // Of an alias that divides its invocations, the first version is shown.
  const version = registry.pickVersion(name, qualifier ?? LATEST, () => 1)
  const about = version === LATEST ? latest : registry.version(name, version ?? '')?.about
  // Unlike Invoke, the error shows no qualifier when none was given.
  if (!latest || !about) throw errors.functionNotFound(qualifier === undefined ? arn : `${arn}:${qualifier}`)
  return { about, qualifier, declared: latest.declared }
}
