import type {
  DynamoDbStreamsService,
  StreamOverview as TableStreamOverview,
} from '../services/dynamodbStreams/index.ts'
import type { KinesisService, StreamOverview } from '../services/kinesis/index.ts'
import { nearest } from '../spec/index.ts'
import { ControlError } from './controlError.ts'
import type { EventSourceMappings, MappingDescription } from './eventSourceMappings.ts'
import type { ForeignStreamPlaces } from './foreignStreams/index.ts'
import type { ShardSummary, StreamReaderSummary, StreamSummary } from './streamSummary.ts'

/** What the overview looks at. */
export interface StreamWorld {
  readonly kinesis: KinesisService
  readonly dynamodbStreams: DynamoDbStreamsService
  readonly foreignStreams: ForeignStreamPlaces
  readonly mappings: Pick<EventSourceMappings, 'describe'>
}

/** All streams, by name: those that are here, and those that mappings would read. */
export function streamSummaries(on: StreamWorld): StreamSummary[] {
  const { kinesis, dynamodbStreams, foreignStreams } = on
  const readers = on.mappings.describe().filter(({ kind }) => kind === 'stream')
  const tables = foreignStreams.dynamodb ? [] : dynamodbStreams.overview().map(ofTable)
  const here = [
    ...kinesis.overview().map((stream) => summaryOf(stream, readers)),
    ...tables.map((stream) => summaryOf(stream, readers, 'dynamodb')),
  ]
  const others = readers.filter((one) => !here.some((stream) => isOf(stream, one)))
  const missing = [...new Set(others.map(({ eventSourceArn }) => eventSourceArn ?? ''))].map((arn) =>
    otherSummary(
      arn,
      isElsewhere(on, arn),
      others.filter(({ eventSourceArn }) => eventSourceArn === arn),
    ),
  )
  return [...here, ...missing].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** One of them; throws {@link ControlError} with the name that was probably meant when there is none. */
export function streamSummary(on: StreamWorld, name: string): StreamSummary {
  const all = streamSummaries(on)
  const found = all.find((stream) => stream.name === name)
  if (found) return found
  const names = all.map((stream) => stream.name)
  const near = nearest(name, names)
  const hint = near === undefined ? `there are: ${names.join(', ') || 'none'}` : `did you mean ${near}?`
  throw new ControlError(404, `there is no stream ${name}; ${hint}`)
}

const ofTable = ({ arn, tableName, shards }: TableStreamOverview): StreamLook => ({
  name: tableName,
  arn,
  retentionHours: 24,
  shards,
  consumers: [],
})

/** A stream with what is shown of it. */
type StreamLook = Pick<StreamOverview, 'name' | 'arn' | 'retentionHours' | 'consumers'> & {
  readonly shards: readonly ShardSummary[]
}

const isElsewhere = ({ foreignStreams }: StreamWorld, arn: string): boolean =>
  foreignStreams[kindIn(arn)] !== undefined

const kindIn = (arn: string): 'kinesis' | 'dynamodb' =>
  arn.split(':')[2] === 'dynamodb' ? 'dynamodb' : 'kinesis'

const summaryOf = (
  stream: StreamLook,
  readers: readonly MappingDescription[],
  kind: StreamSummary['kind'] = 'kinesis',
): StreamSummary => ({
  name: stream.name,
  arn: stream.arn,
  kind,
  retentionHours: stream.retentionHours,
  shards: stream.shards.map(({ id, isClosed, parents, records, lastSequenceNumber, newestMs }) => ({
    id,
    isClosed,
    parents,
    records,
    lastSequenceNumber,
    newestMs,
  })),
  consumers: stream.consumers,
  mappings: readers.filter((one) => isOf(stream, one)).map(readerSummary),
})

/** A mapping names the stream, or a consumer of it. */
const isOf = ({ arn }: { readonly arn: string }, { eventSourceArn }: MappingDescription): boolean =>
  eventSourceArn === arn || eventSourceArn?.startsWith(`${arn}/consumer/`) === true

/** Of one that is elsewhere its mappings say what is wrong with it. */
const otherSummary = (
  arn: string,
  isThere: boolean,
  readers: readonly MappingDescription[],
): StreamSummary => ({
  name: readers[0]?.sourceName ?? arn,
  arn,
  kind: kindIn(arn),
  retentionHours: null,
  shards: [],
  consumers: [],
  mappings: readers.map(readerSummary),
  ...(!isThere && { problem: 'there is no such stream' }),
})

const readerSummary = (one: MappingDescription): StreamReaderSummary => ({
  uuid: one.uuid,
  functionName: one.functionName,
  qualifier: one.qualifier,
  state: one.state,
  lastProcessingResult: one.lastProcessingResult,
  lastProblem: one.lastProblem,
  ...(Object.keys(one.metrics).length > 0 && { metrics: one.metrics }),
  positions: one.positions,
})
