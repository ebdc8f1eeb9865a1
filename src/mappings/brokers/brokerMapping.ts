import type { BrokerMappingSettings } from '../../sources/index.ts'
import { type Activity, type Clock, type Log, parkedWhile, sleep } from '../../system/index.ts'
import { type MappingFigures, metricsOf, noFigures } from '../figures.ts'
import { growingPauses, Trouble } from '../trouble.ts'
import type { BrokerEntry } from './brokerBatch.ts'
import { MessageGatherer } from './gatherMessages.ts'
import { runMessages, type RunMessagesDependencies } from './runMessages.ts'

export interface BrokerMappingDependencies<Message> extends Omit<
  RunMessagesDependencies<Message>,
  'channel' | 'figures'
> {
  readonly clock: Clock
  readonly log: Log
  readonly activity: Activity
  readonly settings: BrokerMappingSettings
}

/** An event source mapping on a topic or a queue of a message broker: reads, filters, gathers, invokes, acknowledges. */
export interface BrokerMapping {
  readonly functionName: string
  /** As they are now. */
  readonly settings: BrokerMappingSettings
  /** Why the broker cannot be read at the moment; `undefined` when all is well. */
  readonly problem: string | undefined
  /** Lambda's word for how the latest attempt went: `OK`, `PROBLEM: ...`. */
  readonly lastProcessingResult: string
  /** Since the mapping was created. */
  readonly figures: MappingFigures
  /** Those that the settings ask for, by their names in CloudWatch. */
  readonly metrics: Readonly<Record<string, number>>
  start(): void
  /**
   * Takes over other settings of the same source, between batches: what was received stays with the mapping. Resolves
   * once a mapping that is no longer enabled has come to rest; throws a `PatternError` and changes nothing when a
   * filter is no pattern.
   */
  update(settings: BrokerMappingSettings): Promise<void>
  /** Stops reading, and resolves once the batches that are with the function have ended and the broker has the rest back. */
  stop(): Promise<void>
}

const NOTHING_YET = 'No records processed'
const CONNECTION_PROBLEM =
  'PROBLEM: Connection error. Please check your event source connection configuration.'
const FUNCTION_PROBLEM = 'PROBLEM: Function call failed'

/** Creates the mapping; it reads once started. Throws a `PatternError` when one of its filters is no pattern. */
export function createBrokerMapping<Message>(on: BrokerMappingDependencies<Message>): BrokerMapping {
  const { source, clock, reader, functionName } = on
  const figures = noFigures()
  const channel = `${source.name}:${on.settings.channel}`
  const who = `${source.name} mapping of ${functionName} to ${on.settings.channel}`
  const run = { ...on, channel, figures }
  const gatherer = new MessageGatherer(run)
  const trouble = new Trouble(on.log, clock, who, source.retries === 'here' ? 'topic' : 'queue')
  const inFlight = new Set<Promise<void>>()
  const busyLanes = new Set<string>()
  let settings = on.settings
  let isForFunction = source.filter(settings)
  let pauses = growingPauses()
  /** A broker that redelivers gets so long before the next batch. */
  let pauseMs = 0
  let lastRun: string = NOTHING_YET
  let isStarted = false
  /** From one start, or enabling, to the next stop. */
  let period: AbortController | undefined
  /** From one change of what may be gathered to the next. */
  let era = new AbortController()
  let reading = Promise.resolve()

  async function read(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      const { signal } = era
      try {
        await untilFree(signal)
        const onlyLooks = trouble.problem !== undefined
        const batch = await gatherer.gather({ settings, isForFunction, busyLanes, onlyLooks, signal })
        trouble.over()
        if (batch.length > 0) open(batch, stopping)
      } catch (error) {
        if (!signal.aborted) await trouble.pauseAfter(error, signal)
      }
    }
  }

  /** Brokers without partitions have one batch at a time, and a pause after one that failed. */
  async function untilFree(signal: AbortSignal): Promise<void> {
    if (source.retries === 'here') return
    await Promise.all(inFlight)
    if (pauseMs === 0) return
    await sleep(clock, pauseMs, `next attempt of ${who}`, signal)
    pauseMs = 0
  }

  function open(batch: readonly BrokerEntry<Message>[], stopping: AbortSignal): void {
    const lanes = new Set(batch.map(({ lane }) => lane))
    for (const lane of lanes) busyLanes.add(lane)
    const work = on.activity.begin(`batch of ${batch.length} from ${channel} for ${functionName}`)
    const ending: Promise<void> = runMessages(batch, settings, run, work, stopping)
      .then(noteResult)
      .catch(async (error: unknown) => {
        on.log.error(`${who}: a batch could not be ended; it comes again`, error)
        await reader.giveBack(
          batch.map(({ message }) => message),
          { tried: true },
        )
      })
      .finally(() => {
        work.end()
        inFlight.delete(ending)
        for (const lane of lanes) busyLanes.delete(lane)
        // Whoever waits for other lanes may take these as well.
        if (source.retries === 'here') newEra()
      })
    inFlight.add(ending)
  }

  function noteResult(result: Awaited<ReturnType<typeof runMessages>>): void {
    if (result === 'failed') {
      lastRun = FUNCTION_PROBLEM
      pauseMs = pauses.next().value
    } else if (result === 'done') {
      lastRun = 'OK'
      pauseMs = 0
      pauses = growingPauses()
    }
  }

  function begin(): void {
    if (period || !isStarted || !settings.isEnabled) return
    period = new AbortController()
    const { signal } = period
    reading = reading.then(() => read(signal))
  }

  async function rest(): Promise<void> {
    if (period === undefined) return reading
    const work = on.activity.begin(`${who} ends`)
    period.abort()
    period = undefined
    newEra()
    reading = reading.then(end).finally(() => work.end())
    await parkedWhile(work, reading)
  }

  async function end(): Promise<void> {
    await Promise.all(inFlight)
    try {
      await reader.giveBack(gatherer.takeHeld(), { tried: false })
      await reader.close()
    } catch (error) {
      on.log.debug(`${who}: ${String(error)}`)
    }
  }

  function newEra(): void {
    const ended = era
    era = new AbortController()
    ended.abort(new Error('the mapping has stopped, or may read otherwise now'))
  }

  return {
    functionName,
    get settings() {
      return settings
    },
    get problem() {
      return trouble.problem
    },
    get lastProcessingResult() {
      return trouble.problem === undefined ? lastRun : CONNECTION_PROBLEM
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
      if (next.channel !== on.settings.channel)
        throw new Error(`a mapping stays with its source, ${on.settings.channel}`)
      isForFunction = source.filter(next)
      settings = next
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
