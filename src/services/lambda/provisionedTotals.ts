import type { FunctionDescription, LambdaBackend } from './backend.ts'
import type { FunctionRegistry } from './registry.ts'

/** The provisioned concurrency of a function: that of all its versions, and of its code as it is now. */
export function provisionedOf(about: FunctionDescription, registry: FunctionRegistry): number {
  const kept = registry.provisionedConcurrencies(about.name)
  return kept.reduce((sum, [, { requested }]) => sum + requested, about.declared.provisionedConcurrency ?? 0)
}

/**
 * Another qualifier through which a version has provisioned concurrency; each has it once: of its own, or through one alias.
 */
export const provisionedBeside = (
  registry: FunctionRegistry,
  functionName: string,
  qualifier: string,
  version: string,
): string | undefined =>
  registry
    .provisionedConcurrencies(functionName)
    .map(([other]) => other)
    .find(
      (other) =>
        other !== qualifier &&
        (other === version || registry.alias(functionName, other)?.functionVersion === version),
    )

/** What is left of the account's concurrency for functions that reserve none, less what they have provisioned. */
export function unreservedLeft(backend: LambdaBackend, registry: FunctionRegistry): number {
  let left = backend.accountConcurrency()
  for (const one of backend.list()) {
    const reserved = registry.reservedConcurrency(one.name, one.declared.reservedConcurrency)
    left -= reserved ?? provisionedOf(one, registry)
  }
  return left
}
