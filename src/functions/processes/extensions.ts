import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterRealMs, wallClockMs } from '../../system/index.ts'
import { describeExit, type Exit } from '../payloads.ts'
import type { CreateHeader } from '../protocol.ts'
import type { Companions, CompanionsEnd, InvokeNotice, ShutdownReason } from './environmentApi.ts'
import { ExtensionsApi } from './extensionsApi.ts'
import { isExecutable } from './findProgram.ts'
import { Output } from './output.ts'
import type { Watchdog } from './watchdog.ts'

/** How long an environment may take for its end: with extensions beside the runtime, and with those within it. */
const EXTERNAL_BUDGET_MS = 2_000
const INTERNAL_BUDGET_MS = 500

/** Extensions do not see what only the runtime is told (invocation reference, section 4.3). */
const HIDDEN =
  /^(_|AWS_EXECUTION_ENV$|AWS_LAMBDA_LOG_.*_NAME$|AWS_XRAY_|LAMBDA_RUNTIME_DIR$|LAMBDA_TASK_ROOT$)/

/** An executable of a layer, running. */
interface External {
  readonly name: string
  readonly child: ChildProcess
  readonly gone: Promise<void>
}

/** The extensions of one environment: executables of its layers, and those that register from within the runtime. */
export class Extensions implements Companions {
  readonly #header: CreateHeader
  readonly #end: CompanionsEnd
  readonly #api: ExtensionsApi
  readonly #files: ReadonlyMap<string, string>
  readonly #running: External[] = []
  #started: (() => void) | undefined
  #isInitialised = false
  #isLeaving = false

  readonly #watchdog: Watchdog

  constructor(header: CreateHeader, end: CompanionsEnd, newId: () => string, watchdog: Watchdog) {
    const { definition } = end
    this.#watchdog = watchdog
    this.#header = header
    this.#end = end
    this.#files = externalFiles(definition.layers)
    this.#api = new ExtensionsApi({
      functionName: definition.name,
      functionVersion: definition.version,
      handler: definition.handler,
      accountId: definition.arn.split(':')[4] ?? '',
      isExternal: (name) => this.#files.has(name),
      newId,
      changed: () => this.#changed(),
      ready: (name, events) =>
        end.log(`EXTENSION\tName: ${name}\tState: Ready\tEvents: [${events.join(', ')}]`),
      failed: (errorType, message) => this.#failed(errorType, message),
    })
  }

  get routers() {
    return [this.#api.router]
  }

  get isEmpty(): boolean {
    return this.#files.size === 0 && this.#api.isEmpty
  }

  get hasExternal(): boolean {
    return this.#files.size > 0
  }

  async start(api: string): Promise<void> {
    if (this.#files.size === 0) return
    const registered = new Promise<void>((resolve) => (this.#started = resolve))
    for (const [name, file] of this.#files) this.#spawn(name, file, api)
    await registered
  }

  runtimeReady(): void {
    this.#isInitialised = true
    this.#api.close()
  }

  isReady(): boolean {
    return this.#api.isReady
  }

  invoke(notice: InvokeNotice): void {
    this.#api.invoke(notice)
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    for (const { child } of this.#running) signalGroup(child, signal)
  }

  async shutdown(reason: ShutdownReason): Promise<void> {
    this.#isLeaving = true
    const budgetMs = this.#files.size > 0 ? EXTERNAL_BUDGET_MS : INTERNAL_BUDGET_MS
    this.#api.shutDown(reason, wallClockMs() + budgetMs)
    // Those within the runtime end with it; nobody says when they are done.
    const gone = this.#files.size > 0 ? Promise.all(this.#running.map((one) => one.gone)) : NEVER
    await Promise.race([gone, new Promise<void>((resolve) => afterRealMs(budgetMs, resolve))])
  }

  async gone(): Promise<void> {
    await Promise.all(this.#running.map((one) => one.gone))
  }

  #spawn(name: string, file: string, api: string): void {
    const child = spawn(file, [], {
      cwd: this.#header.root,
      env: { ...visible(this.#header.variables), AWS_LAMBDA_RUNTIME_API: api },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    })
    if (child.pid !== undefined) this.#watchdog.watch(child.pid)
    // Its lines go into the function's log, as on AWS.
    void new Output([child.stdout, child.stderr], (line) => this.#end.log(line))
    const gone = new Promise<void>((resolve) => {
      child.once('error', (error) => {
        resolve()
        this.#failed('Extension.LaunchError', `${name}: ${error.message}`)
      })
      child.once('exit', (code, signal) => {
        resolve()
        if (child.pid !== undefined) this.#watchdog.forget(child.pid)
        this.#ended(name, signal === null ? { status: code ?? 0 } : { signal })
      })
    })
    this.#running.push({ name, child, gone })
  }

  #ended(name: string, exit: Exit): void {
    if (this.#isLeaving) return
    const errorType = this.#isInitialised ? 'Extension.Crash' : 'Extension.ExitError'
    this.#failed(errorType, `${name}: ${describeExit(exit).replace('Runtime', 'Extension')}`)
  }

  #failed(errorType: string, message: string): void {
    if (this.#isLeaving) return
    this.#end.log(`EXTENSION\t${errorType}\t${message}`)
    this.#started?.()
    this.#end.failed(errorType, message)
  }

  #changed(): void {
    if ([...this.#files.keys()].every((name) => this.#api.has(name))) this.#started?.()
    this.#end.changed()
  }
}

const NEVER = new Promise<never>(() => {})

/** By name; of two layers the later one's counts. */
function externalFiles(layers: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const layer of layers)
    for (const name of namesIn(join(layer, 'extensions'))) {
      const file = join(layer, 'extensions', name)
      if (isExecutable(file)) found.set(name, file)
    }
  return found
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted()
  } catch {
    return []
  }
}

const visible = (variables: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => !HIDDEN.test(name)))

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    if (process.platform !== 'win32') process.kill(-child.pid, signal)
    else if (signal === 'SIGKILL') child.kill(signal)
  } catch {
    // Gone already.
  }
}
