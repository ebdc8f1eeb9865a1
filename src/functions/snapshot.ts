import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { type Build, bundle, nearestPackage, sourceOf } from './build.ts'
import { isProcessRuntime, keepProcessCode } from './processCode.ts'
import { toBytes } from './payloads.ts'
import type { CodeSnapshot, FunctionDefinition } from './types.ts'

/** The code of a function cannot be kept as it is; the message says why, and where. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError'
}

/** The folder from which a function's packages are found: the nearest with a package.json. */
export async function packageFolderOf(
  definition: Pick<FunctionDefinition, 'name' | 'runtime' | 'handler' | 'directory'>,
): Promise<string> {
  if (isProcessRuntime(definition.runtime)) return definition.directory
  const { file } = sourceOf(definition)
  return file === undefined ? definition.directory : await nearestPackage(file, definition.directory)
}

/** Keeps a function's code: one file of its own modules, with packages left where they are. */
export async function snapshotOf(definition: FunctionDefinition, folder: string): Promise<CodeSnapshot> {
  if (isProcessRuntime(definition.runtime)) return await processSnapshotOf(definition, folder)
  const { file, path } = sourceOf(definition)
  if (file === undefined) throw new SnapshotError(`there is no file ${path}`)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const { entryFile, failure } = await bundle(definition, file, folder)
  if (entryFile === undefined) throw new SnapshotError(failure?.message ?? 'the handler cannot be built')
  const content = await readFile(entryFile)
  return { entryFile, bytes: content.length, sha256: createHash('sha256').update(content).digest('base64') }
}

async function processSnapshotOf(definition: FunctionDefinition, folder: string): Promise<CodeSnapshot> {
  try {
    return await keepProcessCode(definition, folder)
  } catch (error) {
    throw new SnapshotError(error instanceof Error ? error.message : String(error))
  }
}

/** The build of code that was kept; nothing of it belongs to the files that are watched. */
export function buildOfSnapshot(entryFile: string, version: string): Build {
  const build: Build = { entryFile, outputFolder: undefined, files: [], failure: undefined }
  if (existsSync(entryFile)) return build
  const errorType = 'Runtime.ImportModuleError'
  const message = `The code of version ${version} was kept in ${entryFile}, which is gone: publish the function again.`
  const payload = toBytes({ errorType, errorMessage: message, trace: [] })
  return { ...build, failure: { errorType, message, payload, frame: '' } }
}
