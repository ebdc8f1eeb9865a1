import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { afterRealMs, stopwatchMs, wallClockMs } from '../../system/index.ts'
import type { EnvironmentEnd } from '../environmentHost.ts'
import { describeExit, type Exit } from '../payloads.ts'
import { WRAPPER } from '../processCode.ts'
import type { CreateHeader, OutcomeHeader, RunHeader } from '../protocol.ts'
import type { Companions, CreateCompanions, ShutdownReason } from './environmentApi.ts'
import { createEnvironmentServer, type EnvironmentServer } from './environmentServer.ts'
import { type Launch, launchOf, type NoLaunch, wrapped } from './launch.ts'
import { nodeLaunch } from './nodeLaunch.ts'
import { Output } from './output.ts'
import { memoryOf } from './processMemory.ts'
import { type RuntimeAnswer, RuntimeApi } from './runtimeApi.ts'
import type { Watchdog } from './watchdog.ts'

/** What one environment needs to live. */
export interface ProcessEnvironmentSettings {
  readonly end: EnvironmentEnd
  readonly header: CreateHeader
  readonly createCompanions: CreateCompanions
  readonly watchdog: Watchdog
  readonly host: Readonly<Record<string, string | undefined>>
  /** A fresh id, for each event. */
  readonly newId: () => string
  /** Says something about the function that need not be said again. */
  readonly warnOnce: (text: string) => void
}

/** Between two looks at the memory of a process that is at work. */
const MEMORY_CHECK_MS = 100

/** With a debugger attached time does not run out: ten days. */
const UNLIMITED_MS = 864_000_000

/**
 * One execution environment that is a process of its own: starts it, serves its Runtime API, watches its time, memory
 * and end, and tells the runner of it. Between events the process is stopped, as it is frozen on AWS.
 */
export class ProcessEnvironment {
  readonly #settings: ProcessEnvironmentSettings
  readonly #api: RuntimeApi
  readonly #companions: Companions
  #phase: 'init' | 'idle' | 'running' | 'settling' | 'over' = 'init'
  #server: EnvironmentServer | undefined
  #child: ChildProcess | undefined
  #output: Output | undefined
  #exit: Exit | undefined
  #answer: RuntimeAnswer | undefined
  #startedMs = stopwatchMs()
  #mostBytes = 0
  #isStopped = false
  #cancelDeadline: () => void = () => {}
  #cancelCheck: () => void = () => {}
  readonly #runtimeGone: Promise<void>
  #shuttingDown: Promise<void> | undefined
  #tellGone: () => void = () => {}

  constructor(settings: ProcessEnvironmentSettings) {
    this.#settings = settings
    const { end } = settings
    this.#runtimeGone = new Promise((resolve) => {
      this.#tellGone = resolve
    })
    this.#api = new RuntimeApi({
      next: () => this.#next(),
      initError: (payload, errorType) =>
        this.#settle({ outcome: 'thrown', errorType, lost: 'initialisation failed' }, payload),
      stream: () => end,
      answered: (answer) => {
        this.#answer = answer
        this.#answerEarly()
      },
    })
    this.#companions = settings.createCompanions(settings.header, {
      definition: end.definition,
      changed: () => this.#settleWhenReady(),
      log: (text) => end.log(text),
      failed: (errorType, message) => this.#companionFailed(errorType, message),
    })
  }

  /** Starts the process; how that went is told to the runner's end. Never rejects. */
  async start(): Promise<void> {
    this.#startedMs = stopwatchMs()
    this.#setDeadline(this.#settings.header.initTimeoutMs)
    try {
      await this.#launch()
    } catch (error) {
      const { message } = error as Error
      const advice = `The environment of the function cannot be started: ${message}.`
      this.#refuse({ kind: 'impossible', errorType: 'Runtime.InvalidEntrypoint', message, advice })
    }
  }

  async #launch(): Promise<void> {
    const launch = await this.#plan()
    if (this.#isOver()) return
    if (launch.kind === 'impossible') {
      this.#refuse(launch)
      return
    }
    if (launch.warning !== undefined) this.#settings.warnOnce(launch.warning)
    const server = await createEnvironmentServer([this.#api.router, ...this.#companions.routers])
    this.#server = server
    if (!this.#isOver()) await this.#companions.start(server.address)
    if (this.#isOver()) server.close()
    else this.#spawn(launch, server.address)
  }

  run(header: RunHeader, payload: Uint8Array): void {
    const { timeoutMs: ownTimeoutMs } = this.#settings.header
    const timeoutMs = ownTimeoutMs === 0 ? 0 : (header.timeoutMs ?? ownTimeoutMs)
    const deadlineMs = wallClockMs() + (timeoutMs === 0 ? UNLIMITED_MS : timeoutMs)
    this.#phase = 'running'
    this.#answer = undefined
    this.#startedMs = stopwatchMs()
    this.#setDeadline(timeoutMs)
    this.#checkMemoryLater()
    this.#thaw()
    const notice = { ...header, deadlineMs }
    this.#companions.invoke(notice)
    this.#api.deliver(notice, this.#settings.newId(), payload)
  }

  /** Ends the process, and nothing is told any more. */
  destroy(reason: ShutdownReason = 'SPINDOWN'): void {
    if (this.#phase === 'over') return
    this.#phase = 'over'
    this.#cancelDeadline()
    this.#cancelCheck()
    if (this.#companions.isEmpty) this.#kill()
    else this.#shuttingDown = this.#shutDown(reason)
  }

  /** Resolves when the process, and all that live beside it, are gone. */
  get gone(): Promise<void> {
    return Promise.all([this.#runtimeGone, this.#shuttingDown]).then(() => {})
  }

  async #shutDown(reason: ShutdownReason): Promise<void> {
    this.#thaw()
    // Only with extensions is a runtime told that its environment ends.
    this.#signal('SIGTERM')
    await Promise.race([
      this.#companions.shutdown(reason),
      this.#companions.hasExternal ? NEVER : this.#runtimeGone,
    ])
    this.#companions.signal('SIGKILL')
    this.#kill()
    await this.#companions.gone()
  }

  async #plan(): Promise<Launch | NoLaunch> {
    const { end, header, host } = this.#settings
    const { definition } = end
    const launch = header.profile
      ? nodeLaunch({ ...header, profile: header.profile }, definition.directory)
      : await launchOf(definition, { path: header.variables['PATH'] ?? '', host })
    if (launch.kind === 'impossible') return launch
    return wrapped(launch, definition, header.variables[WRAPPER])
  }

  #spawn(launch: Launch, address: string): void {
    const { header, watchdog, end } = this.#settings
    const child = spawn(launch.command, launch.args, {
      cwd: header.root,
      env: { ...header.variables, ...launch.variables, AWS_LAMBDA_RUNTIME_API: address },
      stdio: ['ignore', 'pipe', 'pipe', ...(launch.hasLogPipe ? (['pipe'] as const) : [])],
      // A process group of its own: it is stopped and ended with all that it started.
      detached: process.platform !== 'win32',
      windowsHide: true,
    })
    this.#child = child
    this.#output = new Output(
      [child.stdout as Readable, child.stderr as Readable],
      (line) => end.log(line),
      launch.hasLogPipe ? (child.stdio[3] as Readable) : undefined,
    )
    if (child.pid !== undefined) watchdog.watch(child.pid)
    child.once('error', (error: NodeJS.ErrnoException) => this.#couldNotStart(launch, error))
    child.once('exit', (code, signal) => this.#ended(signal === null ? { status: code ?? 0 } : { signal }))
  }

  #couldNotStart(launch: Launch, error: NodeJS.ErrnoException): void {
    if (this.#child?.pid !== undefined) return
    const why = error.code === 'ENOEXEC' ? 'exec format error' : 'permission denied'
    this.#tellGone()
    this.#refuse({
      kind: 'impossible',
      errorType: 'Runtime.InvalidEntrypoint',
      message: `fork/exec ${launch.command}: ${error.code === 'ENOENT' ? 'no such file or directory' : why}`,
      advice: `${launch.command} cannot be started (${error.code ?? error.message}): is its first line \`#!\` and an interpreter?`,
    })
  }

  #refuse({ errorType, message, advice }: NoLaunch): void {
    this.#settings.end.log(advice)
    this.#settle({ outcome: 'platformError', reason: { errorType, message, advice }, lost: errorType })
  }

  #next(): void {
    if (this.#phase === 'init') this.#companions.runtimeReady()
    this.#settleWhenReady()
  }

  /** The initialisation, or an event, is over when all who take part have asked for the next event. */
  #settleWhenReady(): void {
    if (this.#api.state !== 'Ready' || !this.#companions.isReady()) return
    if (this.#phase === 'init') this.#settle({ outcome: 'success' })
    else if (this.#phase === 'running' && this.#answer) this.#settleAnswer({})
  }

  /** Extensions may be at work for longer than the runtime; the caller does not wait for them. */
  #answerEarly(): void {
    const answer = this.#answer
    if (!answer || this.#companions.isEmpty) return
    const durationMs = stopwatchMs() - this.#startedMs
    const { outcome, payload } = answer
    this.#output?.drain(() => {
      if (this.#phase === 'running' && this.#answer === answer)
        this.#settings.end.answered({ outcome, durationMs, memoryBytes: this.#mostBytes }, payload)
    })
  }

  #companionFailed(errorType: string, message: string): void {
    if (this.#phase !== 'idle') {
      // What was answered before stays answered; the environment ends either way.
      if (this.#phase === 'running' && this.#answer) this.#settleAnswer({ lost: errorType })
      else this.#settle({ outcome: 'platformError', reason: { errorType, message }, lost: errorType })
      return
    }
    this.destroy('FAILURE')
    this.#settings.end.crashed({ status: 1 }, false)
  }

  #settleAnswer(end: { lost?: string }): void {
    const { outcome, payload } = this.#answer ?? { outcome: 'success', payload: NOTHING }
    this.#settle({ outcome, ...end }, payload)
  }

  #ended(exit: Exit): void {
    this.#exit = exit
    this.#tellGone()
    const { pid } = this.#child ?? {}
    if (pid !== undefined) this.#settings.watchdog.forget(pid)
    const lost = describeExit(exit)
    if (this.#phase === 'idle') {
      // What it started, and what lives beside it, may still be there.
      this.destroy('FAILURE')
      this.#settings.end.crashed(exit, false)
    } else {
      // What it sent with its last breath may still be on its way through the sockets.
      this.#output?.drain(() => {
        if (this.#phase === 'running' && this.#answer) this.#settleAnswer({ lost })
        else this.#settle({ outcome: 'exited', exit, lost })
      })
    }
  }

  #setDeadline(timeoutMs: number): void {
    if (timeoutMs === 0) return
    this.#cancelDeadline = afterRealMs(timeoutMs, () => {
      // A runtime that has answered, and is busy with something else since, has answered.
      if (this.#answer && this.#phase === 'running') this.#settleAnswer({ lost: 'timeout' })
      else this.#settle({ outcome: 'timedOut', durationMs: timeoutMs, lost: 'timeout' })
    })
  }

  #checkMemoryLater(): void {
    this.#cancelCheck = afterRealMs(MEMORY_CHECK_MS, () => {
      if (this.#phase !== 'running') return
      if (this.#isOverMemory()) this.#settle({ outcome: 'outOfMemory', lost: 'out of memory' })
      else this.#checkMemoryLater()
    })
  }

  #isOverMemory(): boolean {
    const memory = this.#child?.pid === undefined || this.#exit ? undefined : memoryOf(this.#child.pid)
    if (!memory) return false
    this.#mostBytes = memory.mostBytes
    return memory.ownBytes > this.#settings.header.memoryMegabytes * 1_048_576
  }

  /** Ends the phase under way: what was written before is told first, then how it went. */
  #settle(
    given: Omit<OutcomeHeader, 'durationMs' | 'memoryBytes'> & { durationMs?: number },
    payload: Uint8Array = NOTHING,
  ): void {
    const { phase } = { phase: this.#phase }
    if (phase !== 'init' && phase !== 'running') return
    this.#phase = 'settling'
    this.#cancelDeadline()
    this.#cancelCheck()
    const durationMs = given.durationMs ?? stopwatchMs() - this.#startedMs
    const isOver = this.#isOverMemory() && given.outcome === 'success'
    const header: OutcomeHeader = { ...given, durationMs, memoryBytes: this.#mostBytes }
    if (header.lost !== undefined) this.#killRuntime()
    const tell = (): void => {
      if (this.#isOver()) return
      const told = isOver ? { ...header, outcome: 'outOfMemory' as const, lost: 'out of memory' } : header
      this.#tell(phase, told, isOver ? NOTHING : payload)
    }
    if (this.#output) this.#output.drain(tell)
    else tell()
  }

  #tell(phase: 'init' | 'running', given: OutcomeHeader, payload: Uint8Array): void {
    const { end } = this.#settings
    const header = this.#exit && given.lost === undefined ? withExit(phase, given, this.#exit) : given
    this.#phase = 'idle'
    if (header.lost !== undefined) this.destroy(header.lost === 'timeout' ? 'TIMEOUT' : 'FAILURE')
    if (phase === 'init') end.initialised(header, payload)
    else end.result(header, payload)
    this.#freezeWhenIdle()
  }

  /** The next event may have come already; and whoever steps through code must not be stopped. */
  #freezeWhenIdle(): void {
    if (this.#phase !== 'idle' || this.#settings.header.timeoutMs === 0) return
    this.#isStopped = true
    this.#signal('SIGSTOP')
    this.#companions.signal('SIGSTOP')
  }

  #thaw(): void {
    if (!this.#isStopped) return
    this.#isStopped = false
    this.#signal('SIGCONT')
    this.#companions.signal('SIGCONT')
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child ?? {}
    if (pid === undefined) return
    try {
      if (process.platform !== 'win32') process.kill(-pid, signal)
      else if (signal === 'SIGKILL') this.#child?.kill(signal)
    } catch {
      // Gone already: its exit is on the way, or was told.
    }
  }

  #killRuntime(): void {
    this.#signal('SIGKILL')
  }

  #kill(): void {
    this.#signal('SIGKILL')
    if (this.#child === undefined) this.#tellGone()
    this.#close()
  }

  #close(): void {
    this.#server?.close()
  }

  #isOver(): boolean {
    return this.#phase === 'over'
  }
}

const NOTHING = new Uint8Array()
const NEVER = new Promise<never>(() => {})

/** The process ended right after it was done: an initialisation was in vain, an event was answered. */
function withExit(phase: 'init' | 'running', header: OutcomeHeader, exit: Exit): OutcomeHeader {
  const lost = describeExit(exit)
  return phase === 'init' ? { ...header, outcome: 'exited', exit, lost } : { ...header, lost }
}
