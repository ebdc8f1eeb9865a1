import type { Spec } from './types.ts'

/** Whether what belongs to a service is not hosted here but where `endpoints` says. */
export const isForeign = ({ endpoints }: Pick<Spec, 'endpoints'>, service: string): boolean =>
  (endpoints[service] ?? 'embedded') !== 'embedded'

/** Whether queues are at the SQS that `endpoints.sqs` names. */
export const areQueuesForeign = (spec: Pick<Spec, 'endpoints'>): boolean => isForeign(spec, 'sqs')

/** Whether streams are at the Kinesis that `endpoints.kinesis` names. */
export const areStreamsForeign = (spec: Pick<Spec, 'endpoints'>): boolean => isForeign(spec, 'kinesis')
