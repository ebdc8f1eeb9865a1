import { createHash } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type FunctionRegistry, type KeptCode, ServiceError } from '../services/lambda/index.ts'
import type { Ids } from '../system/index.ts'

/** The code of functions that the API made: a folder for each package, `functions/<name>/<id>`. */
export interface FunctionCode {
  unpack(functionName: string, archive: Buffer): Promise<KeptCode>
  discard(code: KeptCode): Promise<void>
  /** Removes what no function and no version refers to; `also` is still in use. */
  sweep(also?: readonly string[]): Promise<void>
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

  function root(): string {
    if (dataFolder !== undefined) return path.join(dataFolder, 'functions')
    return (passing ??= mkdtempSync(path.join(tmpdir(), 'lambent-functions-')))
  }

  return {
    async unpack(functionName, archive) {
      // Loaded on first use: most projects make no functions over the API.
      const { ArchiveError, unzip } = await import('./unzip.ts')
      const folder = path.join(root(), functionName, ids.hex(16))
      await mkdir(path.dirname(folder), { recursive: true })
      try {
        await unzip(archive, folder)
      } catch (error) {
        if (!(error instanceof ArchiveError)) throw error
        throw refusalOf(error.kind, error.message)
      }
      const sha256 = createHash('sha256').update(archive).digest('base64')
      return { folder, bytes: archive.length, sha256 }
    },
    discard: ({ folder }) => rm(folder, { recursive: true, force: true }),
    async sweep(also = []) {
      if (dataFolder === undefined && passing === undefined) return
      const used = new Set([...also, ...usedFolders(registry)])
      for (const name of await namesIn(root()))
        for (const id of await namesIn(path.join(root(), name))) {
          const folder = path.join(root(), name, id)
          if (!used.has(folder)) await rm(folder, { recursive: true, force: true })
        }
    },
    async stop() {
      if (passing !== undefined) await rm(passing, { recursive: true, force: true })
    },
  }
}

/** What a version needs to run is where it was published. */
function usedFolders(registry: FunctionRegistry): string[] {
  return registry.keptFunctions().flatMap(({ name, code }) => [
    code.folder,
    ...registry.versions(name).flatMap(({ definition }) => {
      const { directory } = definition
      return typeof directory === 'string' ? [directory] : []
    }),
  ])
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

function refusalOf(kind: 'unreadable' | 'unsafe' | 'tooLarge', message: string): ServiceError {
  const text =
    kind === 'tooLarge'
      ? message
      : `Could not unzip uploaded file. Please check your file, then try to upload again.${kind === 'unsafe' ? ` (${message})` : ''}`
  return new ServiceError('InvalidParameterValueException', text, { details: { Type: 'User' } })
}
