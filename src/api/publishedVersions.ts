import { rm } from 'node:fs/promises'
import path from 'node:path'
import { deploymentName, type Functions, packageFolderOf, SnapshotError } from '../functions/index.ts'
import {
  type FunctionRegistry,
  type PublishedVersion,
  ServiceError,
  type Snapshot,
} from '../services/lambda/index.ts'
import type { JsonObject } from '../system/index.ts'
import type { FunctionSpec, Spec } from '../spec/index.ts'
import { functionDefinition } from './functionDefinition.ts'
import type { StoredPaths } from './storedPaths.ts'

/** The code of published versions: kept beside the store, and deployed when somebody invokes it. */
export interface PublishedVersions {
  /** Handlers reach this runner at `baseUrl`. */
  reachedAt(baseUrl: string): void
  baseUrl(): string
  /** Keeps a function's code as it is now. */
  snapshot(functionName: string, version: string): Promise<Snapshot>
  /** Makes a published version ready to run; answers the name of its deployment. */
  ready(functionName: string, version: string): Promise<string>
  /** A URL of the code of a version that is there. */
  location(functionName: string, version: string): string
  /** Ends the deployments of a function that is gone, or of all; the code stays. Resolves when nothing runs it any more. */
  forget(functionName?: string): Promise<void>
  /** Ends the deployment of a version that is gone, and removes the code that was kept for it once nothing runs it. */
  discard(functionName: string, version: PublishedVersion): Promise<void>
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
  readonly paths: StoredPaths
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

/** What {@link PublishedVersions.snapshot} wrote: the only writer of this shape. Paths are as the store keeps them. */
interface KeptDefinition {
  /** Of a function of the file: its own modules in one. Others run from their package. */
  readonly entryFile?: string
  readonly settings: Pick<FunctionSpec, (typeof KEPT_SETTINGS)[number]>
}

/** Creates the keeper of published code. */
export function createPublishedVersions(on: PublishedVersionsDependencies): PublishedVersions {
  /** By deployment name; what is in it has been deployed, or is about to be. */
  const deployments = new Map<string, { functionName: string; isReady: Promise<string> }>()
  const passing = new Set<string>()
  let baseUrl = ''

  async function folderFor(one: FunctionSpec, version: string): Promise<string> {
    const packageFolder = await packageFolderOf(one)
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
    const settings = settingsOf(kept)
    const directory = kept.package === undefined ? one.directory : on.paths.toAbsolute(kept.package)
    const definition = functionDefinition(on.spec(), { ...one, ...settings, directory }, baseUrl)
    const entryFile = entryFileOf(kept)
    await on.functions.deploy({ ...definition, version, entryFile }, { prewarm: false })
    return deploymentName({ name: functionName, version })
  }

  /** Settings as they run here. */
  function settingsOf(kept: PublishedVersion): KeptDefinition['settings'] {
    const { settings } = definitionOf(kept)
    return { ...settings, layers: settings.layers.map((folder) => on.paths.toAbsolute(folder)) }
  }

  /** Settings as the store keeps them. */
  const keptSettings = (one: FunctionSpec): KeptDefinition['settings'] => ({
    ...(Object.fromEntries(
      KEPT_SETTINGS.map((key) => [key, one[key]]),
    ) as unknown as KeptDefinition['settings']),
    layers: one.layers.map((folder) => on.paths.toStored(folder)),
  })

  function entryFileOf(kept: PublishedVersion): string | undefined {
    const { entryFile } = definitionOf(kept)
    return entryFile === undefined ? undefined : on.paths.toAbsolute(entryFile)
  }

  return {
    reachedAt(url) {
      baseUrl = url
    },
    baseUrl: () => baseUrl,
    async snapshot(functionName, version) {
      const one = on.functionNamed(functionName)
      if (!one) throw new Error(`there is no function ${functionName}`)
      const code = on.registry.keptFunction(functionName)?.code
      if (code && one.directory === on.paths.toAbsolute(code.folder)) {
        const definition = { settings: keptSettings(one) } as unknown as JsonObject
        const { folder, bytes, sha256 } = code
        return { sha256, bytes, definition, package: folder, discard: async () => {} }
      }
      const folder = await folderFor(one, version)
      // After a reset numbers begin anew, and so does what runs by them.
      const name = deploymentName({ name: functionName, version })
      if (deployments.delete(name)) await on.functions.remove(name)
      try {
        const { entryFile, bytes, sha256 } = await on.functions.snapshot(functionName, folder)
        const kept: KeptDefinition = { entryFile: on.paths.toStored(entryFile), settings: keptSettings(one) }
        const discard = (): Promise<void> => rm(folder, { recursive: true, force: true })
        return { sha256, bytes, definition: kept as unknown as JsonObject, discard }
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
    location(functionName, version) {
      const kept = on.registry.version(functionName, version)
      if (!kept) throw new Error(`there is no version ${version} of ${functionName}`)
      const entryFile = entryFileOf(kept)
      return entryFile === undefined
        ? `file://${on.paths.toAbsolute(kept.package ?? '')}`
        : `file://${path.dirname(entryFile)}`
    },
    async forget(functionName) {
      const gone = [...deployments].filter(
        ([, deployment]) => functionName === undefined || deployment.functionName === functionName,
      )
      // All at once: of what is forgotten, nothing may be begun while something else ends.
      for (const [name] of gone) deployments.delete(name)
      await Promise.all(gone.map(([name]) => on.functions.remove(name)))
    },
    async discard(functionName, version) {
      const name = deploymentName({ name: functionName, version: version.version })
      deployments.delete(name)
      await on.functions.remove(name)
      const entryFile = entryFileOf(version)
      if (entryFile !== undefined) await rm(path.dirname(entryFile), { recursive: true, force: true })
    },
    async stop() {
      for (const folder of passing) await rm(folder, { recursive: true, force: true })
    },
  }
}

const definitionOf = ({ definition }: PublishedVersion): KeptDefinition =>
  definition as unknown as KeptDefinition

let folders = 0
