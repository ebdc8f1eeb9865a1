import { totalmem } from 'node:os'
import type { Clock, Ids } from '../system/index.ts'
import { afterRealMs, stopwatchMs } from '../system/index.ts'
import { DeployedFunction, requireRuntime } from './deployedFunction.ts'
import { deploymentName } from './deploymentName.ts'
import type { Environment, Run } from './environment.ts'
import type { Environments } from './environments.ts'
import type { Surroundings } from './surroundings.ts'
import { Executors } from './executors.ts'
import { IdleReaper } from './idleReaper.ts'
import { ProcessesOnDemand } from './processesOnDemand.ts'
import { SnapshotError, snapshotOf } from './snapshot.ts'
import { StartQueue } from './startQueue.ts'
import type { FunctionDefinition, FunctionEvents, Functions } from './types.ts'

export interface FunctionsOptions {
  readonly clock: Clock
  readonly ids: Ids
  readonly events: FunctionEvents
  readonly region: string
  /** The project's folder: most functions lie in it, and the first executor starts there. */
  readonly directory: string
  /** Opens a debugger port and suspends timeouts; default false. */
  readonly inspect?: boolean
  /** After how long an environment that nobody uses is ended; default ten minutes. */
  readonly idleEnvironmentMs?: number
  /**
   * So many executors may run with nothing to do, beside those that are busy: functions in folders of their own have one
   * each, some 25 MiB. By default one for each 512 MiB of memory, 16 at least.
   */
  readonly mostExecutors?: number
  /** How long initialisation may take before it is repeated within the first run; default AWS's ten seconds. */
  readonly initTimeoutMs?: number
  /** The environment of this process; only what running code needs is taken from it. */
  readonly host?: NodeJS.ProcessEnv
}

const IDLE_ENVIRONMENT_MS = 600_000
const LEAST_EXECUTORS = 16
const BYTES_PER_EXECUTOR = 512 * 1024 * 1024
const INIT_TIMEOUT_MS = 10_000
const GRACE_MS = 10_000
const STOPPING = 'The runner is stopping.'

/**
 * The functions of one runner.
 * @example
 * const functions = createFunctions({ clock, ids, events, region: 'eu-west-1', directory: '/project' })
 * await functions.start()
 * await functions.deploy(definition)
 * const result = await functions.run('checkout', { requestId: ids.uuid(), payload, invokedFunctionArn, traceId })
 */
export function createFunctions(options: FunctionsOptions): Functions {
  const { clock, ids, events, region, directory, inspect = false, host = process.env } = options
  const { idleEnvironmentMs = IDLE_ENVIRONMENT_MS, mostExecutors = mostExecutorsHere() } = options
  const byName = new Map<string, DeployedFunction>()
  const byAccessKey = new Map<string, Environment>()
  const leaving = new Set<DeployedFunction>()
  const reaper = new IdleReaper(idleEnvironmentMs, reap)
  const executors = new Executors({
    host,
    inspect,
    onCrash: (signal, suspects) => events.executorCrashed({ signal, suspects }),
    onNotice: (text) =>
      events.logLine({
        functionName: '',
        logGroup: '',
        logStream: '',
        requestId: undefined,
        source: 'platform',
        text,
      }),
  })
  const processes = new ProcessesOnDemand({ host, newId: () => ids.uuid() })
  let environmentNumber = 0
  let hasStopped = false
  let onRunEnded: (() => void) | undefined

  const around: Surroundings = {
    clock,
    ids,
    events,
    region,
    executors,
    processes,
    starts: new StartQueue(),
    host,
    inspect,
    initTimeoutMs: options.initTimeoutMs ?? INIT_TIMEOUT_MS,
    spareMs: idleEnvironmentMs,
    byAccessKey,
    nextNumber: () => ++environmentNumber,
    idle: () => {
      reaper.arm()
      if (executors.count > mostExecutors) makeRoom()
      onRunEnded?.()
    },
    ended: () => onRunEnded?.(),
  }

  const everywhere = () => [...byName.values(), ...leaving].flatMap((deployed) => deployed.environments())

  function reap(idleSinceMs: number): number | undefined {
    let oldestMs: number | undefined
    for (const environments of everywhere()) {
      const sinceMs = environments.reap(idleSinceMs)
      if (sinceMs !== undefined) oldestMs = Math.min(oldestMs ?? sinceMs, sinceMs)
    }
    return oldestMs
  }

  /** Of the functions in folders of their own, the one that was used least recently ends, and its executor with it. */
  function makeRoom(): void {
    let oldest: Environments | undefined
    for (const environments of everywhere()) {
      if (environments.definition.directory === directory) continue
      if ((environments.quietSinceMs ?? Infinity) < (oldest?.quietSinceMs ?? Infinity)) oldest = environments
    }
    oldest?.reap(stopwatchMs())
  }

  function existing(functionName: string): DeployedFunction {
    const deployed = byName.get(functionName)
    if (!deployed) throw new Error(`No function named ${functionName} is deployed.`)
    return deployed
  }

  /** Resolves when nothing runs any more, or when `graceMs` have passed. */
  function quiet(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (everywhere().some((environments) => environments.isBusy)) return
        cancel()
        resolve()
      }
      const cancel = afterRealMs(graceMs, resolve)
      onRunEnded = check
      check()
    })
  }

  return {
    start: () => executors.start(directory),

    async deploy(definition: FunctionDefinition, { prewarm = true } = {}) {
      requireRuntime(definition)
      const name = deploymentName(definition)
      const deployed = byName.get(name) ?? new DeployedFunction(around)
      byName.set(name, deployed)
      await deployed.deploy(definition, prewarm)
    },

    async snapshot(functionName, folder) {
      const { definition } = existing(functionName)
      if (!definition) throw new SnapshotError(`${functionName} is not deployed`)
      return await snapshotOf(definition, folder)
    },

    provision(deployment, count, changed) {
      byName.get(deployment)?.provision(count, changed)
      return byName.has(deployment)
    },

    async remove(functionName) {
      const deployed = byName.get(functionName)
      if (!deployed) return
      byName.delete(functionName)
      leaving.add(deployed)
      await deployed.remove()
      leaving.delete(deployed)
    },

    drained: async (functionName) => await byName.get(functionName)?.drained(),

    directories: () => new Set([...everywhere()].map(({ definition }) => definition.directory)),

    async reload(functionNames = [...byName.keys()].filter((name) => !isVersion(name))) {
      const named = functionNames.flatMap((name) => byName.get(name) ?? [])
      await Promise.all(named.map((deployed) => deployed.redeploy()))
    },

    filesOf: (functionName) => byName.get(functionName)?.files ?? [],

    async traceFiles() {
      for (const deployed of byName.values()) await deployed.trace()
    },

    run(deployment, request) {
      return new Promise((resolve) => {
        const run: Run = { request, resolve, waitingSinceMs: 0 }
        if (hasStopped) resolve({ kind: 'systemError', message: STOPPING })
        else existing(deployment).run(run)
      })
    },

    requestOfAccessKey: (accessKeyId) => byAccessKey.get(accessKeyId)?.requestId,

    environments(functionName) {
      const versions = [...byName].filter(([name]) => name.startsWith(`${functionName}:`))
      const all = [byName.get(functionName), ...versions.map(([, deployed]) => deployed)]
      return all
        .flatMap((deployed) => deployed?.environments() ?? [])
        .flatMap((environments) => environments.list())
        .map(({ settings, definition, isBusy, runs }) => ({
          environmentId: settings.id,
          directory: definition.directory,
          isBusy,
          runs,
        }))
    },

    async stop(graceMs = GRACE_MS) {
      if (hasStopped) return
      hasStopped = true
      reaper.stop()
      await quiet(graceMs)
      for (const environments of everywhere()) environments.abandon(STOPPING)
      await Promise.all([executors.stop(), processes.stop()])
      await Promise.all([...byName.values()].map((deployed) => deployed.clean()))
    },
  }
}

const mostExecutorsHere = (): number => Math.max(LEAST_EXECUTORS, Math.floor(totalmem() / BYTES_PER_EXECUTOR))

/** Versions never change, so there is nothing to reload. */
const isVersion = (deployment: string): boolean => deployment.includes(':')
