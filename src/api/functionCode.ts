import { createHash } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type FunctionRegistry, type KeptCode, ServiceError } from '../services/lambda/index.ts'
import type { Ids } from '../system/index.ts'
import type { ArchiveError } from './unzip.ts'

/** The code of functions that the API made: a folder for each package, `functions/<name>/<id>`. */
export interface FunctionCode {
  unpack(functionName: string, archive: Buffer): Promise<KeptCode>
  /** The record names the code from now on: before, nobody but its change knew of it. */
  settled(code: KeptCode): void
  discard(code: KeptCode): Promise<void>
  /**
   * Removes what no function and no version refers to: of one function, once its change is through, or of all, before
   * any runs. `inUse` are folders from which something still runs.
   */
  sweep(functionName?: string, inUse?: readonly string[]): Promise<void>
  /** Removes what nobody can use after the end. */
  stop(): Promise<void>
}

/** Opens it; `dataFolder` is `undefined` when nothing outlives this process. */
export function createFunctionCode(
  registry: FunctionRegistry,
  ids: Ids,
  dataFolder: string | undefined,
): FunctionCode {
  let passing: string | undefined
  /** Folders of changes under way: no record names them yet. */
  const underWay = new Set<string>()

  function root(): string {
    if (dataFolder !== undefined) return path.join(dataFolder, 'functions')
    return (passing ??= mkdtempSync(path.join(tmpdir(), 'lambent-functions-')))
  }

  return {
    async unpack(functionName, archive) {
      // Loaded on first use: most projects make no functions over the API.
      const { ArchiveError: Refused, unzip } = await import('./unzip.ts')
      const folder = path.join(root(), functionName, ids.hex(16))
      underWay.add(folder)
      try {
        await mkdir(path.dirname(folder), { recursive: true })
        await unzip(archive, folder)
      } catch (error) {
        underWay.delete(folder)
        if (!(error instanceof Refused)) throw error
        throw refusalOf(error.kind, error.message)
      }
      const sha256 = createHash('sha256').update(archive).digest('base64')
      return { folder, bytes: archive.length, sha256 }
    },
    settled: ({ folder }) => void underWay.delete(folder),
    async discard({ folder }) {
      await rm(folder, { recursive: true, force: true })
      underWay.delete(folder)
    },
    async sweep(functionName, inUse = []) {
      if (dataFolder === undefined && passing === undefined) return
      const names = functionName === undefined ? await namesIn(root()) : [functionName]
      for (const name of names)
        for (const id of await namesIn(path.join(root(), name))) {
          const folder = path.join(root(), name, id)
          // Asked for at the last moment: other changes go on meanwhile.
          const isUsed =
            underWay.has(folder.replace(/\.new$/, '')) ||
            inUse.includes(folder) ||
            isKept(registry, name, folder)
          if (!isUsed) await rm(folder, { recursive: true, force: true })
        }
    },
    async stop() {
      if (passing !== undefined) await rm(passing, { recursive: true, force: true })
    },
  }
}

/** What a version needs to run is where it was published. By its id: the data folder may have been moved. */
const isKept = (registry: FunctionRegistry, name: string, folder: string): boolean =>
  isSame(registry.keptFunction(name)?.code.folder, folder) ||
  registry.versions(name).some(({ definition }) => isSame(definition['directory'], folder))

const isSame = (kept: unknown, folder: string): boolean =>
  typeof kept === 'string' && path.basename(kept) === path.basename(folder)

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

function refusalOf(kind: ArchiveError['kind'], message: string): ServiceError {
  const text =
    kind === 'tooLarge' || kind === 'empty'
      ? message
      : `Could not unzip uploaded file. Please check your file, then try to upload again.${kind === 'unsafe' ? ` (${message})` : ''}`
  return new ServiceError('InvalidParameterValueException', text, { details: { Type: 'User' } })
}
