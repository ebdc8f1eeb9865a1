import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync } from 'node:fs'
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type FunctionRegistry, type KeptCode, ServiceError } from '../services/lambda/index.ts'
import type { Ids } from '../system/index.ts'
import type { StoredPaths } from './storedPaths.ts'
import type { ArchiveError } from './unzip.ts'

/** The code of functions that the API made: a folder for each package, `functions/<name>/<id>`. */
export interface FunctionCode {
  unpack(functionName: string, archive: Buffer): Promise<KeptCode>
  /** The record names the code from now on: before, nobody but its change knew of it. */
  settled(code: KeptCode): void
  discard(code: KeptCode): Promise<void>
  /**
   * Removes what no function and no version refers to, and nothing runs: of one function, or of all, before any is made
   * or changed.
   */
  sweep(functionName?: string): Promise<void>
  /** Removes what nobody can use after the end; to be called when nothing runs any more. */
  stop(): Promise<void>
}

export interface FunctionCodeDependencies {
  readonly registry: FunctionRegistry
  readonly ids: Ids
  /** Where the store is; `undefined` when nothing outlives this process. */
  readonly dataFolder: string | undefined
  readonly paths: StoredPaths
  /** Absolute paths of folders whose code runs, or may be asked to. */
  readonly foldersAtWork: () => ReadonlySet<string>
}

/** Opens it; what is there stays until the first sweep. */
export function createFunctionCode(on: FunctionCodeDependencies): FunctionCode {
  const { registry, ids, dataFolder, paths, foldersAtWork } = on
  let passing: string | undefined
  /** Folders of changes under way: no record names them yet. */
  const underWay = new Set<string>()
  let sweeping: Promise<void> = Promise.resolve()
  let hasStopped = false

  function root(): string {
    if (dataFolder !== undefined) return path.join(dataFolder, 'functions')
    return (passing ??= mkdtempSync(path.join(tmpdir(), 'lambent-functions-')))
  }

  /**
   * The project's package.json says what its own modules are. Code that was uploaded has, as on AWS, none above its own.
   * Whole or not at all: nothing could be loaded below half of one.
   */
  async function endPackageSearch(): Promise<void> {
    const file = path.join(root(), 'package.json')
    if (existsSync(file)) return
    const beginning = `${file}.${ids.hex(8)}`
    await writeFile(beginning, '{}\n')
    await rename(beginning, file)
  }

  async function sweep(functionNames: readonly string[]): Promise<void> {
    for (const name of functionNames) {
      for (const id of await namesIn(path.join(root(), name))) {
        const folder = path.join(root(), name, id)
        // Asked for at the last moment: other changes go on meanwhile, and after the end the folder is another's.
        if (!hasStopped && !isUsed(folder)) await rm(folder, { recursive: true, force: true }).catch(() => {})
      }
    }
  }

  /** Whoever's it is: where names differ by their case alone, functions share a folder. */
  const isUsed = (folder: string): boolean =>
    underWay.has(folder.replace(/\.new$/, '')) || foldersAtWork().has(folder) || keptFolders().has(folder)

  /** What a version needs to run is where it was published. */
  const keptFolders = (): ReadonlySet<string> =>
    new Set(registry.packages().map((folder) => paths.toAbsolute(folder)))

  return {
    async unpack(functionName, archive) {
      // Loaded on first use: most projects make no functions over the API.
      const { ArchiveError: Refused, unzip } = await import('./unzip.ts')
      const folder = path.join(root(), functionName, ids.hex(16))
      underWay.add(folder)
      try {
        await mkdir(path.dirname(folder), { recursive: true })
        await endPackageSearch()
        await unzip(archive, folder)
      } catch (error) {
        underWay.delete(folder)
        if (!(error instanceof Refused)) throw error
        throw refusalOf(error.kind, error.message)
      }
      const sha256 = createHash('sha256').update(archive).digest('base64')
      return { folder: paths.toStored(folder), bytes: archive.length, sha256 }
    },
    settled: (code) => void underWay.delete(paths.toAbsolute(code.folder)),
    async discard(code) {
      const folder = paths.toAbsolute(code.folder)
      await rm(folder, { recursive: true, force: true })
      underWay.delete(folder)
    },
    sweep(functionName) {
      if (dataFolder === undefined && passing === undefined) return Promise.resolve()
      sweeping = sweeping.then(async () => {
        if (functionName !== undefined) return sweep([functionName])
        // Names of functions have no dots; what else is there is not code of theirs.
        const names = (await namesIn(root())).filter((name) => !name.includes('.'))
        await sweep(names)
        // What is empty goes.
        for (const name of names) await rmdir(path.join(root(), name)).catch(() => {})
      })
      return sweeping
    },
    async stop() {
      hasStopped = true
      await sweeping
      if (passing !== undefined) await rm(passing, { recursive: true, force: true })
    },
  }
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

function refusalOf(kind: ArchiveError['kind'], message: string): ServiceError {
  const text =
    kind === 'tooLarge' || kind === 'empty'
      ? message
      : `Could not unzip uploaded file. Please check your file, then try to upload again.${kind === 'unsafe' ? ` (${message})` : ''}`
  return new ServiceError('InvalidParameterValueException', text, { details: { Type: 'User' } })
}
