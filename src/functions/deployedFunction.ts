import { rm } from 'node:fs/promises'
import { stopwatchMs } from '../system/index.ts'
import {
  type Build,
  buildOf as buildOfNode,
  buildOfNothing,
  type Source,
  sourceOf as sourceOfNode,
  untraced,
} from './build.ts'
import { frameOfTrace } from './codeFrame.ts'
import { errorOf, initErrorType, type InitFailure, type Run } from './environment.ts'
import { Environments } from './environments.ts'
import { buildOfProcess, codeOfProcess, isProcessRuntime } from './processCode.ts'
import { profileOf } from './profile.ts'
import { buildOfSnapshot } from './snapshot.ts'
import type { Surroundings } from './surroundings.ts'
import type { FunctionDefinition, ProvisionedStock } from './types.ts'

/** One generation of a function's code. */
interface Generation {
  readonly number: number
  readonly environments: Environments
  build: Build
  /** `build.files` is complete. */
  isTraced: boolean
}

interface Wish {
  definition: FunctionDefinition
  prewarm: boolean
  readonly done: Promise<void>
}

/** A function by name, through all its generations: exactly one answers, older ones end what they began. */
export class DeployedFunction {
  readonly #around: Surroundings
  #current: Generation | undefined
  #generations = 0
  /** Older ones, each with its end. */
  readonly #retiring = new Map<Environments, Promise<void>>()
  #deploying: Promise<void> = Promise.resolve()
  /** The deployment that has not begun; later wishes join it. */
  #next: Wish | undefined
  #definition: FunctionDefinition | undefined
  #provision: { readonly count: number; readonly changed: (stock: ProvisionedStock) => void } | undefined

  constructor(around: Surroundings) {
    this.#around = around
  }

  /** Deployments of one function follow each other; of several that wait, the last definition is the one made. */
  deploy(definition: FunctionDefinition, prewarm: boolean): Promise<void> {
    this.#definition = definition
    if (this.#next) {
      this.#next.definition = definition
      this.#next.prewarm ||= prewarm
      return this.#next.done
    }
    if (!prewarm && !this.#current) return this.#deployCold(definition)
    const done = this.#deploying.then(() => {
      this.#next = undefined
      const isFirst = !wish.prewarm && !this.#current
      return isFirst ? this.#deployCold(wish.definition) : this.#replace(wish.definition, wish.prewarm)
    })
    const wish: Wish = { definition, prewarm, done }
    this.#next = wish
    this.#deploying = done.catch(() => {})
    return done
  }

  get definition(): FunctionDefinition | undefined {
    return this.#definition
  }

  /** Builds again what is on disk now. */
  async redeploy(): Promise<void> {
    if (this.#definition) await this.deploy(this.#definition, true)
  }

  /** See `Functions.provision`. */
  provision(count: number, changed: (stock: ProvisionedStock) => void): void {
    this.#provision = { count, changed }
    void this.#current?.environments.provision(count, changed)
  }

  run(run: Run): void {
    if (this.#current) this.#current.environments.run(run)
    else void this.#runWhenDeployed(run)
  }

  async #runWhenDeployed(run: Run): Promise<void> {
    await this.#deploying
    if (this.#current) this.#current.environments.run(run)
    else run.resolve({ kind: 'systemError', message: 'The function could not be deployed.' })
  }

  get files(): readonly string[] {
    return this.#current?.build.files ?? []
  }

  /** Makes `files` complete, where that was put off. */
  async trace(): Promise<void> {
    const generation = this.#current
    if (!generation || generation.isTraced) return
    generation.isTraced = true
    const { definition } = generation.environments
    generation.build = await buildOf(definition, sourceOf(definition))
  }

  environments(): readonly Environments[] {
    return [...(this.#current ? [this.#current.environments] : []), ...this.#retiring.keys()]
  }

  /** Nobody will ask for this function again; what runs may end. */
  async remove(): Promise<void> {
    await this.#deploying
    const generation = this.#current
    this.#current = undefined
    if (generation) await this.#retire(generation, undefined)
  }

  /** Resolves when all older generations have ended. */
  async drained(): Promise<void> {
    await Promise.all(this.#retiring.values())
  }

  /** Deletes what was built. */
  async clean(): Promise<void> {
    await this.#deploying
    if (this.#current) await discard(this.#current.build)
  }

  /** At start-up: answers as soon as it can, and puts off whatever can wait. */
  async #deployCold(definition: FunctionDefinition): Promise<void> {
    const startedMs = stopwatchMs()
    if (definition.entryFile !== undefined) return this.#useSnapshot(definition, definition.entryFile)
    const source = sourceOf(definition)
    if (!source.isTypeScript) {
      const build = source.file === undefined ? buildOfNothing(source.path) : untraced(source.file)
      this.#current = this.#generation(definition, build, source.file === undefined)
      this.#current.environments.built(build)
      this.#provisionAgain()
      this.#tellDeployed(this.#current, startedMs)
      // No compiler is needed to know a process's files.
      if (isProcessRuntime(definition.runtime)) void this.trace()
      return
    }
    const generation = this.#generation(definition, untraced(source.file ?? source.path), true)
    this.#current = generation
    this.#provisionAgain()
    this.#deploying = this.#buildLater(generation, source, startedMs)
  }

  /** A published version has one generation only, and nobody waits to hear of it. */
  #useSnapshot(definition: FunctionDefinition, entryFile: string): void {
    const build = buildOfSnapshot(entryFile, definition.version)
    this.#current = this.#generation(definition, build, true)
    this.#current.environments.built(build)
    this.#provisionAgain()
  }

  async #buildLater(generation: Generation, source: Source, startedMs: number): Promise<void> {
    const { definition } = generation.environments
    generation.build = await buildOf(definition, source)
    generation.environments.built(generation.build)
    const { failure } = generation.build
    if (failure) this.#around.events.deployFailed({ functionName: definition.name, ...said(failure) })
    else this.#tellDeployed(generation, startedMs)
  }

  /** Builds, starts one environment (if that is wished), and only then switches. */
  async #replace(definition: FunctionDefinition, prewarm: boolean): Promise<void> {
    const startedMs = stopwatchMs()
    const source = sourceOf(definition)
    const tracing = buildOf(definition, source)
    // JavaScript needs no build: its graph is followed while its first environment starts.
    const build = source.isTypeScript ? await tracing : untraced(source.file ?? source.path)
    const generation = this.#generation(definition, build, true)
    generation.environments.built(build)
    const old = this.#current
    const mayStart = prewarm && !build.failure
    const initFailure = mayStart ? await generation.environments.prewarm(old !== undefined) : undefined
    // The places of the old code are there to be used until those of the new are.
    if (this.#provision?.count && !initFailure)
      await generation.environments.provision(this.#provision.count, () => {})
    // Until the graph is known, the old one is the best guess.
    generation.build = { ...build, files: [...new Set([...build.files, ...(old?.build.files ?? [])])] }
    this.#current = generation
    this.#provisionAgain()
    if (old) void this.#retire(old, generation.environments)
    generation.build = withKnownFiles(await tracing, definition, old)
    const complaint = complaintOf(build, generation.build, initFailure, definition)
    if (complaint) this.#around.events.deployFailed({ functionName: definition.name, ...complaint })
    else this.#tellDeployed(generation, startedMs)
  }

  /** What a deployment has begun with stays true for its next generation. */
  #provisionAgain(): void {
    if (!this.#provision) return
    const { count, changed } = this.#provision
    void this.#current?.environments.provision(count, changed)
  }

  #generation(definition: FunctionDefinition, build: Build, isTraced: boolean): Generation {
    // An object of its own for each generation: what is remembered of one does not pass on to the next.
    const environments = new Environments({ ...definition }, profileOf(definition.runtime), this.#around)
    return { number: ++this.#generations, environments, build, isTraced }
  }

  #retire(generation: Generation, successor: Environments | undefined): Promise<void> {
    const { environments } = generation
    const hasDrained = new Promise<void>((resolve) => environments.retire(successor, resolve))
    const ended = hasDrained.then(() => {
      this.#retiring.delete(environments)
      return discard(generation.build)
    })
    this.#retiring.set(environments, ended)
    return ended
  }

  #tellDeployed(generation: Generation, startedMs: number): void {
    const { number, environments } = generation
    const { name: functionName } = environments.definition
    this.#around.events.deployed({ functionName, generation: number, tookMs: stopwatchMs() - startedMs })
  }
}

/** Where the code of a function is: a process's runtime finds it by itself. */
const sourceOf = (definition: FunctionDefinition): Source =>
  isProcessRuntime(definition.runtime) ? codeOfProcess(definition) : sourceOfNode(definition)

const buildOf = (definition: FunctionDefinition, source: Source): Promise<Build> =>
  isProcessRuntime(definition.runtime) ? buildOfProcess(definition) : buildOfNode(definition, source)

/** While code is broken, what it was made of until then stays part of it: any of these files may mend it. */
function withKnownFiles(build: Build, definition: FunctionDefinition, old: Generation | undefined): Build {
  const isSameCode = old?.environments.definition.handler === definition.handler
  if (!build.failure || !isSameCode) return build
  return { ...build, files: [...new Set([...build.files, ...old.build.files])] }
}

/** What people are told about code that cannot be built or loaded; the frame of a compiler where there is one. */
function complaintOf(
  build: Build,
  traced: Build,
  initFailure: InitFailure | undefined,
  definition: FunctionDefinition,
): { message: string; frame: string } | undefined {
  if (build.failure) return said(build.failure)
  if (!initFailure || initFailure.outcome === 'lost') return undefined
  if (initFailure.reason) {
    const { errorType, message, advice } = initFailure.reason
    return { message: `${errorType}: ${message}${advice === undefined ? '' : `. ${advice}`}`, frame: '' }
  }
  if (initFailure.outcome !== 'thrown') {
    return { message: `${initErrorType(initFailure)} during initialisation`, frame: '' }
  }
  const error = errorOf(initFailure.payload)
  const lastFrame = error.stackTrace?.at(-1)?.trimEnd()
  const frame = traced.failure?.frame ?? lastFrame ?? frameOfTrace(error.trace ?? [], definition.directory)
  return { message: `${error.errorType}: ${error.errorMessage}`, frame }
}

const said = ({
  errorType,
  message,
  frame,
}: NonNullable<Build['failure']>): { message: string; frame: string } => ({
  message: `${errorType}: ${message}`,
  frame,
})

async function discard(build: Build): Promise<void> {
  if (build.outputFolder !== undefined) {
    const { outputFolder } = build
    await rm(outputFolder, { recursive: true, force: true })
  }
}

/** A spec that names anything else does not validate. */
export function requireRuntime({ name, runtime }: FunctionDefinition): void {
  if (profileOf(runtime) || isProcessRuntime(runtime)) return
  throw new Error(`${name}: the runtime ${runtime} is not supported`)
}
