import Module, * as moduleApi from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { directOnceLoaded, isSdkVersion2 } from './sdkVersion2.ts'

/**
 * AWS's Node.js runtimes bring version 3 of the SDK along, so handlers need not list it. Here it is looked up from the
 * project as every package is; what is not found there, beside Lambent; and what is nowhere, is named. Only a lookup
 * that failed costs anything.
 */
const PACKAGE = /^(?:@aws-sdk|@smithy)\/[^/]+/
const NOT_FOUND = /^Cannot find (?:package|module) '((?:@aws-sdk|@smithy)\/[^/']+)/

type Resolve = (
  request: string,
  parent: unknown,
  isMain?: boolean,
  options?: { readonly paths: readonly string[] },
) => string

/** Where packages that change what `require` finds have always done it. */
const RESOLVE = '_resolveFilename'
const loader = Module as unknown as Record<typeof RESOLVE, Resolve>
const resolveAsNode = loader[RESOLVE]
const OWN_FOLDER = dirname(fileURLToPath(import.meta.url))

/** From now on `require` finds the SDK beside Lambent when the project has none, and version 2 of it calls here. */
export function bringSdk(): void {
  loader[RESOLVE] = function resolveFilename(this: unknown, request, ...rest) {
    try {
      const file = resolveAsNode.call(this, request, ...rest)
      if (isSdkVersion2(request)) directOnceLoaded(file)
      return file
    } catch (error) {
      const found = PACKAGE.test(request) ? besideLambent(request) : undefined
      if (found === undefined) throw error
      return found
    }
  }
}

/** What newer versions of Node.js offer: hooks without a thread of their own. */
interface SynchronousHooks {
  readonly registerHooks?: (hooks: { readonly resolve: typeof resolveBesideLambent }) => void
}

type ResolveNext = (specifier: string, context: object) => unknown

/** The same for `import`; it may cost a thread, and so is done only when an import failed for want of it. */
export function bringSdkToImports(): void {
  const { registerHooks } = moduleApi as SynchronousHooks
  if (registerHooks) registerHooks({ resolve: resolveBesideLambent })
  else registerInThread()
}

function resolveBesideLambent(specifier: string, context: object, next: ResolveNext): unknown {
  try {
    return next(specifier, context)
  } catch (error) {
    if (!PACKAGE.test(specifier)) throw error
    return next(specifier, { ...context, parentURL: import.meta.url })
  }
}

function registerInThread(): void {
  const hooks = `export async function resolve(specifier, context, next) {
    try { return await next(specifier, context) } catch (error) {
      if (!${String(PACKAGE)}.test(specifier)) throw error
      return next(specifier, { ...context, parentURL: ${JSON.stringify(import.meta.url)} })
    }
  }`
  moduleApi.register(`data:text/javascript,${encodeURIComponent(hooks)}`)
}

/** Whether an import failed for want of the SDK, and could succeed with a copy beside Lambent. */
export function lacksSdkBesideLambent(error: unknown): boolean {
  const name = codeOf(error) === 'ERR_MODULE_NOT_FOUND' ? missingPackage(error) : undefined
  return name !== undefined && (besideLambent(name) ?? besideLambent(`${name}/package.json`)) !== undefined
}

/** Adds to the error of a part of the SDK that is nowhere what to do about it. */
export function explainMissingSdk(error: unknown): void {
  const code = codeOf(error)
  if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') return
  const name = missingPackage(error)
  if (name === undefined) return
  const known = error as Error
  const { message, stack = '' } = known
  const advice = `On AWS this package is part of the Node.js runtime; here it has to be installed: npm i -D ${name}`
  if (message.endsWith(advice)) return
  known.message = `${message}\n${advice}`
  known.stack = stack.replace(message, () => known.message)
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined

const missingPackage = (error: unknown): string | undefined => NOT_FOUND.exec((error as Error).message)?.[1]

function besideLambent(request: string): string | undefined {
  try {
    return resolveAsNode.call(Module, request, undefined, false, { paths: [OWN_FOLDER] })
  } catch {
    return undefined
  }
}
