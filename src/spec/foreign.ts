import type { Spec } from './types.ts'

/** Where a service is: `embedded`, `aws` or a URL. The streams of tables are where the tables are. */
export const endpointOf = ({ endpoints }: Pick<Spec, 'endpoints'>, service: string): string =>
  endpoints[service] ?? (service === 'dynamodbStreams' ? endpoints['dynamodb'] : undefined) ?? 'embedded'

/** Whether what belongs to a service is not hosted here but where `endpoints` says. */
export const isForeign = (spec: Pick<Spec, 'endpoints'>, service: string): boolean =>
  endpointOf(spec, service) !== 'embedded'

/** Whether queues are at the SQS that `endpoints.sqs` names. */
export const areQueuesForeign = (spec: Pick<Spec, 'endpoints'>): boolean => isForeign(spec, 'sqs')

/** Whether streams are at the Kinesis that `endpoints.kinesis` names. */
export const areStreamsForeign = (spec: Pick<Spec, 'endpoints'>): boolean => isForeign(spec, 'kinesis')
