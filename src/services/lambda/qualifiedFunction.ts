import type { RequestContext } from '../operation.ts'
import type { FunctionDescription, LambdaBackend } from './backend.ts'
import * as errors from './errors.ts'
import { type FunctionReference, readFunctionName } from './functionName.ts'
import { type FunctionRegistry, LATEST } from './registry.ts'

/** A function, version or alias that is there. */
export interface QualifiedFunction {
  readonly reference: FunctionReference
  /** `$LATEST` when none was named. */
  readonly qualifier: string
  /** With the qualifier if one was named. */
  readonly arn: string
  /** Of `$LATEST`. */
  readonly about: FunctionDescription
}

/** Finds what settings of one qualifier are about; throws AWS's errors for what is not there. */
export function findQualified(
  { backend, registry }: { readonly backend: LambdaBackend; readonly registry: FunctionRegistry },
  input: { readonly FunctionName: string; readonly Qualifier?: string },
  context: RequestContext,
): QualifiedFunction {
  const reference = readFunctionName(input.FunctionName, input.Qualifier, context)
  const about = backend.describe(reference.name)
  const qualifier = reference.qualifier ?? LATEST
  const arn = reference.qualifier === undefined ? reference.arn : `${reference.arn}:${qualifier}`
  if (!about || !registry.hasQualifier(reference.name, qualifier)) throw notThere(arn, about, qualifier)
  return { reference, qualifier, arn, about }
}

/** An alias that is missing is named as such, whatever else is missing; a version is a function to AWS. */
const notThere = (arn: string, about: FunctionDescription | undefined, qualifier: string): Error => {
  const couldBeAlias = /^(?!\d+$)[a-zA-Z0-9\-_]+$/.test(qualifier)
  return couldBeAlias && about ? errors.aliasNotFound(arn) : errors.functionNotFound(arn)
}
