import type { StreamMappingSettings } from '../../sources/index.ts'
import { Trouble } from '../trouble.ts'
import { noStreamFigures, type StreamFigures, streamMetricsOf } from './figures.ts'
import { MappingRun } from './mappingRun.ts'
import type { StreamMappingDependencies } from './shardContext.ts'
import { placeQueue } from './placeQueue.ts'
import { readEntries } from './positions.ts'
import { restingStatus, type ShardStatus } from './shardStatus.ts'

/** As AWS words it in `GetEventSourceMapping`. */
export type LastProcessingResult = 'No records processed' | 'OK' | 'PROBLEM: Function call failed'

/** An event source mapping on a stream: reads, filters, gathers, invokes, keeps its place. */
export interface StreamMapping {
  readonly functionName: string
  /** As they are now. */
  readonly settings: StreamMappingSettings
  /** Why the stream cannot be read at the moment; `undefined` when all is well. */
  readonly problem: string | undefined
  /** Since the mapping was created. */
  readonly figures: StreamFigures
  /** Those that the settings ask for, by their names in CloudWatch (`metricsConfig: { metrics: [EventCount] }`). */
  readonly metrics: Readonly<Record<string, number>>
  readonly lastProcessingResult: LastProcessingResult
  /** Where it is in each shard; while it does not run, where it will go on. */
  positions(): readonly ShardStatus[]
  /** Begins to read; takes the positions first if nobody has (see {@link takePositions}). */
  start(): void
  /**
   * Takes over other settings of the same stream, between batches: what is with the function ends under the settings it
   * began with, and all that is not over is read again under the new ones. Resolves once a mapping that is no longer
   * enabled has come to rest, its position kept; throws a `PatternError` and changes nothing when a filter is no pattern.
   */
  update(settings: StreamMappingSettings): Promise<void>
  /** Stops reading, and resolves once what is with the function has ended and the position is durable. */
  stop(): Promise<void>
}

/** Creates the mapping; it reads once started. Throws a `PatternError` when one of its filters is no pattern. */
export function createStreamMapping<StreamRecord>(
  on: StreamMappingDependencies<StreamRecord>,
): StreamMapping {
  const { source, functionName } = on
  const figures = noStreamFigures()
  const onPlaceFreed = placeQueue(on.onPlaceFreed)
  let settings = on.settings
  let isForFunction = source.filter(settings)
  const stream = settings.streamArn
  const trouble = new Trouble(
    on.log,
    on.clock,
    `${source.name} mapping of ${functionName} to ${stream}`,
    'stream',
  )
  let result: LastProcessingResult = 'No records processed'
  let isStarted = false
  let run: MappingRun<StreamRecord> | undefined
  /** Stops and starts, one after the other. */
  let turn = Promise.resolve()

  function begin(): void {
    if (run || !isStarted || !settings.isEnabled) return
    run = new MappingRun({
      ...on,
      onPlaceFreed,
      settings,
      isForFunction,
      figures,
      trouble,
      noteResult: (isSuccess) => (result = isSuccess ? 'OK' : 'PROBLEM: Function call failed'),
    })
  }

  /** Ends what runs, and begins anew if it should. */
  function restart(): Promise<void> {
    turn = turn.then(async () => {
      const ending = run
      run = undefined
      await ending?.stop()
      begin()
    })
    return turn
  }

  return {
    functionName,
    get settings() {
      return settings
    },
    get problem() {
      return trouble.problem
    },
    get figures() {
      return { ...figures }
    },
    get metrics() {
      return streamMetricsOf(figures, settings.metrics)
    },
    get lastProcessingResult() {
      return result
    },
    positions: () =>
      run?.positions() ??
      [...readEntries(on.uuid, on.store)].map(([id, entry]) => restingStatus(id, entry, 'resting')),
    start() {
      isStarted = true
      void restart()
    },
    async update(next) {
      if (next.streamArn !== stream) throw new Error(`a mapping stays with its stream, ${stream}`)
      isForFunction = source.filter(next)
      settings = next
      const changed = restart()
      if (!next.isEnabled) await changed
    },
    async stop() {
      isStarted = false
      await restart()
    },
  }
}
