import type { DynamoDbStreamsService } from '../services/dynamodbStreams/index.ts'
import type { KinesisService } from '../services/kinesis/index.ts'
import type { MappingHost } from '../services/lambda/index.ts'
import { streamKindOf } from '../sources/index.ts'
import type { ForeignStreamPlaces } from './foreignStreams/index.ts'
import { nameOfStream } from './mappingSource.ts'
import type { StreamReaders } from './streamMappings.ts'

/** Where mappings find the streams that they read. */
export interface StreamSources {
  readonly readers: StreamReaders
  /** The stream, or consumer of a stream, of that ARN; `undefined` when there is none. */
  readonly find: MappingHost['stream']
}

/** The streams of a kind are hosted here, unless they are at a foreign endpoint. */
export function streamSources(
  { kinesis, dynamodbStreams }: { kinesis: KinesisService; dynamodbStreams: DynamoDbStreamsService },
  foreign: ForeignStreamPlaces,
): StreamSources {
  const exists = (arn: string): boolean | Promise<boolean> =>
    streamKindOf({ stream: arn }) === 'kinesis'
      ? (foreign.kinesis?.exists(arn) ?? isInKinesis(kinesis, arn))
      : (foreign.dynamodb?.exists(arn) ?? dynamodbStreams.exists(arn))
  return {
    readers: {
      kinesis: (arn) =>
        foreign.kinesis?.reader(arn) ??
        // By enhanced fan-out Lambda takes aggregated records apart, otherwise the function has to.
        kinesis.reader(nameOfStream(arn), arn.includes('/consumer/') ? { consumerArn: arn } : {}),
      dynamodb: (arn) => foreign.dynamodb?.reader(arn) ?? dynamodbStreams.reader(arn),
    },
    find: async (arn) => ((await exists(arn)) ? { streamName: nameOfStream(arn) } : undefined),
  }
}

function isInKinesis(kinesis: KinesisService, arn: string): boolean {
  const [streamArn = '', consumer] = arn.split('/consumer/')
  const streamName = kinesis.streamOfArn(streamArn)
  if (streamName === undefined || consumer === undefined) return streamName !== undefined
  return kinesis.consumerArn(streamName, consumer.replace(/:.*/, '')) === arn
}
