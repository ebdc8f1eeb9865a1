import type { AsynchronousSettings, EventTarget } from '../invoke/index.ts'
import type { EventInvokeConfig, FunctionRegistry } from '../services/lambda/index.ts'
import type { FunctionSpec } from '../spec/index.ts'

const DEFAULT_RETRY_ATTEMPTS = 2
const DEFAULT_EVENT_AGE_SECONDS = 21_600

/** What `lambda.yml` says of asynchronous invocation: the config of `$LATEST`. `null` when it says nothing. */
export function declaredEventInvokeConfig(one: FunctionSpec): EventInvokeConfig | null {
  const { maximumRetryAttempts, maximumEventAgeSeconds } = one
  const { onSuccess, onFailure } = one.destinations
  const declared: EventInvokeConfig = {
    ...(maximumRetryAttempts !== DEFAULT_RETRY_ATTEMPTS && { maximumRetryAttempts }),
    ...(maximumEventAgeSeconds !== DEFAULT_EVENT_AGE_SECONDS && { maximumEventAgeSeconds }),
    ...(onSuccess !== null && { onSuccess }),
    ...(onFailure !== null && { onFailure }),
  }
  return Object.keys(declared).length === 0 ? null : declared
}

/**
 * How asynchronous events are handled that were invoked by this qualifier: its own config, never another qualifier's. The
 * dead-letter queue is the function's. `undefined` when there is no such version or alias.
 */
export function asynchronousSettings(
  one: FunctionSpec,
  { functionName, qualifier = '$LATEST' }: EventTarget,
  registry: FunctionRegistry,
): AsynchronousSettings | undefined {
  if (!registry.hasQualifier(functionName, qualifier)) return undefined
  const declared = qualifier === '$LATEST' ? declaredEventInvokeConfig(one) : null
  const config = registry.eventInvokeConfig(functionName, qualifier, declared)?.config ?? {}
  return {
    reservedConcurrency: registry.reservedConcurrency(functionName, one.reservedConcurrency),
    maximumRetryAttempts: config.maximumRetryAttempts ?? DEFAULT_RETRY_ATTEMPTS,
    maximumEventAgeSeconds: config.maximumEventAgeSeconds ?? DEFAULT_EVENT_AGE_SECONDS,
    deadLetterArn: one.deadLetterArn,
    destinations: { onSuccess: config.onSuccess ?? null, onFailure: config.onFailure ?? null },
  }
}

/** Whether records of this kind go anywhere, for the function itself or for one of its versions and aliases. */
export const hasDestination = (
  one: FunctionSpec,
  condition: 'onSuccess' | 'onFailure',
  registry: FunctionRegistry,
): boolean =>
  ['$LATEST', ...registry.configuredQualifiers(one.name)].some((qualifier) => {
    const settings = asynchronousSettings(one, { functionName: one.name, qualifier }, registry)
    return settings !== undefined && settings.destinations[condition] !== null
  })
