import type { Admin } from 'kafkajs'
import type { BrokerMappingSettings } from '../../sources/index.ts'

type Position = Pick<BrokerMappingSettings, 'channel' | 'startingPosition' | 'startingTimestampMs'>

/** Kafka's way to say that a group has committed nothing for a partition. */
const NOTHING = '-1'

/**
 * The offsets at which a consumer group begins that has committed nothing for the topic, by partition. A group that has
 * goes on where it was, and new partitions are read from their beginnings; then, and with `TRIM_HORIZON`, there are none.
 */
export async function firstOffsets(
  admin: Admin,
  groupId: string,
  { channel: topic, startingPosition, startingTimestampMs }: Position,
): Promise<ReadonlyMap<number, string>> {
  if (startingPosition === 'TRIM_HORIZON') return new Map()
  await admin.connect()
  try {
    const committed = await admin.fetchOffsets({ groupId, topics: [topic] })
    if (committed.some(({ partitions }) => partitions.some(({ offset }) => offset !== NOTHING)))
      return new Map()
    const offsets =
      startingPosition === 'LATEST'
        ? await admin.fetchTopicOffsets(topic)
        : await admin.fetchTopicOffsetsByTimestamp(topic, startingTimestampMs ?? 0)
    return new Map(offsets.map(({ partition, offset }) => [partition, offset]))
  } finally {
    await admin.disconnect().catch(() => {})
  }
}
