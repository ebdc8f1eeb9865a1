import type { Operation, RequestContext } from '../operation.ts'
import type { LambdaBackend } from './backend.ts'
import { matching, oneOf, refuse, required, typed } from './constraints.ts'
import * as errors from './errors.ts'
import { readFunctionName } from './functionName.ts'
import type { FunctionRegistry } from './registry.ts'

interface Input {
  readonly FunctionName: string
}

interface PutInput extends Input {
  readonly RecursiveLoop?: string | null
}

const UNQUALIFIED = String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)`
const unqualified =
  /^(?:arn:(?:aws[a-zA-Z-]*)?:lambda:)?(?:[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d:)?(?:\d{12}:)?(?:function:)?[a-zA-Z0-9\-_]+$/

/** The operations on what happens when a function runs in a loop. */
export function createRecursionOperations(backend: LambdaBackend, registry: FunctionRegistry) {
  const nameViolations = ({ FunctionName }: Input): errors.Violation[] =>
    matching('functionName', FunctionName, UNQUALIFIED, unqualified)

  function find(input: Input, context: RequestContext): string {
    const { name, arn } = readFunctionName(input.FunctionName, undefined, context)
    if (!backend.describe(name)) throw errors.functionNotFound(arn)
    return name
  }

  const put: Operation<PutInput> = async (input, context) => {
    typed('RecursiveLoop', input.RecursiveLoop, 'string')
    refuse(
      nameViolations(input),
      required('recursiveLoop', input.RecursiveLoop),
      oneOf('recursiveLoop', input.RecursiveLoop ?? undefined, ['Allow', 'Terminate']),
    )
    const name = find(input, context)
    const recursion = input.RecursiveLoop === 'Allow' ? 'Allow' : 'Terminate'
    await registry.keepRecursion(name, recursion)
    return { RecursiveLoop: recursion }
  }

  const get: Operation<Input> = (input, context) => {
    refuse(nameViolations(input))
    return { RecursiveLoop: registry.recursion(find(input, context)) }
  }

  return { PutFunctionRecursionConfig: put, GetFunctionRecursionConfig: get }
}
