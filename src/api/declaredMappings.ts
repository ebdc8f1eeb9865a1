import type { DeclaredMapping } from '../services/lambda/index.ts'
import {
  consumerOf,
  queueSources,
  type SqsConfig,
  type StreamConfig,
  streamKindOf,
  streamSources,
  type Trigger,
} from '../sources/index.ts'
import { consumerName } from './declaredStreams.ts'

/**
 * The ARN of a registered consumer, which has the time of its registration in it; `undefined` where there is none of that
 * name, or streams are hosted elsewhere.
 */
export type ConsumerArn = (streamArn: string, consumerName: string) => string | undefined

/** The event source mappings behind the triggers of a spec: those that read queues, and those that read streams. */
export function declaredMappingsOf(
  triggers: readonly Trigger[],
  consumerArn: ConsumerArn,
): DeclaredMapping[] {
  return triggers.flatMap((trigger) => {
    if (trigger.source === queueSources.sqs.name) return [queueMapping(trigger)]
    return trigger.source === 'stream' ? [streamMapping(trigger, consumerArn)] : []
  })
}

function queueMapping({ functionName, config }: Trigger): DeclaredMapping {
  const { queueArn, ...settings } = queueSources.sqs.settings(config as SqsConfig)
  return { functionName, qualifier: null, eventSourceArn: queueArn, settings: { kind: 'queue', ...settings } }
}

function streamMapping({ functionName, config: given }: Trigger, consumerArn: ConsumerArn): DeclaredMapping {
  const config = given as StreamConfig
  const { streamArn, ...settings } = streamSources[streamKindOf(config)].settings(config)
  const consumer = consumerOf(config, functionName)
  const eventSourceArn = consumer === undefined ? streamArn : arnOfConsumer(streamArn, consumer, consumerArn)
  return { functionName, qualifier: null, eventSourceArn, settings: { kind: 'stream', ...settings } }
}

/** One that is not registered is named as AWS would name it, so that the mapping says that it is not there. */
function arnOfConsumer(streamArn: string, consumer: string, consumerArn: ConsumerArn): string {
  const name = consumerName(consumer)
  const otherwise = consumer === name ? `${streamArn}/consumer/${name}` : consumer
  return consumerArn(streamArn, name) ?? otherwise
}
