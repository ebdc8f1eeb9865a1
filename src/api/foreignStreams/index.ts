import path from 'node:path'
import type * as KinesisSdk from '@aws-sdk/client-kinesis'
import type * as DynamoDbSdk from '@aws-sdk/client-dynamodb-streams'
import type { DynamoDbStreamRecord } from '../../services/dynamodbStreams/index.ts'
import type { KinesisRecord } from '../../services/kinesis/index.ts'
import type { StreamReader } from '../../sources/index.ts'
import { endpointOf, isForeign, type Spec } from '../../spec/index.ts'
import { serviceUrl } from '../foreignEndpoints.ts'
import { loadForeignPackage, orAnyCredentials } from '../foreignPackage.ts'
import { clientSettings, handlerOptions, http1Handler } from './clientSettings.ts'
import { dynamodbApi } from './dynamodbApi.ts'
import type { ForeignApi } from './foreignApi.ts'
import { createForeignReader, type ReaderEdges } from './foreignReader.ts'
import { kinesisApi } from './kinesisApi.ts'
import { ForeignStreamProblem } from './problem.ts'

/** The streams of another Kinesis, or of another DynamoDB: AWS's own, or a server that speaks as it does. */
export interface ForeignStreams<StreamRecord> {
  /** Where they are. */
  readonly url: string
  /** Reads a stream, by its ARN or that of a consumer; for the ARN of a table its newest stream. */
  reader(arn: string): StreamReader<StreamRecord>
  /** Whether there is such a stream. Rejects with a sentence when that cannot be asked. */
  exists(arn: string): Promise<boolean>
  /** Closes the connections. */
  stop(): void
}

/** The streams that are not hosted here. */
export interface ForeignStreamPlaces {
  readonly kinesis: ForeignStreams<KinesisRecord> | undefined
  readonly dynamodb: ForeignStreams<DynamoDbStreamRecord> | undefined
  /** Closes the connections. */
  stop(): void
}

type Place = Pick<Spec, 'endpoints' | 'region' | 'file'>

const KINESIS = '@aws-sdk/client-kinesis'
const DYNAMODB_STREAMS = '@aws-sdk/client-dynamodb-streams'

/** Opens what the spec says is elsewhere; throws a sentence when the AWS SDK's client for it is not installed. */
export function openForeignStreams(spec: Place, edges: ReaderEdges): ForeignStreamPlaces {
  const kinesis = openForeignKinesis(spec, edges)
  const dynamodb = openForeignDynamoDbStreams(spec, edges)
  return {
    kinesis,
    dynamodb,
    stop() {
      kinesis?.stop()
      dynamodb?.stop()
    },
  }
}

/**
 * Opens the Kinesis that `endpoints.kinesis` names; `undefined` when streams are hosted here. Nothing is asked of it before it
 * is needed. Throws a sentence when the AWS SDK's client is not installed.
 */
export function openForeignKinesis(
  spec: Place,
  edges: ReaderEdges,
): ForeignStreams<KinesisRecord> | undefined {
  if (!isForeign(spec, 'kinesis')) return undefined
  const from = [path.resolve(spec.file), import.meta.url]
  const sdk = loadForeignPackage(KINESIS, 'kinesis', from) as typeof KinesisSdk
  const url = serviceUrl('kinesis', endpointOf(spec, 'kinesis'), spec.region)
  const settings = { ...clientSettings(spec.region, url), requestHandler: http1Handler(KINESIS, from) }
  const chain = new sdk.KinesisClient(settings)
  const client = isAws(spec, 'kinesis')
    ? chain
    : new sdk.KinesisClient({ ...settings, credentials: orAnyCredentials(() => chain.config.credentials()) })
  return foreignStreams(
    url,
    // One that reads by enhanced fan-out at AWS shares the stream here.
    (arn) => kinesisApi({ sdk, client, url }, arn.replace(/\/consumer\/.*$/, '').split('/')[1] ?? ''),
    edges,
    () => client.destroy(),
  )
}

/**
 * Opens the DynamoDB Streams that `endpoints.dynamodbStreams` names, or `endpoints.dynamodb`; `undefined` when the tables are
 * hosted here. Throws a sentence when the AWS SDK's client is not installed.
 */
export function openForeignDynamoDbStreams(
  spec: Place,
  edges: ReaderEdges,
): ForeignStreams<DynamoDbStreamRecord> | undefined {
  if (!isForeign(spec, 'dynamodbStreams')) return undefined
  const setting = spec.endpoints['dynamodbStreams'] === undefined ? 'dynamodb' : 'dynamodbStreams'
  const from = [path.resolve(spec.file), import.meta.url]
  const sdk = loadForeignPackage(DYNAMODB_STREAMS, setting, from) as typeof DynamoDbSdk
  const url = serviceUrl('dynamodbStreams', endpointOf(spec, 'dynamodbStreams'), spec.region)
  const settings = { ...clientSettings(spec.region, url), requestHandler: handlerOptions }
  const chain = new sdk.DynamoDBStreamsClient(settings)
  const client = isAws(spec, 'dynamodbStreams')
    ? chain
    : new sdk.DynamoDBStreamsClient({
        ...settings,
        credentials: orAnyCredentials(() => chain.config.credentials()),
      })
  return foreignStreams(
    url,
    (arn) => dynamodbApi({ sdk, client, url }, arn),
    edges,
    () => client.destroy(),
  )
}

const isAws = (spec: Place, service: string): boolean => endpointOf(spec, service) === 'aws'

const foreignStreams = <StreamRecord>(
  url: string,
  apiOf: (arn: string) => ForeignApi<StreamRecord>,
  edges: ReaderEdges,
  stop: () => void,
): ForeignStreams<StreamRecord> => ({
  url,
  reader: (arn) => createForeignReader(apiOf(arn), edges),
  async exists(arn) {
    try {
      await createForeignReader(apiOf(arn), edges).shards()
      return true
    } catch (error) {
      if (error instanceof ForeignStreamProblem && error.isNoStream) return false
      throw error
    }
  },
  stop,
})
