import type { Spec } from './types.ts'

/** Whether queues are not hosted here but at the SQS that `endpoints.sqs` names. */
export const areQueuesForeign = ({ endpoints }: Pick<Spec, 'endpoints'>): boolean =>
  (endpoints['sqs'] ?? 'embedded') !== 'embedded'
