import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { RuntimeProfile } from '../profile.ts'
import { STREAMING } from './awslambda.ts'
import { RuntimeError } from './errors.ts'
import { explainMissingSdk } from './sdkFallback.ts'

export type Handler = (...values: unknown[]) => unknown

/** Where the code is and which export of it answers. */
export interface HandlerPlace {
  readonly root: string
  readonly handler: string
  readonly entryFile: string | undefined
}

/** Whether a handler wants a stream to answer into; throws for a mark that says something else. */
export function isStreamingHandler(handler: Handler): boolean {
  const mark = (handler as { [STREAMING]?: unknown })[STREAMING]
  if (mark === undefined) return false
  if (mark === 'response') return true
  throw new RuntimeError('MalformedStreamingHandler', 'A handler can stream its response, and nothing else.')
}

const CALLBACKS_REMOVED =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ' +
  'You need to modify this function to use a supported handler signature to use Node.js 24 or later. ' +
  'For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.'

const require = createRequire(import.meta.url)

/** Finds, loads and checks the handler in AWS's order, with AWS's errors (invocation reference, section 3.1). */
export async function loadHandler(place: HandlerPlace, profile: RuntimeProfile): Promise<Handler> {
  const { folder, file, exportPath } = splitHandler(place.handler)
  const loaded = await loadModule(place, folder, file, profile)
  const found =
    find(loaded, exportPath) ?? (profile.importsAlways ? find(defaultOf(loaded), exportPath) : undefined)
  if (!found) throw new RuntimeError('HandlerNotFound', `${place.handler} is undefined or not exported`)
  if (typeof found !== 'function')
    throw new RuntimeError('HandlerNotFound', `${place.handler} is not a function`)
  const isStreaming = isStreamingHandler(found as Handler)
  if (!isStreaming && !profile.hasCallbacks && found.length >= 3)
    throw new RuntimeError('CallbackHandlerDeprecated', CALLBACKS_REMOVED)
  return found as Handler
}

/** `src/orders.create.handler` is folder `src/`, file `orders`, export `create.handler`. */
function splitHandler(handler: string): { folder: string; file: string; exportPath: string } {
  if (handler.includes('..')) {
    const hint = 'Use absolute paths when specifying root directories in handler names.'
    throw new RuntimeError('MalformedHandlerName', `'${handler}' is not a valid handler name. ${hint}`)
  }
  const name = basename(handler)
  const [, file, exportPath] = /^([^.]*)\.(.*)$/s.exec(name) ?? []
  if (file === undefined || exportPath === undefined)
    throw new RuntimeError('MalformedHandlerName', 'Bad handler')
  return { folder: handler.slice(0, handler.indexOf(name)), file, exportPath }
}

async function loadModule(
  place: HandlerPlace,
  folder: string,
  file: string,
  profile: RuntimeProfile,
): Promise<unknown> {
  try {
    if (place.entryFile !== undefined) return await loadFile(place.entryFile)
    const path = resolve(place.root, folder, file)
    const loaded = profile.importsAlways ? await importFirst(path) : await loadClassic(path)
    if (loaded) return loaded
    return require(require.resolve(file, { paths: [place.root, join(place.root, folder)] })) as unknown
  } catch (error) {
    explainMissingSdk(error)
    if (error instanceof SyntaxError) throw new RuntimeError('UserCodeSyntaxError', String(error))
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') {
      throw new RuntimeError('ImportModuleError', String(error))
    }
    throw error
  }
}

/** The result of a build says by its extension how it is to be loaded. */
const loadFile = (file: string): unknown =>
  file.endsWith('.cjs') ? (require(file) as unknown) : importFile(file)

async function loadClassic(path: string): Promise<unknown> {
  const isModule = isInModulePackage(dirname(path))
  return (
    requireIfThere(path) ||
    (!isModule && requireIfThere(`${path}.js`)) ||
    (isModule && (await importIfThere(`${path}.js`))) ||
    (await importIfThere(`${path}.mjs`)) ||
    requireIfThere(`${path}.cjs`)
  )
}

async function importFirst(path: string): Promise<unknown> {
  for (const extension of ['', '.js', '.mjs', '.cjs']) {
    const loaded = await importIfThere(path + extension)
    if (loaded) return loaded
  }
  return undefined
}

const requireIfThere = (file: string): unknown => (existsSync(file) ? (require(file) as unknown) : undefined)
const importIfThere = async (file: string): Promise<unknown> =>
  existsSync(file) ? importFile(file) : undefined
const importFile = (file: string): Promise<unknown> => import(pathToFileURL(file).href)

/** The nearest package.json decides; a node_modules folder ends the search. */
function isInModulePackage(folder: string): boolean {
  if (folder.endsWith(`${sep}node_modules`)) return false
  const file = join(folder, 'package.json')
  if (existsSync(file)) {
    try {
      return (JSON.parse(readFileSync(file, 'utf8')) as { type?: unknown } | null)?.type === 'module'
    } catch (error) {
      console.warn(`${file} cannot be read, it will be ignored for ES module detection purposes.`, error)
      return false
    }
  }
  const parent = dirname(folder)
  return parent !== folder && isInModulePackage(parent)
}

function find(loaded: unknown, exportPath: string): unknown {
  let found = loaded
  for (const key of exportPath.split('.')) found = found ? (found as Record<string, unknown>)[key] : undefined
  return found
}

const defaultOf = (loaded: unknown): unknown => (loaded as { default?: unknown } | undefined)?.default
