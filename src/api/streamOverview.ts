import type { KinesisService, StreamOverview } from '../services/kinesis/index.ts'
import { nearest } from '../spec/index.ts'
import { ControlError } from './controlError.ts'
import type { EventSourceMappings, MappingDescription } from './eventSourceMappings.ts'
import type { StreamReaderSummary, StreamSummary } from './streamSummary.ts'

/** What the overview looks at. */
export interface StreamWorld {
  readonly kinesis: KinesisService
  readonly mappings: Pick<EventSourceMappings, 'describe'>
}

/** All streams, by name: those that are here, and those that mappings would read. */
export function streamSummaries({ kinesis, mappings }: StreamWorld): StreamSummary[] {
  const readers = mappings.describe().filter(({ kind }) => kind === 'stream')
  const here = kinesis.overview().map((stream) => summaryOf(stream, readers))
  const others = readers.filter((one) => !here.some((stream) => isOf(stream, one)))
  const missing = [...new Set(others.map(({ eventSourceArn }) => eventSourceArn ?? ''))].map((arn) =>
    missingSummary(
      arn,
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

const summaryOf = (stream: StreamOverview, readers: readonly MappingDescription[]): StreamSummary => ({
  name: stream.name,
  arn: stream.arn,
  kind: 'kinesis',
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

const missingSummary = (arn: string, readers: readonly MappingDescription[]): StreamSummary => ({
  name: readers[0]?.sourceName ?? arn,
  arn,
  kind: arn.split(':')[2] === 'dynamodb' ? 'dynamodb' : 'kinesis',
  retentionHours: null,
  shards: [],
  consumers: [],
  mappings: readers.map(readerSummary),
  problem: 'there is no such stream',
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
