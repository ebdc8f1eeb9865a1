import type { _Record, AttributeValue } from '@aws-sdk/client-dynamodb-streams'
import type { DynamoDbStreamRecord } from '../../services/dynamodbStreams/index.ts'
import type { JsonObject, JsonValue } from '../../system/index.ts'

type Image = Readonly<Record<string, AttributeValue>>

/** A record as the SDK gives it, in the JSON that the service had sent. */
export function dynamodbRecord(record: _Record, streamArn: string): DynamoDbStreamRecord {
  const { dynamodb = {}, userIdentity } = record
  const seconds = Math.floor((dynamodb.ApproximateCreationDateTime?.getTime() ?? 0) / 1_000)
  const keys = jsonOf(dynamodb.Keys ?? {}) as JsonObject
  const sequenceNumber = dynamodb.SequenceNumber ?? ''
  return {
    sequenceNumber,
    itemKey: JSON.stringify(
      Object.fromEntries(Object.entries(keys).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    ),
    record: {
      eventID: record.eventID ?? '',
      eventName: record.eventName ?? '',
      eventVersion: record.eventVersion ?? '1.1',
      eventSource: record.eventSource ?? 'aws:dynamodb',
      awsRegion: record.awsRegion ?? '',
      dynamodb: {
        ApproximateCreationDateTime: seconds,
        Keys: keys,
        ...imageOf('NewImage', dynamodb.NewImage),
        ...imageOf('OldImage', dynamodb.OldImage),
        SequenceNumber: sequenceNumber,
        SizeBytes: dynamodb.SizeBytes ?? 0,
        StreamViewType: dynamodb.StreamViewType ?? '',
      },
      ...(userIdentity && {
        userIdentity: { PrincipalId: userIdentity.PrincipalId ?? '', Type: userIdentity.Type ?? '' },
      }),
    },
    arrivedMs: seconds * 1_000,
    cause: undefined,
    streamArn,
  }
}

const imageOf = (name: string, image: Image | undefined): JsonObject =>
  image ? { [name]: jsonOf(image) } : {}

/** Binary values in base64, as they travel. */
function jsonOf(value: unknown): JsonValue {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(jsonOf)
  if (typeof value !== 'object' || value === null) return value as JsonValue
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(members.map(([name, member]) => [name, jsonOf(member)]))
}
