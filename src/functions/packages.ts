import type { OnResolveArgs, OnResolveResult, Plugin, ResolveResult } from 'esbuild'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Neither relative nor absolute. */
const NAME = /^[^./]/
const ADDRESS = /^(data|https?|file):/

const ASKED = Symbol('the plugin itself asks')

/**
 * Packages stay where they are and are loaded from there, but for the other packages of a workspace, which are linked in
 * from outside of any `node_modules`: they are code of one's own, TypeScript perhaps, followed and bundled like the rest.
 */
export function packages(packageFolder: string, format: 'cjs' | 'esm'): Plugin {
  return {
    name: 'packages',
    setup(build) {
      const mapsNames = nameMaps()
      build.onResolve({ filter: NAME }, async (asked) => {
        const { path, kind, importer, resolveDir, pluginData } = asked
        if (kind === 'entry-point' || pluginData === ASKED || !isName(path)) return
        // Nearly all are installed: asking the compiler takes longer than many a build.
        const isPlain = !isOutside(packageFolder, importer) && !mapsNames(resolveDir)
        if (isPlain && isFoundInstalled(path, resolveDir)) return { path, external: true }
        const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: ASKED })
        const isOwn = found.errors.length === 0 && !found.external && !isInstalled(found.path)
        if (isOwn) return { path: found.path, namespace: found.namespace, sideEffects: found.sideEffects }
        return external(asked, found, packageFolder, format)
      })
    },
  }
}

const isName = (path: string): boolean => !isAbsolute(path) && !isBuiltin(path) && !ADDRESS.test(path)

const isOutside = (packageFolder: string, importer: string): boolean =>
  relative(packageFolder, importer).startsWith('..')

/** Whether the first folder with a package of that name, from here upwards, holds it itself and no link to one elsewhere. */
function isFoundInstalled(path: string, resolveDir: string): boolean {
  const [first = '', second = ''] = path.split('/')
  const name = first.startsWith('@') ? join(first, second) : first
  for (let folder = resolveDir; ; folder = dirname(folder)) {
    try {
      return isInstalled(join(realpathSync(join(folder, 'node_modules', name)), 'package.json'))
    } catch {
      if (dirname(folder) === folder) return false
    }
  }
}

/** What gives names another meaning than Node does; a configuration of the project's own that is extended may hold it. */
const MAPPING = /"(?:paths|baseUrl)"\s*:|"extends"\s*:\s*(?:\[|"\.)/

/** Whether the compiler's configuration for a folder, the nearest one upwards, may map names of packages to files. */
function nameMaps(): (folder: string) => boolean {
  const known = new Map<string, boolean>()
  const ask = (folder: string): boolean => {
    const before = known.get(folder)
    if (before !== undefined) return before
    const file = ['tsconfig.json', 'jsconfig.json'].map((name) => join(folder, name)).find(existsSync)
    const above = dirname(folder)
    const maps = file ? MAPPING.test(readFileSync(file, 'utf8')) : above !== folder && ask(above)
    known.set(folder, maps)
    return maps
  }
  return ask
}

const isInstalled = (path: string): boolean => path.includes(`${sep}node_modules${sep}`)

/** The bundle finds a package by its name if the handler's own package does; another package's are named by their place. */
function external(
  { path, importer }: OnResolveArgs,
  found: ResolveResult,
  packageFolder: string,
  format: 'cjs' | 'esm',
): OnResolveResult {
  if (!isOutside(packageFolder, importer) || found.errors.length > 0 || found.external)
    return { path, external: true }
  if (format === 'esm') return { path: pathToFileURL(found.path).href, external: true }
  try {
    return { path: createRequire(importer).resolve(path), external: true }
  } catch {
    return { path, external: true }
  }
}
