import { createServer } from 'node:net'
import { executorVariables } from './environmentVariables.ts'
import type { EnvironmentEnd, EnvironmentHost } from './environmentHost.ts'
import { ExecutorProcess } from './executorProcess.ts'
import type { Exit } from './payloads.ts'
import type { FunctionDefinition } from './types.ts'

/** How far a function is kept away from others. */
type Quarantine = 'function' | 'environment'

export interface ExecutorsOptions {
  readonly host: NodeJS.ProcessEnv
  readonly inspect: boolean
  readonly onCrash: (signal: string, suspects: readonly string[]) => void
  /** What Node itself says about an executor: where a debugger can attach. */
  readonly onNotice: (text: string) => void
}

/** Node's own default; editors attach to it by themselves. */
const INSPECT_PORT = 9229

/**
 * Which executor process hosts which environment. Functions share one, unless they differ in what only a whole process
 * can have (folder, time zone, NODE_OPTIONS), or were in flight when an executor crashed.
 */
export class Executors {
  readonly #options: ExecutorsOptions
  readonly #byKey = new Map<string, ExecutorProcess>()
  readonly #quarantined = new Map<string, Quarantine>()
  /** The executor that most functions share. */
  #sharedKey = ''
  /** For the next executor; 0 lets Node choose. Node refuses to start on a port that is taken. */
  #inspectPort = 0

  constructor(options: ExecutorsOptions) {
    this.#options = options
  }

  /** Starts what most functions will use, so that the first environment need not wait for it. */
  async start(directory: string): Promise<void> {
    if (this.#options.inspect && (await isFree(INSPECT_PORT))) this.#inspectPort = INSPECT_PORT
    const variables = executorVariables({}, this.#options.host)
    this.#sharedKey = keyOf(directory)
    await this.#at({ key: this.#sharedKey, directory, variables }).started
  }

  /** The executor for a new environment of this function. */
  for(definition: FunctionDefinition, environmentNumber: number): ExecutorProcess {
    const { name, directory, environment } = definition
    const level = this.#quarantined.get(name)
    const owner = level === 'environment' ? `${name} ${environmentNumber}` : level === 'function' ? name : ''
    return this.#at({
      key: keyOf(directory, environment['TZ'], environment['NODE_OPTIONS'], owner),
      directory,
      variables: executorVariables(environment, this.#options.host),
    })
  }

  /** How many run. */
  get count(): number {
    return this.#byKey.size
  }

  /** Only the executor that most functions share is kept while it hosts nothing. */
  release(host: EnvironmentHost): void {
    if (!(host instanceof ExecutorProcess)) return
    const executor = host
    if (executor.environments.size > 0 || this.#byKey.get(this.#sharedKey) === executor) return
    for (const [key, running] of this.#byKey) if (running === executor) this.#byKey.delete(key)
    void executor.stop()
  }

  async stop(): Promise<void> {
    const running = [...this.#byKey.values()]
    this.#byKey.clear()
    await Promise.all(running.map((executor) => executor.stop()))
  }

  #at(wanted: {
    key: string
    directory: string
    variables: Readonly<Record<string, string>>
  }): ExecutorProcess {
    const running = this.#byKey.get(wanted.key)
    if (running) return running
    let lastWriter: EnvironmentEnd | undefined
    const executor: ExecutorProcess = new ExecutorProcess({
      ...wanted,
      inspectPort: this.#options.inspect ? this.#inspectPort : undefined,
      onStrayLine: (text) => {
        if (isDebuggerNotice(text)) {
          this.#options.onNotice(text)
          return
        }
        lastWriter = mostRecent(executor.environments.values()) ?? lastWriter
        lastWriter?.log(text)
      },
      onCrash: (exit) => {
        if (this.#byKey.get(wanted.key) === executor) this.#byKey.delete(wanted.key)
        const lost = [...executor.environments.values()]
        executor.environments.clear()
        this.#crashed(lost, exit)
      },
    })
    this.#inspectPort = 0
    this.#byKey.set(wanted.key, executor)
    return executor
  }

  /** With one event in flight it is clear whose doing it was; with several, all of them are suspects. */
  #crashed(lost: readonly EnvironmentEnd[], exit: Exit): void {
    const active = lost.filter((end) => end.activeSinceMs !== undefined)
    const definitions = new Map(active.map(({ definition }) => [definition.name, definition]))
    const suspects = [...definitions.keys()]
    if (active.length > 1) for (const definition of definitions.values()) this.#isolate(definition, suspects)
    this.#options.onCrash('signal' in exit ? exit.signal : `exit status ${exit.status}`, suspects)
    for (const end of lost) end.crashed(exit, active.length === 1 && end === active[0])
  }

  /** A suspect gets an executor of its own; one that was alone already gets one for each environment. */
  #isolate(definition: FunctionDefinition, suspects: readonly string[]): void {
    const { name } = definition
    const wasAlone = suspects.length === 1 && this.#quarantined.has(name)
    this.#quarantined.set(name, wasAlone ? 'environment' : 'function')
  }
}

const keyOf = (directory: string, timeZone = '', nodeOptions = '', owner = ''): string =>
  JSON.stringify([directory, timeZone, nodeOptions, owner])

const isDebuggerNotice = (text: string): boolean =>
  /^(Debugger listening on|Debugger attached|Waiting for the debugger|For help, see: https:\/\/nodejs)/.test(
    text,
  )

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

/** Writing past the capture says nothing about who wrote: the environment that began last is the best guess. */
function mostRecent(ends: Iterable<EnvironmentEnd>): EnvironmentEnd | undefined {
  let found: EnvironmentEnd | undefined
  for (const end of ends) {
    if ((end.activeSinceMs ?? -1) > (found?.activeSinceMs ?? -1)) found = end
  }
  return found
}
