import type { Operation, RequestContext } from '../operation.ts'
import type { LambdaBackend } from './backend.ts'
import { matching, oneOf, refuse, required, typed } from './constraints.ts'
import * as errors from './errors.ts'
import { readFunctionName } from './functionName.ts'
import { findQualified } from './qualifiedFunction.ts'
import type { FunctionRegistry } from './registry.ts'

interface Input {
  readonly FunctionName: string
  readonly Qualifier?: string
}

interface RuntimeInput extends Input {
  readonly UpdateRuntimeOn?: string | null
  readonly RuntimeVersionArn?: string | null
}

interface SigningInput extends Input {
  readonly CodeSigningConfigArn?: string | null
}

const SIGNING_ARN = String.raw`arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}((-gov)|(-iso(b?)))?-[a-z]+-\d{1}:\d{12}:code-signing-config:csc-[a-z0-9]{17}`
const signingArn =
  /^arn:(?:aws[a-zA-Z-]*)?:lambda:[a-z]{2}(?:-gov|-isob?)?-[a-z]+-\d:\d{12}:code-signing-config:csc-[a-z0-9]{17}$/

/**
 * Runtime management and code signing, as far as a function can have them here: the runtime is the one that is installed,
 * and no code is signed. Tools read both of every function that they deploy.
 */
export function createManagementOperations(backend: LambdaBackend, registry: FunctionRegistry) {
  const find = (input: Input, context: RequestContext) => findQualified({ backend, registry }, input, context)

  const getRuntime: Operation<Input> = (input, context) => ({
    UpdateRuntimeOn: 'Auto',
    FunctionArn: find(input, context).arn,
  })

  const putRuntime: Operation<RuntimeInput> = (input, context) => {
    typed('UpdateRuntimeOn', input.UpdateRuntimeOn, 'string')
    refuse(
      required('updateRuntimeOn', input.UpdateRuntimeOn),
      oneOf('updateRuntimeOn', input.UpdateRuntimeOn ?? undefined, ['Auto', 'Manual', 'FunctionUpdate']),
    )
    const { arn } = find(input, context)
    if (input.UpdateRuntimeOn !== 'Auto' || input.RuntimeVersionArn)
      throw errors.invalidParameterValue(
        'UpdateRuntimeOn is always Auto here: a runtime has no versions beside the one that is installed.',
      )
    return { UpdateRuntimeOn: 'Auto', FunctionArn: arn }
  }

  function checkFunction(input: Input, context: RequestContext): void {
    const { name, arn } = readFunctionName(input.FunctionName, undefined, context)
    if (!backend.describe(name)) throw errors.functionNotFound(arn)
  }

  /** Of a function without code signing AWS answers nothing at all. */
  const none: Operation<Input> = (input, context) => {
    checkFunction(input, context)
    return {}
  }

  /** There is no configuration that could be put: none can be created. */
  const putSigning: Operation<SigningInput> = (input) => {
    const arn = input.CodeSigningConfigArn
    typed('CodeSigningConfigArn', arn, 'string')
    refuse(
      required('codeSigningConfigArn', arn),
      matching('codeSigningConfigArn', arn ?? undefined, SIGNING_ARN, signingArn),
    )
    throw errors.noCodeSigningConfig(arn ?? '')
  }

  return {
    GetRuntimeManagementConfig: getRuntime,
    PutRuntimeManagementConfig: putRuntime,
    GetFunctionCodeSigningConfig: none,
    PutFunctionCodeSigningConfig: putSigning,
    DeleteFunctionCodeSigningConfig: none,
  }
}
