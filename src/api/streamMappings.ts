import {
  createStreamMapping,
  forgetPositions,
  type ShardStatus,
  type StreamMapping,
  type StreamMappingDependencies,
  takePositions,
} from '../mappings/index.ts'
import type { MappingHost, StreamSettings } from '../services/lambda/index.ts'
import {
  type StreamKind,
  streamKindOf,
  type StreamMappingSettings,
  type StreamReader,
  type StreamSource,
  streamSources,
} from '../sources/index.ts'
import type { MappingPositions } from './eventSourceMappings.ts'
import type { RunningMapping, WantedMapping } from './mappingSet.ts'
import type { ShardProgress } from './streamSummary.ts'

type Stream = StreamMappingDependencies<never>

type RecordOf<Source> = Source extends StreamSource<infer _, infer StreamRecord> ? StreamRecord : never

/** The readers of streams, by their ARNs or those of their consumers; they reject where there is no such stream. */
export type StreamReaders = {
  readonly [Kind in StreamKind]: (arn: string) => StreamReader<RecordOf<(typeof streamSources)[Kind]>>
}

export type StreamEnvironment = Omit<
  Stream,
  'functionName' | 'functionArn' | 'uuid' | 'settings' | 'source' | 'reader' | 'invoke'
> & {
  readonly readers: StreamReaders
  /** Without qualifier. */
  readonly functionArnOf: (functionName: string) => string
  readonly invoke: (
    target: Pick<WantedMapping, 'functionName' | 'qualifier'>,
    event: Uint8Array,
    requestId: string,
    cause: string | undefined,
    kind: StreamKind,
  ) => ReturnType<Stream['invoke']>
}

/** How a mapping on a stream is created. */
export const streamMappings =
  (on: StreamEnvironment) =>
  (wanted: WantedMapping<StreamSettings>): RunningMapping<StreamSettings> => {
    const streamArn = wanted.eventSourceArn ?? ''
    const mapping = engineOf(on, wanted, streamArn)
    return {
      get settings() {
        const { streamArn: _, ...settings } = mapping.settings
        return { kind: 'stream' as const, ...settings }
      },
      get problem() {
        return mapping.problem
      },
      get metrics() {
        return mapping.metrics
      },
      get lastProcessingResult() {
        return mapping.lastProcessingResult
      },
      get positions() {
        return mapping.positions().map(progressOf)
      },
      start: () => mapping.start(),
      update: (settings) => mapping.update(ofStream(streamArn, settings)),
      stop: () => mapping.stop(),
    }
  }

function engineOf(
  on: StreamEnvironment,
  wanted: WantedMapping<StreamSettings>,
  streamArn: string,
): StreamMapping {
  const { uuid, functionName } = wanted
  const kind = kindOf(streamArn)
  const common = {
    ...on,
    uuid,
    functionName,
    functionArn: on.functionArnOf(functionName),
    settings: ofStream(streamArn, wanted.settings),
    invoke: (event: Uint8Array, requestId: string, cause: string | undefined) =>
      on.invoke(wanted, event, requestId, cause, kind),
  }
  return kind === 'kinesis'
    ? createStreamMapping({ ...common, source: streamSources.kinesis, reader: on.readers.kinesis(streamArn) })
    : createStreamMapping({
        ...common,
        source: streamSources.dynamodb,
        reader: on.readers.dynamodb(streamArn),
      })
}

/** Where mappings on streams are. What is read from queues and brokers is known there. */
export function streamPositions(
  on: Pick<StreamEnvironment, 'store' | 'readers'> & Pick<MappingHost, 'stream'>,
): MappingPositions {
  const { store, readers } = on
  return {
    async take({ uuid, eventSourceArn, settings }) {
      if (settings.kind !== 'stream') return
      const arn = eventSourceArn ?? ''
      const isThere = (await on.stream(arn)) !== undefined
      // All shards of a stream that comes after its mapping come after it as well, and are read from their beginnings.
      const reader = isThere ? readers[kindOf(arn)](arn) : noShards
      await takePositions({ uuid, settings, reader, store })
    },
    forget: (uuid) => forgetPositions(uuid, store),
  }
}

const noShards: Parameters<typeof takePositions>[0]['reader'] = {
  shards: () => Promise.resolve([]),
  latest: () => Promise.reject(new Error('there is no such shard')),
}

const kindOf = (stream: string): StreamKind => streamKindOf({ stream })

function ofStream(streamArn: string, given: StreamSettings): StreamMappingSettings {
  const { kind: _, ...settings } = given
  return { streamArn, ...settings }
}

const progressOf = ({ checkpoint, dueMs, ...status }: ShardStatus): ShardProgress => ({
  shardId: status.shardId,
  state: status.state,
  sequenceNumber: checkpoint.kind === 'after' ? checkpoint.sequenceNumber : null,
  iteratorAgeMs: status.iteratorAgeMs,
  buffered: status.buffered,
  dueMs: dueMs ?? null,
})
