import type { Operation, RequestContext } from '../operation.ts'
import type { FunctionDescription, LambdaBackend } from './backend.ts'
import { fullConfiguration } from './configuration.ts'
import * as errors from './errors.ts'
import { readFunctionName } from './functionName.ts'

interface Input {
  readonly FunctionName: string
  readonly Qualifier?: string
}

/** `GetFunction`: the configuration, where the code is, and the reserved concurrency if there is one. */
export const createGetFunction =
  (backend: LambdaBackend): Operation<Input> =>
  (input, context) => {
    const { about, qualifier } = find(backend, input, context)
    return {
      Configuration: fullConfiguration(about, qualifier),
      Code: { RepositoryType: 'S3', Location: about.codeLocation },
      ...(about.reservedConcurrency !== null && {
        Concurrency: { ReservedConcurrentExecutions: about.reservedConcurrency },
      }),
    }
  }

/** `GetFunctionConfiguration`: the configuration alone. */
export const createGetFunctionConfiguration =
  (backend: LambdaBackend): Operation<Input> =>
  (input, context) => {
    const { about, qualifier } = find(backend, input, context)
    return fullConfiguration(about, qualifier)
  }

function find(
  backend: LambdaBackend,
  input: Input,
  context: RequestContext,
): { about: FunctionDescription; qualifier: string | undefined } {
  const { name, qualifier, arn } = readFunctionName(input.FunctionName, input.Qualifier, context)
  const about = backend.describe(name)
  // Unlike Invoke, the error shows no qualifier when none was given.
  if (!about || (qualifier ?? '$LATEST') !== '$LATEST')
    throw errors.functionNotFound(qualifier === undefined ? arn : `${arn}:${qualifier}`)
  return { about, qualifier }
}
