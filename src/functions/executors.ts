import { executorVariables } from './environmentVariables.ts'
import { type EnvironmentEnd, ExecutorProcess } from './executorProcess.ts'
import { nodeBinaryFor } from './nodeBinary.ts'
import type { Exit } from './payloads.ts'
import { profileOf } from './profile.ts'
import type { FunctionDefinition } from './types.ts'

/** How far a function is kept away from others. */
type Quarantine = 'function' | 'environment'

export interface ExecutorsOptions {
  readonly host: NodeJS.ProcessEnv
  readonly inspect: boolean
  readonly onStrayLine: (environments: readonly EnvironmentEnd[], text: string, stream: 'stdout' | 'stderr') => void
  readonly onExit: (environments: readonly EnvironmentEnd[], exit: Exit, isStopping: boolean) => void
}

/** Node's own default; editors attach to it by themselves. */
const INSPECT_PORT = 9229

/**
 * Which executor process hosts which environment. Functions share one, unless they ask for isolation, differ in what
 * only a whole process can have (folder, time zone, NODE_OPTIONS), or were in flight when an executor crashed.
 */
export class Executors {
  readonly #options: ExecutorsOptions
  readonly #byKey = new Map<string, ExecutorProcess>()
  readonly #quarantined = new Map<string, Quarantine>()
  #started = 0
  #isStopping = false

  constructor(options: ExecutorsOptions) {
    this.#options = options
  }

  /** Starts what most functions will use, so that the first environment need not wait for it. */
  async start(directory: string): Promise<void> {
    await this.#at({ key: sharedKey(directory), directory, variables: executorVariables(PLAIN, this.#options.host) }).started
  }

  /** The executor for a new environment of this function. */
  for(definition: FunctionDefinition, environmentNumber: number): ExecutorProcess {
    const { name, directory, environment, isolation, runtime } = definition
    const level = this.#quarantined.get(name) ?? (isolation === 'process' ? 'function' : undefined)
    const owner = level === undefined ? '' : `${name} ${level === 'environment' ? environmentNumber : ''}`
    const major = isolation === 'process' ? profileOf(runtime)?.major : undefined
    return this.#at({
      key: sharedKey(directory, environment['TZ'], environment['NODE_OPTIONS'], owner),
      directory,
      variables: executorVariables(definition, this.#options.host),
      ...(major === undefined ? {} : { nodeBinary: nodeBinaryFor(major, directory) }),
    })
  }

  /** A function that may bring an executor down gets its own; where it did so to itself, each environment does. */
  quarantine(definition: FunctionDefinition): void {
    const isAlone = definition.isolation === 'process' || this.#quarantined.has(definition.name)
    this.#quarantined.set(definition.name, isAlone ? 'environment' : 'function')
  }

  /** An executor of somebody's own that hosts nothing any more is not kept. */
  release(executor: ExecutorProcess): void {
    if (executor.environments.size > 0 || !executor.key.endsWith(' ')) return
    if (this.#byKey.get(executor.key) === executor) this.#byKey.delete(executor.key)
    void executor.stop()
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    await Promise.all([...this.#byKey.values()].map((executor) => executor.stop()))
  }

  #at(wanted: {
    key: string
    directory: string
    variables: Readonly<Record<string, string>>
    nodeBinary?: string
  }): ExecutorProcess {
    const running = this.#byKey.get(wanted.key)
    if (running) return running
    const executor: ExecutorProcess = new ExecutorProcess({
      nodeBinary: process.execPath,
      ...wanted,
      inspectPort: this.#options.inspect ? (this.#started++ === 0 ? INSPECT_PORT : 0) : undefined,
      onStrayLine: (text, stream) => this.#options.onStrayLine([...executor.environments.values()], text, stream),
      onExit: (exit) => {
        if (this.#byKey.get(wanted.key) === executor) this.#byKey.delete(wanted.key)
        const lost = [...executor.environments.values()]
        executor.environments.clear()
        this.#options.onExit(lost, exit, this.#isStopping)
      },
    })
    this.#byKey.set(wanted.key, executor)
    return executor
  }
}

const PLAIN = { environment: {} } as FunctionDefinition

const sharedKey = (directory: string, timeZone = '', nodeOptions = '', owner = ''): string =>
  JSON.stringify([directory, timeZone, nodeOptions, owner])
