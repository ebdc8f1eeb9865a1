import type { RequestContext } from '../../operation.ts'
import * as errors from '../errors.ts'
import type { EventSourceMapping } from './mapping.ts'
import { functionArn } from './shown.ts'

/** What is said of a second mapping of the same source and function; AWS has another sentence for each kind. */
export const duplicateOf = (other: EventSourceMapping, context: RequestContext): Error =>
  errors.resourceConflict(
    `${sentenceOn(other, context)} already exists. Please update or delete the existing mapping with UUID ${other.uuid}`,
  )

function sentenceOn(other: EventSourceMapping, context: RequestContext): string {
  const { settings, eventSourceArn: arn, functionName } = other
  if (settings.kind === 'queue')
    return `An event source mapping with SQS arn (" ${arn} ") and function (" ${functionName} ")`
  if (settings.kind === 'stream')
    return `The event source arn (" ${arn} ") and function (" ${functionName} ") provided mapping`
  const source = arn ?? settings.bootstrapServers.join(',')
  const [part, names] = settings.source === 'mq' ? ['queues', settings.queues] : ['topics', settings.topics]
  return `An event source mapping with event source ("${source}"), function ("${functionArn(other, context)}"), ${part} ("${names.join(',')}")`
}
