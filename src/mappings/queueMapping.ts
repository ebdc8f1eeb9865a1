import type { QueueMappingSettings, QueueReader, QueueSource } from '../sources/index.ts'
import type { Activity, Clock, Ids, Ledger, Log, Work } from '../system/index.ts'
import type { Encoded } from './batch.ts'
import { type MappingFigures, metricsOf, noFigures } from './figures.ts'
import { Gatherer } from './gatherBatch.ts'
import { GroupLanes } from './groupLanes.ts'
import { Lanes, type LanesDependencies } from './lanes.ts'
import { runBatch, type RunDependencies } from './runBatch.ts'
import { Trouble } from './trouble.ts'

export interface QueueMappingDependencies<Message>
  extends Pick<RunDependencies<Message>, 'invoke'>, Pick<LanesDependencies, 'freePlaces' | 'onPlaceFreed'> {
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly ledger: Ledger
  readonly activity: Activity
  readonly region: string
  readonly functionName: string
  readonly settings: QueueMappingSettings
  readonly source: Omit<QueueSource<never, Message>, 'config' | 'examples' | 'settings'>
  readonly reader: QueueReader<Message>
}

/** An event source mapping on a queue: reads, filters, gathers, invokes, deletes. */
export interface QueueMapping {
  readonly functionName: string
  /** As they are now. */
  readonly settings: QueueMappingSettings
  /** Why the queue cannot be read at the moment; `undefined` when all is well. */
  readonly problem: string | undefined
  /** Since the mapping was created. */
  readonly figures: MappingFigures
  /** Those that the settings ask for, by their names in CloudWatch (`metricsConfig: { metrics: [EventCount] }`). */
  readonly metrics: Readonly<Record<string, number>>
  start(): void
  /**
   * Takes over other settings of the same queue, between batches: what was received stays with the mapping, batches
   * that are with the function end under the settings they began with. Resolves once a mapping that is no longer
   * enabled has come to rest; throws a `PatternError` and changes nothing when a filter is no pattern.
   */
  update(settings: QueueMappingSettings): Promise<void>
  /**
   * Stops reading, and resolves once the batches that are with the function have ended. What was received and not
   * handed over becomes visible again at once, where the queue can do that.
   */
  stop(): Promise<void>
}

/** Creates the mapping; it reads once started. Throws a `PatternError` when one of its filters is no pattern. */
export function createQueueMapping<Message>(on: QueueMappingDependencies<Message>): QueueMapping {
  const { source, clock, reader, functionName } = on
  const figures = noFigures()
  let settings = on.settings
  let isForFunction = source.filter(settings)
  const queue = settings.queueArn
  const who = `${source.name} mapping of ${functionName} to ${queue}`
  const lanes = new Lanes(
    { ...on, label: `more batches for ${functionName}` },
    settings,
    source.isOrdered(settings),
  )
  const gatherer = new Gatherer({ ...on, figures })
  const groups = new GroupLanes<Message>((message) => source.group(message) ?? '')
  const trouble = new Trouble(on.log, clock, who)
  const inFlight = new Set<Promise<void>>()
  let lastEndMs = -Infinity
  let isStarted = false
  /** From one start, or enabling, to the next stop. */
  let period: AbortController | undefined
  /** From one change of settings to the next. */
  let era = new AbortController()
  let reading = Promise.resolve()

  async function read(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      const { signal } = era
      try {
        const free = await lanes.free(signal)
        const onlyLooks = trouble.problem !== undefined
        const batch = await gatherer.gather({
          settings,
          isForFunction,
          // What stands behind in a group has to stay in the queue until the group is free again.
          freeLanes: source.isOrdered(settings) ? 1 : free,
          onlyLooks,
          lastEndMs: () => lastEndMs,
          signal,
        })
        trouble.over()
        if (batch.length > 0) open(batch, stopping)
      } catch (error) {
        if (!signal.aborted) await trouble.pauseAfter(error, signal)
      }
    }
  }

  function open(gathered: readonly Encoded<Message>[], stopping: AbortSignal): void {
    const isOrdered = source.isOrdered(settings)
    const batch = isOrdered ? groups.admit(gathered) : gathered
    if (batch.length === 0) return
    const work = on.activity.begin(`batch of ${batch.length} from ${queue} for ${functionName}`)
    lanes.opened()
    const lane: Promise<void> = (isOrdered ? runInOrder(batch, work, stopping) : run(batch, work, stopping))
      .then(() => {})
      .catch((error: unknown) => {
        lanes.note('failed')
        on.log.error(`${who}: a batch could not be ended; it comes back by itself`, error)
      })
      .finally(() => {
        work.end()
        inFlight.delete(lane)
        lastEndMs = clock.now()
        lanes.ended()
      })
    inFlight.add(lane)
  }

  const runInOrder = (batch: readonly Encoded<Message>[], work: Work, stopping: AbortSignal): Promise<void> =>
    groups.run(batch, groups.admit(gatherer.encode(gatherer.takeHeld(), settings)), {
      batchSize: settings.batchSize,
      run: (next) => run(next, work, stopping),
      isOurs: (message) => source.visibleAgainMs(message) > clock.now(),
      giveBack,
      stopping,
    })

  /** Answers what the function is not done with. */
  async function run(
    batch: readonly Encoded<Message>[],
    work: Work,
    stopping: AbortSignal,
  ): Promise<readonly Encoded<Message>[]> {
    const { kind, left } = await runBatch(batch, settings, { ...on, figures }, work, stopping)
    lanes.note(kind === 'commit' ? 'well' : 'failed')
    // A batch that was refused until the mapping stopped has not been tried: no need for it to wait.
    if (kind === 'again' && stopping.aborted) await giveBack(left.map(({ message }) => message))
    return left
  }

  /** Messages that cannot be given back come back by themselves. */
  async function giveBack(messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return
    await reader.release?.(messages).catch((error: unknown) => on.log.debug(`${who}: ${String(error)}`))
  }

  function begin(): void {
    if (period || !isStarted || !settings.isEnabled) return
    period = new AbortController()
    const { signal } = period
    reading = reading.then(() => read(signal))
  }

  async function rest(): Promise<void> {
    period?.abort()
    period = undefined
    newEra()
    await reading
    await giveBack(gatherer.takeHeld())
    await Promise.all(inFlight)
  }

  function newEra(): void {
    const ended = era
    era = new AbortController()
    ended.abort(new Error('the mapping has stopped, or has other settings now'))
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
      return metricsOf(figures, settings.metrics)
    },
    start() {
      isStarted = true
      begin()
    },
    async update(next) {
      if (next.queueArn !== queue) throw new Error(`a mapping stays with its queue, ${queue}`)
      isForFunction = source.filter(next)
      settings = next
      lanes.change(next, source.isOrdered(next))
      if (!next.isEnabled) return rest()
      newEra()
      begin()
    },
    async stop() {
      isStarted = false
      await rest()
    },
  }
}
