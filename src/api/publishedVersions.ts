import { rm } from 'node:fs/promises'
import path from 'node:path'
import { deploymentName, type Functions, packageFolderOf, SnapshotError } from '../functions/index.ts'
import { type FunctionRegistry, ServiceError, type Snapshot } from '../services/lambda/index.ts'
import type { JsonObject } from '../system/index.ts'
import type { FunctionSpec, Spec } from '../spec/index.ts'
import { functionDefinition } from './functionDefinition.ts'

/** The code of published versions: kept beside the store, and deployed when somebody invokes it. */
export interface PublishedVersions {
  /** Handlers reach this runner at `baseUrl`. */
  reachedAt(baseUrl: string): void
  /** Keeps a function's code as it is now. */
  snapshot(functionName: string, version: string): Promise<Snapshot>
  /** Makes a published version ready to run; answers the name of its deployment. */
  ready(functionName: string, version: string): Promise<string>
  /** Ends the deployments of a function that is gone, or of all; the code stays. */
  forget(functionName?: string): Promise<void>
  /** Removes what nobody can use after the end. */
  stop(): Promise<void>
}

export interface PublishedVersionsDependencies {
  readonly functions: Functions
  readonly registry: FunctionRegistry
  readonly spec: () => Spec
  readonly functionNamed: (name: string) => FunctionSpec | undefined
  /** Where the store is; `undefined` when nothing outlives this process. */
  readonly dataFolder: string | undefined
}

/** The settings that a version keeps; all else is the function's. */
const KEPT_SETTINGS = [
  'handler',
  'runtime',
  'timeoutSeconds',
  'memoryMegabytes',
  'environment',
  'isolation',
  'layers',
  'logging',
  'isTraced',
] as const satisfies readonly (keyof FunctionSpec)[]

/** What {@link PublishedVersions.snapshot} wrote: the only writer of this shape. */
interface KeptDefinition {
  readonly entryFile: string
  readonly settings: Pick<FunctionSpec, (typeof KEPT_SETTINGS)[number]>
}

/** Creates the keeper of published code. */
export function createPublishedVersions(on: PublishedVersionsDependencies): PublishedVersions {
  /** By deployment name; what is in it has been deployed, or is about to be. */
  const deployments = new Map<string, { functionName: string; isReady: Promise<string> }>()
  const passing = new Set<string>()
  let baseUrl = ''

  async function folderFor(one: FunctionSpec, version: string): Promise<string> {
    const { directory } = on.spec()
    const packageFolder = await packageFolderOf({ name: one.name, runtime: one.runtime, handler: one.handler, directory })
    const { dataFolder } = on
    if (dataFolder === undefined) {
      // The process id says whose it is, should this process not live to remove it.
      const name = `${one.name}-v${version}-${process.pid}-${++folders}`
      const folder = path.join(packageFolder, '.lambent', 'build', name)
      passing.add(folder)
      return folder
    }
    // Elsewhere the function's packages would not be found.
    const isInside = !path.relative(packageFolder, dataFolder).startsWith('..')
    const root = isInside ? dataFolder : path.join(packageFolder, '.lambent')
    return path.join(root, 'versions', one.name, version)
  }

  async function deploy(functionName: string, version: string): Promise<string> {
    const kept = on.registry.version(functionName, version)
    const one = on.functionNamed(functionName)
    if (!kept || !one) throw new Error(`there is no version ${version} of ${functionName}`)
    const { entryFile, settings } = kept.definition as unknown as KeptDefinition
    const definition = functionDefinition(on.spec(), { ...one, ...settings }, baseUrl)
    await on.functions.deploy({ ...definition, version, entryFile }, { prewarm: false })
    return deploymentName({ name: functionName, version })
  }

  return {
    reachedAt(url) {
      baseUrl = url
    },
    async snapshot(functionName, version) {
      const one = on.functionNamed(functionName)
      if (!one) throw new Error(`there is no function ${functionName}`)
      const folder = await folderFor(one, version)
      // After a reset numbers begin anew, and so does what runs by them.
      const name = deploymentName({ name: functionName, version })
      if (deployments.delete(name)) await on.functions.remove(name)
      try {
        const { entryFile, bytes, sha256 } = await on.functions.snapshot(functionName, folder)
        const settings = Object.fromEntries(KEPT_SETTINGS.map((key) => [key, one[key]]))
        const definition = { entryFile, settings } as unknown as JsonObject
        const discard = (): Promise<void> => rm(folder, { recursive: true, force: true })
        return { sha256, bytes, location: `file://${folder}`, definition, discard }
      } catch (error) {
        if (!(error instanceof SnapshotError)) throw error
        throw new ServiceError(
          'InvalidParameterValueException',
          `${functionName} cannot be published: ${error.message}`,
          { details: { Type: 'User' } },
        )
      }
    },
    ready(functionName, version) {
      const name = deploymentName({ name: functionName, version })
      const known = deployments.get(name)
      if (known) return known.isReady
      const isReady = deploy(functionName, version)
      deployments.set(name, { functionName, isReady })
      isReady.catch(() => deployments.delete(name))
      return isReady
    },
    async forget(functionName) {
      for (const [name, deployment] of deployments) {
        if (functionName !== undefined && deployment.functionName !== functionName) continue
        deployments.delete(name)
        await on.functions.remove(name)
      }
    },
    async stop() {
      for (const folder of passing) await rm(folder, { recursive: true, force: true })
    },
  }
}

let folders = 0
