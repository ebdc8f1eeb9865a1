import type { KinesisService } from '../services/kinesis/index.ts'
import type { MappingHost } from '../services/lambda/index.ts'
import { ServiceError } from '../services/sqs/index.ts'
import { nameOfStream } from './mappingSource.ts'
import type { StreamReaders } from './streamMappings.ts'

/** Where mappings find the streams that they read. */
export interface StreamSources {
  readonly readers: StreamReaders
  /** The stream, or consumer of a stream, of that ARN; `undefined` when there is none. */
  readonly find: MappingHost['stream']
}

/** The streams that are hosted here. */
export const hostedStreams = (kinesis: KinesisService): StreamSources => ({
  readers: {
    kinesis: (arn) => kinesis.reader(nameOfStream(arn)),
    dynamodb: (arn) => {
      throw noStream(arn)
    },
  },
  find(arn) {
    const [streamArn = '', consumer] = arn.split('/consumer/')
    const streamName = kinesis.streamOfArn(streamArn)
    const isThere =
      streamName !== undefined &&
      (consumer === undefined || kinesis.consumerArn(streamName, consumer.replace(/:.*/, '')) === arn)
    return Promise.resolve(isThere ? { streamName } : undefined)
  },
})

const noStream = (arn: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', `Requested resource not found: Stream: ${arn} not found`)
