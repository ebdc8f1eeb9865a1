import type { KafkaMessage as ClientMessage } from 'kafkajs'
import type { KafkaMessage } from '../../sources/index.ts'

/** Kafka's number for records that have the time of their arrival. */
const LOG_APPEND_TIME = 1

/** What Kafka has delivered, as mappings read it. */
export function kafkaMessage(
  topic: string,
  partition: number,
  { offset, timestamp, key, value, headers = {}, ...rest }: ClientMessage,
): KafkaMessage {
  const { batchContext } = rest as { batchContext?: { timestampType?: number } }
  return {
    topic,
    partition,
    offset,
    timestampMs: Number(timestamp),
    timestampType: batchContext?.timestampType === LOG_APPEND_TIME ? 'LOG_APPEND_TIME' : 'CREATE_TIME',
    key: key ?? null,
    value: value ?? null,
    headers: Object.entries(headers).flatMap(([name, values]) =>
      [values ?? []].flat().map((one): [string, Uint8Array] => [name, Buffer.from(one as Buffer)]),
    ),
  }
}
