import type { EventSourceMapping } from '../services/lambda/index.ts'

type Source = Pick<EventSourceMapping, 'eventSourceArn' | 'settings'>

/** What a mapping reads, as people call it: the name of the queue or stream, the topic or queue in a broker. */
export function nameOfSource({ eventSourceArn, settings }: Source): string {
  if (settings.kind === 'broker') return [...settings.topics, ...settings.queues].join(',')
  return settings.kind === 'stream' ? nameOfStream(eventSourceArn ?? '') : resourceIn(eventSourceArn ?? '')
}

/** The stream's name, the table's for a stream of DynamoDB. */
export function nameOfStream(arn: string): string {
  // `stream/clicks`, `stream/clicks/consumer/c:1`, `table/orders/stream/2026-01-01T10:00:00.123`
  return resourceIn(arn).split('/')[1] ?? ''
}

const resourceIn = (arn: string): string => arn.split(':').slice(5).join(':')
