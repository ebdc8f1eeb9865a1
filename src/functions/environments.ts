import { afterRealMs, stopwatchMs } from '../system/index.ts'
import type { Build } from './build.ts'
import {
  Environment,
  type EnvironmentOwner,
  initErrorPayload,
  initializationTypeOf,
  initErrorType,
  type InitFailure,
  logStreamName,
  type Run,
} from './environment.ts'
import { environmentVariables } from './environmentVariables.ts'
import { billedMs, RunLog } from './logLines.ts'
import { platformLine } from './platformLine.ts'
import { type PlatformEvent, traceOf } from './platformEvent.ts'
import { runsAsProcess, taskRootOf } from './processCode.ts'
import type { RuntimeProfile } from './profile.ts'
import { ProvisionedEnvironments } from './provisionedEnvironments.ts'
import type { Surroundings } from './surroundings.ts'
import type { FunctionDefinition, ProvisionedStock, RunReport } from './types.ts'

/** The least that a cold start takes: waiting this long for a busy environment is no worse. */
const COLD_START_MS = 20

/** So many work side by side without a second thought: several on their way at once share their way. */
const FEW = 8

/** Whether waiting runs are served sooner by new environments than by those that are busy now. */
export function needsMore(
  waiting: number,
  busy: number,
  averageMs: number | undefined,
  coldMs: number,
): boolean {
  if (busy < FEW || averageMs === undefined) return waiting > 0
  return (waiting * averageMs) / busy > coldMs
}

const averageWith = (averageMs: number | undefined, tookMs: number): number =>
  averageMs === undefined ? tookMs : averageMs + (tookMs - averageMs) / 8

interface Start {
  readonly isPrewarmed: boolean
  readonly isProvisioned?: boolean
  /** The executor keeps a thread ready afterwards. */
  readonly wantsSpare: boolean
  readonly phase: 'init' | 'invoke'
  /** The run that this environment is for, when it cannot be another's. */
  readonly run: Run | undefined
  readonly settled: (failure: InitFailure | undefined) => void
}

/** Nobody waits for what is initialised ahead, so AWS gives it longer: this, or the function's timeout. */
const PROVISIONED_INIT_TIMEOUT_MS = 130_000

const ON_DEMAND = { isPrewarmed: false, wantsSpare: false } as const

/**
 * The execution environments of one generation of a function's code: a last-in-first-out list of free ones, and the
 * runs that wait for one.
 */
export class Environments implements EnvironmentOwner {
  readonly definition: FunctionDefinition
  /** Node.js; others run as processes. */
  readonly #profile: RuntimeProfile | undefined
  readonly #around: Surroundings
  readonly #all = new Set<Environment>()
  readonly #starting = new Map<Environment, Start>()
  #free: Environment[] = []
  /** Environments that are initialised ahead; `undefined` for a function without any, which is nearly all. */
  #provision: ProvisionedEnvironments | undefined
  #waiting: Run[] = []
  #requested = 0
  #build: Build | undefined
  /** How long runs take, the recent ones counting most. */
  #averageMs: number | undefined
  /** How long environments took to start: on a busy machine much longer than on an idle one. */
  #coldMs = COLD_START_MS
  #patience: (() => void) | undefined
  #isRetired = false
  #drained: (() => void) | undefined

  constructor(definition: FunctionDefinition, profile: RuntimeProfile | undefined, around: Surroundings) {
    this.definition = definition
    this.#profile = profile
    this.#around = around
  }

  /** The code is there (or is known to be broken): from now on environments can start. */
  built(build: Build): void {
    this.#build = build
    this.#provision?.fill()
    this.#serveWaiting()
  }

  /** See `Functions.provision`. Resolves when all are initialised, or one could not be. */
  provision(count: number, changed: (stock: ProvisionedStock) => void): Promise<void> {
    this.#provision ??= new ProvisionedEnvironments({
      canStart: () => this.#build !== undefined && !this.#isRetired,
      isBroken: () => this.#build?.failure !== undefined,
      start: (settled) => this.#startProvisioned(settled),
      dismiss: (environment) => this.#dismiss(environment, 'no longer provisioned'),
    })
    return this.#provision.set(count, changed)
  }

  #startProvisioned(settled: (environment: Environment | undefined, isLost: boolean) => void): void {
    this.#around.starts.enter((leave) => {
      const environment = this.#start({
        isPrewarmed: true,
        isProvisioned: true,
        wantsSpare: false,
        phase: 'init',
        run: undefined,
        settled: (failure) => {
          leave()
          settled(failure ? undefined : environment, failure?.outcome === 'lost')
        },
      })
    })
  }

  run(run: Run): void {
    const kept = run.request.isProvisioned ? this.#provision?.take() : undefined
    const environment = kept ?? this.#free.pop()
    if (environment) {
      environment.begin(run)
      return
    }
    run.waitingSinceMs = stopwatchMs()
    this.#waiting.push(run)
    this.#serveWaiting()
  }

  /** Starts one environment ahead of the first run; what comes in the place of older code may soon be replaced itself. */
  prewarm(isReplacing: boolean): Promise<InitFailure | undefined> {
    return new Promise((resolve) => {
      this.#around.starts.enter((leave) => {
        const settled = (failure: InitFailure | undefined): void => {
          leave()
          resolve(failure)
        }
        this.#start({
          isPrewarmed: true,
          wantsSpare: isReplacing,
          phase: 'init',
          run: undefined,
          settled,
        })
      })
    })
  }

  /**
   * Newer code answers from now on (or nobody does): runs in flight end here, waiting ones move on, and when the last
   * environment is gone `drained` is called.
   */
  retire(successor: Environments | undefined, drained: () => void): void {
    this.#isRetired = true
    this.#drained = drained
    if (successor) {
      const waiting = this.#waiting
      this.#waiting = []
      for (const run of waiting) successor.run(run)
    }
    const free = [...this.#free, ...(this.#provision?.giveUp() ?? [])]
    this.#free = []
    for (const environment of free) this.#dismiss(environment, 'replaced')
    this.#checkDrained()
  }

  /** Ends everything at once. */
  abandon(message: string): void {
    this.#provision?.giveUp()
    const waiting = this.#waiting
    this.#waiting = []
    for (const run of waiting) run.resolve({ kind: 'systemError', message })
    for (const environment of this.#all) environment.abandon(message, 'stopped')
  }

  list(): readonly Environment[] {
    return [...this.#all]
  }

  get isBusy(): boolean {
    return this.#waiting.length > 0 || [...this.#all].some((environment) => environment.isBusy)
  }

  /** Since when nothing of it has run; `undefined` while something does, or is about to. */
  get quietSinceMs(): number | undefined {
    return this.isBusy || this.#starting.size > 0 ? undefined : this.#free.at(-1)?.idleSinceMs
  }

  /** See `IdleReaper`. The list is last in, first out: who waits longest stands first. */
  reap(idleSinceMs: number): number | undefined {
    while (this.#free[0] && this.#free[0].idleSinceMs <= idleSinceMs) {
      const idle = this.#free.shift()
      if (idle) this.#dismiss(idle, 'idle')
    }
    return this.#free[0]?.idleSinceMs
  }

  ready(environment: Environment): void {
    const start = this.#starting.get(environment)
    this.#starting.delete(environment)
    start?.settled(undefined)
    this.#coldMs = Math.max(COLD_START_MS, averageWith(this.#coldMs, environment.initMs ?? 0))
    if (start?.run) environment.begin(start.run)
    else this.free(environment)
  }

  failed(environment: Environment, failure: InitFailure): void {
    const start = this.#starting.get(environment)
    this.#starting.delete(environment)
    start?.settled(failure)
    // A crash that others caused is nobody's answer: the run waits for the next environment.
    const isAnswer = failure.outcome !== 'lost' && !start?.isPrewarmed
    const run = start?.run ?? (isAnswer ? this.#waiting.shift() : undefined)
    if (run) this.#answerFailure(run, failure, start, environment)
    this.ended(environment)
  }

  free(environment: Environment, tookMs?: number): void {
    if (tookMs !== undefined) this.#averageMs = averageWith(this.#averageMs, tookMs)
    const { isProvisioned } = environment.settings
    const run = isProvisioned ? this.#nextProvisioned() : this.#waiting.shift()
    if (run) {
      environment.begin(run)
      return
    }
    if (this.#isRetired) {
      this.#dismiss(environment, 'replaced')
      return
    }
    if (isProvisioned) {
      this.#freeProvisioned(environment)
      return
    }
    environment.idleSinceMs = stopwatchMs()
    this.#free.push(environment)
    this.#around.idle()
  }

  ended(environment: Environment): void {
    this.#all.delete(environment)
    this.#starting.delete(environment)
    this.#around.byAccessKey.delete(environment.settings.accessKeyId)
    this.#around.executors.release(environment.settings.host)
    const at = this.#free.indexOf(environment)
    if (at >= 0) this.#free.splice(at, 1)
    this.#provision?.ended(environment)
    if (this.#waiting.length > 0) this.#serveWaiting()
    this.#checkDrained()
    this.#around.ended()
  }

  /** What is initialised ahead is for those that were admitted to it. */
  #nextProvisioned(): Run | undefined {
    const at = this.#waiting.findIndex(({ request }) => request.isProvisioned)
    return at < 0 ? undefined : this.#waiting.splice(at, 1)[0]
  }

  #freeProvisioned(environment: Environment): void {
    if (this.#provision?.free(environment) === false) this.#dismiss(environment, 'no longer provisioned')
    this.#around.idle()
  }

  #dismiss(environment: Environment, reason: string): void {
    environment.destroy(reason)
    this.ended(environment)
  }

  #serveWaiting(): void {
    const build = this.#build
    if (!build) return
    if (build.failure) {
      const waiting = this.#waiting
      this.#waiting = []
      for (const run of waiting)
        this.#answer(run, build.failure.payload, build.failure.errorType, 0, undefined)
      this.#checkDrained()
      return
    }
    const busy = this.#all.size - this.#starting.size
    if (needsMore(this.#waiting.length, busy, this.#averageMs, this.#coldMs))
      this.#request(this.#waiting.length)
    else this.#waitPatiently()
  }

  /** Asks for environments until as many are on their way as `wanted` says. */
  #request(wanted: number): void {
    while (this.#requested + this.#starting.size < wanted) {
      this.#requested++
      this.#around.starts.enter((leave) => {
        this.#requested--
        // Meanwhile environments may have become free and taken the run that this one was for.
        if (this.#starting.size >= this.#waiting.length) leave()
        else this.#start({ ...ON_DEMAND, phase: 'init', run: undefined, settled: leave })
      })
    }
  }

  /** Runs should not have to wait; whoever still does after a while gets a new environment. */
  #waitPatiently(): void {
    if (this.#patience || this.#waiting.length === 0) return
    this.#patience = afterRealMs(this.#coldMs, () => {
      this.#patience = undefined
      const sinceMs = stopwatchMs() - this.#coldMs
      this.#request(this.#waiting.filter((run) => run.waitingSinceMs <= sinceMs).length)
      this.#waitPatiently()
    })
  }

  #start(start: Start): Environment {
    const { definition } = this
    const { clock, ids, executors, events, region, inspect, host, byAccessKey } = this.#around
    const number = this.#around.nextNumber()
    const id = ids.hex(32)
    const logStream = logStreamName(clock, definition.version, id)
    const accessKeyId = `LAMBENT${ids.hex(13).toUpperCase()}`
    const executor = runsAsProcess(definition) ? this.#around.processes : executors.for(definition, number)
    const { isPrewarmed, isProvisioned = false, phase } = start
    const environment = new Environment(
      {
        definition,
        number,
        id,
        logStream,
        accessKeyId,
        region,
        host: executor,
        events,
        isPrewarmed,
        isProvisioned,
        phase,
      },
      this,
    )
    this.#all.add(environment)
    this.#starting.set(environment, start)
    byAccessKey.set(accessKeyId, environment)
    const initTimeoutMs = this.#initTimeoutMs(start)
    executor.create(number, environment, {
      root: taskRootOf(definition),
      handler: definition.handler,
      entryFile: this.#build?.entryFile,
      profile: this.#profile,
      variables: environmentVariables(
        definition,
        { region, logStream, accessKeyId, initializationType: initializationTypeOf(start) },
        host,
      ),
      execArgv: this.#execArgv(),
      memoryMegabytes: definition.memoryMegabytes,
      initTimeoutMs: inspect ? 0 : initTimeoutMs,
      timeoutMs: inspect ? 0 : definition.timeoutMs,
      spareMs: start.wantsSpare && !inspect ? this.#around.spareMs : 0,
    })
    return environment
  }

  #initTimeoutMs({ isProvisioned, phase }: Start): number {
    if (phase === 'invoke') return this.definition.timeoutMs
    if (isProvisioned) return Math.max(PROVISIONED_INIT_TIMEOUT_MS, this.definition.timeoutMs)
    return this.#around.initTimeoutMs
  }

  /** What the handler's own NODE_OPTIONS decide stays as it is; a build may require modules, as a bundle does. */
  #execArgv(): readonly string[] {
    const own = this.definition.environment['NODE_OPTIONS'] ?? ''
    if (this.#build?.entryFile !== undefined) return ['--enable-source-maps']
    return (this.#profile?.moduleFlags ?? []).filter((flag) => !own.includes(flag.replace(/^--(no-)?/, '')))
  }

  #answerFailure(run: Run, failure: InitFailure, start: Start | undefined, environment: Environment): void {
    if (failure.outcome === 'lost') {
      this.#waiting.unshift(run)
    } else if (failure.outcome === 'timedOut' && start?.phase === 'init') {
      // AWS tries again within the invocation, at the cost of the function's own timeout.
      this.#start({ ...ON_DEMAND, phase: 'invoke', run, settled: () => {} })
    } else {
      const payload = initErrorPayload(failure, run.request.requestId, this.definition.timeoutMs)
      this.#answer(run, payload, initErrorType(failure), failure.durationMs, environment)
    }
  }

  /** Answers a run that no environment could be had for. */
  #answer(
    run: Run,
    payload: Uint8Array,
    errorType: string,
    durationMs: number,
    environment: Environment | undefined,
  ): void {
    const { definition } = this
    const { requestId } = run.request
    const id = environment?.settings.id ?? this.#around.ids.hex(32)
    const report: RunReport = {
      environmentId: id,
      logStream: environment?.settings.logStream ?? logStreamName(this.#around.clock, definition.version, id),
      durationMs,
      billedMs: billedMs(durationMs, undefined),
      memoryMegabytes: definition.memoryMegabytes,
      maxMemoryMegabytes: 0,
      initMs: undefined,
      status: errorType === 'Sandbox.Timedout' ? 'timeout' : 'error',
      errorType,
    }
    const log = new RunLog()
    const trace = traceOf(run.request.traceId, definition.isTraced)
    const told: PlatformEvent[] = [
      { kind: 'start', requestId, version: definition.version, trace },
      { kind: 'runtimeDone', requestId, report, producedBytes: 0 },
      { kind: 'report', requestId, report, trace },
    ]
    for (const event of told) {
      const text = platformLine(event, definition.logging)
      if (text === undefined) continue
      log.add(text)
      const { logStream } = report
      this.#around.events.logLine({
        functionName: definition.name,
        logGroup: definition.logging.group,
        logStream,
        requestId,
        source: 'platform',
        text,
      })
    }
    run.resolve({ kind: 'functionError', payload, report, log })
  }

  #checkDrained(): void {
    if (!this.#isRetired || this.#all.size > 0 || this.#waiting.length > 0) return
    this.#drained?.()
    this.#drained = undefined
  }
}
