import { existsSync, statSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join, relative, resolve } from 'node:path'
import type { BuildFailure as EsbuildFailure, BuildOptions, Message, Plugin } from 'esbuild'
import { pathToFileURL } from 'node:url'
import { packages } from './packages.ts'
import { type ErrorPayload, importError, syntaxError, toBytes } from './payloads.ts'
import type { FunctionDefinition } from './types.ts'

/** A function's code, ready to be loaded. */
export interface Build {
  /** Built from TypeScript; JavaScript runs from its own path and has none. */
  readonly entryFile: string | undefined
  /** To be deleted when nobody runs this any more. */
  readonly outputFolder: string | undefined
  /** The module graph without packages, and where a missing module of it would appear. Absolute paths. */
  readonly files: readonly string[]
  /** The compiler's complaint: nothing can be run. */
  readonly failure: BuildFailure | undefined
}

export interface BuildFailure {
  readonly errorType: string
  readonly message: string
  readonly payload: Uint8Array
  /** The place, as a compiler shows it. */
  readonly frame: string
}

const JAVASCRIPT = ['', '.js', '.mjs', '.cjs'] as const
const TYPESCRIPT = ['.ts', '.mts', '.cts', '.tsx'] as const

/** Where a handler's code is. */
export interface Source {
  /** Without an extension. */
  readonly path: string
  readonly file: string | undefined
  readonly isTypeScript: boolean
}

/** The source file of a handler; JavaScript comes before TypeScript, as nothing but JavaScript exists on AWS. */
export function sourceOf(definition: Pick<FunctionDefinition, 'handler' | 'directory'>): Source {
  const name = basename(definition.handler)
  const path = resolve(definition.directory, dirname(definition.handler), name.split('.')[0] ?? name)
  const file = [...JAVASCRIPT, ...TYPESCRIPT].map((extension) => path + extension).find(isFile)
  const isTypeScript = file !== undefined && (TYPESCRIPT as readonly string[]).includes(extname(file))
  return { path, file, isTypeScript }
}

/** Builds what has to be built, and follows the imports of what has not. Never rejects: a fault is a failed build. */
export async function buildOf(definition: FunctionDefinition, source: Source): Promise<Build> {
  const { file, path, isTypeScript } = source
  if (file === undefined) return buildOfNothing(path)
  try {
    return isTypeScript ? await buildTypeScript(definition, file) : await traceJavaScript(definition, file)
  } catch (error) {
    const payload = syntaxError(`the handler cannot be built: ${String(error)}`, file)
    const failure = {
      errorType: payload.errorType,
      message: payload.errorMessage,
      payload: toBytes(payload),
      frame: '',
    }
    return { ...untraced(file), failure }
  }
}

/** Builds a TypeScript handler, to run for as long as nothing changes. */
async function buildTypeScript(definition: FunctionDefinition, file: string): Promise<Build> {
  const packageFolder = await nearestPackage(file, definition.directory)
  return await bundle(definition, file, await newOutputFolder(packageFolder, definition.name))
}

/** Bundles a handler: its own files only, so that packages are found where they are. */
export async function bundle(
  definition: FunctionDefinition,
  file: string,
  outputFolder: string,
): Promise<Build> {
  const packageFolder = await nearestPackage(file, definition.directory)
  const isModule =
    /\.m[jt]s$/.test(file) || (!/\.c[jt]s$/.test(file) && (await isModulePackage(packageFolder)))
  const entryFile = join(outputFolder, `${basename(file, extname(file))}${isModule ? '.mjs' : '.cjs'}`)
  const result = await compile({
    ...graphOptions(file, packageFolder),
    outfile: entryFile,
    write: true,
    format: isModule ? 'esm' : 'cjs',
    target: `node${/\d+/.exec(definition.runtime)?.[0] ?? '20'}`,
    sourcemap: 'linked',
    sourcesContent: false,
    keepNames: true,
    plugins: [packages(packageFolder, isModule ? 'esm' : 'cjs'), ownPlaces(isModule)],
    define: isModule ? PLACES_OF_MODULES : PLACES_OF_SCRIPTS,
  })
  if (!result.failure) return { ...result, entryFile, outputFolder }
  await rm(outputFolder, { recursive: true, force: true })
  return { ...result, entryFile: undefined, outputFolder: undefined }
}

/** Follows a JavaScript handler's imports; a failure tells where the code cannot be read, but Node has the last word. */
async function traceJavaScript(definition: FunctionDefinition, file: string): Promise<Build> {
  const result = await compile({
    ...graphOptions(file, definition.directory),
    write: false,
    format: 'esm',
    plugins: [packages(definition.directory, 'esm')],
  })
  return { ...result, entryFile: undefined, outputFolder: undefined }
}

/** A handler whose file is not there (yet): it may appear under any of these names. */
export function buildOfNothing(path: string): Build {
  const files = [...JAVASCRIPT.slice(1), ...TYPESCRIPT].map((extension) => path + extension)
  return { entryFile: undefined, outputFolder: undefined, files, failure: undefined }
}

/** Before anything is known of a JavaScript function's imports. */
export function untraced(file: string): Build {
  return { entryFile: undefined, outputFolder: undefined, files: [file], failure: undefined }
}

function graphOptions(
  file: string,
  workingFolder: string,
): BuildOptions & { entryPoints: string[]; absWorkingDir: string } {
  return {
    entryPoints: [file],
    absWorkingDir: workingFolder,
    bundle: true,
    platform: 'node',
    metafile: true,
    logLevel: 'silent',
    loader: { '.node': 'empty' },
  }
}

async function compile(
  options: BuildOptions & { entryPoints: string[]; absWorkingDir: string },
): Promise<{ files: readonly string[]; failure: BuildFailure | undefined }> {
  // Loaded on first use: a project of JavaScript functions is up before anybody needs it.
  const esbuild = await import('esbuild')
  try {
    const { metafile } = await esbuild.build(options)
    const inputs = Object.keys(metafile?.inputs ?? {})
    return { files: inputs.map((input) => resolve(options.absWorkingDir, input)), failure: undefined }
  } catch (error) {
    const { errors } = error as Partial<EsbuildFailure>
    if (!errors) throw error
    const frames = await esbuild.formatMessages(errors, { kind: 'error', color: false })
    const files = new Set(options.entryPoints)
    for (const message of errors)
      for (const file of filesOfMessage(message, options.absWorkingDir)) files.add(file)
    return {
      files: [...files],
      failure: describe(errors[0], options.absWorkingDir, frames.join('\n').trimEnd()),
    }
  }
}

const UNRESOLVED = /^Could not resolve "(\.{1,2}\/[^"]*)"/

/** The file that a message is about and, for a module that is missing, the files that would be it. */
function filesOfMessage(message: Message, workingFolder: string): readonly string[] {
  if (!message.location) return []
  const importer = resolve(workingFolder, message.location.file)
  const missing = UNRESOLVED.exec(message.text)?.[1]
  if (missing === undefined) return [importer]
  const path = resolve(dirname(importer), missing)
  const stem = path.replace(/\.[cm]?jsx?$/, '')
  const names = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.tsx', '.json', '/index.js', '/index.ts']
  return [importer, path, ...names.map((name) => stem + name)]
}

function describe(error: Message | undefined, workingFolder: string, frame: string): BuildFailure {
  const text = error?.text ?? 'The handler cannot be built.'
  const { file = '', line = 0, column = 0 } = error?.location ?? {}
  const place = `${resolve(workingFolder, file)}:${line}:${column + 1}`
  const missing = UNRESOLVED.exec(text)?.[1]
  const payload: ErrorPayload =
    missing === undefined ? syntaxError(`${text} (${place})`, place) : importError(missing, place)
  return { errorType: payload.errorType, message: payload.errorMessage, payload: toBytes(payload), frame }
}

/**
 * `__dirname`, `import.meta.url` and the like of a bundled file still mean the file's own place, not the bundle's.
 */
const PLACES_OF_SCRIPTS = { __dirname: '__own_dirname', __filename: '__own_filename' }
const PLACES_OF_MODULES = {
  'import.meta.url': '__own_url',
  'import.meta.dirname': '__own_dirname',
  'import.meta.filename': '__own_filename',
}

function ownPlaces(isModule: boolean): Plugin {
  const isNamed = isModule ? /import\.meta\.(url|dirname|filename)/ : /__(dirname|filename)/
  return {
    name: 'own-places',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
        const contents = await readFile(path, 'utf8')
        if (!isNamed.test(contents) || contents.startsWith('#!')) return undefined
        const values = {
          __own_dirname: dirname(path),
          __own_filename: path,
          __own_url: String(pathToFileURL(path)),
        }
        const head = Object.entries(values).map(([name, value]) => `const ${name}=${JSON.stringify(value)};`)
        const extension = extname(path).slice(1)
        const loader = extension.endsWith('x')
          ? (extension as 'jsx' | 'tsx')
          : extension.endsWith('ts')
            ? 'ts'
            : 'js'
        // On the same line as the first one: line numbers stay.
        return { contents: head.join('') + contents, loader, resolveDir: dirname(path) }
      })
    },
  }
}

async function newOutputFolder(packageFolder: string, functionName: string): Promise<string> {
  const root = join(packageFolder, '.lambent', 'build')
  await mkdir(root, { recursive: true })
  const ignore = join(packageFolder, '.lambent', '.gitignore')
  if (!existsSync(ignore)) await writeFile(ignore, '*\n')
  await removeLeftOvers(root)
  return join(root, `${functionName}-${process.pid}-${++builds}`)
}

let builds = 0
const sweptFolders = new Set<string>()

/** What runners that were killed left behind: the process id in the name says whether anybody still uses it. */
async function removeLeftOvers(root: string): Promise<void> {
  if (sweptFolders.has(root)) return
  sweptFolders.add(root)
  for (const name of await readdir(root)) {
    const pid = Number(/-(\d+)-\d+$/.exec(name)?.[1])
    if (!Number.isNaN(pid) && !isAlive(pid)) await rm(join(root, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The folder of the nearest package.json above a file; the project's own folder if there is none. */
export async function nearestPackage(file: string, directory: string): Promise<string> {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (dirname(folder) === folder) return isWithin(file, directory) ? directory : dirname(file)
  }
}

async function isModulePackage(folder: string): Promise<boolean> {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return false
  return (JSON.parse(await readFile(file, 'utf8')) as { type?: unknown }).type === 'module'
}

const isWithin = (file: string, directory: string): boolean => !relative(directory, file).startsWith('..')

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
