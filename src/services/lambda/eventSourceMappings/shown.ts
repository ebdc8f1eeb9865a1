import type { RequestContext } from '../../operation.ts'
import type { EventSourceMapping, MappingState } from './mapping.ts'

type Account = Pick<RequestContext, 'accountId' | 'region'>

export const mappingArn = (uuid: string, { accountId, region }: Account): string =>
  `arn:aws:lambda:${region}:${accountId}:event-source-mapping:${uuid}`

/**
 * A mapping of a queue as AWS shows it, its keys in AWS's order. Blocks that are not set are absent, and filters that a key
 * of the caller's encrypts are null in lists. A queue's mapping has no `LastProcessingResult` on AWS; here it says what keeps
 * it from reading, for as long as that is so.
 */
export function shown(
  mapping: EventSourceMapping,
  state: MappingState,
  account: Account,
  options: { isListed?: boolean; problem?: string | undefined } = {},
): object {
  const { uuid, settings, functionName, qualifier, kmsKeyArn } = mapping
  const { filters, maximumConcurrency, metrics, provisionedPollers } = settings
  const criteria = { Filters: filters.map((Pattern) => ({ Pattern })) }
  const isHidden = options.isListed === true && kmsKeyArn !== null
  return {
    UUID: uuid,
    BatchSize: settings.batchSize,
    MaximumBatchingWindowInSeconds: settings.windowMs / 1_000,
    EventSourceArn: mapping.eventSourceArn,
    ...(filters.length > 0 && { FilterCriteria: isHidden ? null : criteria }),
    FunctionArn: `arn:aws:lambda:${account.region}:${account.accountId}:function:${functionName}${qualifier === null ? '' : `:${qualifier}`}`,
    LastModified: mapping.modifiedMs / 1_000,
    ...(options.problem !== undefined && { LastProcessingResult: `PROBLEM: ${options.problem}` }),
    State: state,
    StateTransitionReason: 'USER_INITIATED',
    FunctionResponseTypes: settings.reportsItemFailures ? ['ReportBatchItemFailures'] : [],
    ...(maximumConcurrency !== null && { ScalingConfig: { MaximumConcurrency: maximumConcurrency } }),
    ...(kmsKeyArn !== null && { KMSKeyArn: kmsKeyArn }),
    EventSourceMappingArn: mappingArn(uuid, account),
    ...(metrics.length > 0 && { MetricsConfig: { Metrics: metrics } }),
    ...(provisionedPollers !== null && {
      ProvisionedPollerConfig: {
        MinimumPollers: provisionedPollers.minimum,
        MaximumPollers: provisionedPollers.maximum,
      },
    }),
  }
}
