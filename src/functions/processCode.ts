import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, extname, join, relative, resolve } from 'node:path'
import type { Build, Source } from './build.ts'
import type { CodeSnapshot, FunctionDefinition } from './types.ts'

/** Runtimes whose environments are processes that speak the Runtime API. */
export const isProcessRuntime = (runtime: string): boolean =>
  /^(python|ruby|java|dotnet|provided)/.test(runtime)

/** Names the script that starts the runtime. */
export const WRAPPER = 'AWS_LAMBDA_EXEC_WRAPPER'

/**
 * Whether a function's environments are processes of their own: other languages, Node.js that asks for it, what a wrapper
 * script starts, and what has extensions beside it, which are processes that look at their environment's API.
 */
export const runsAsProcess = ({
  runtime,
  isolation,
  layers,
  environment,
}: Pick<FunctionDefinition, 'runtime' | 'isolation' | 'layers' | 'environment'>): boolean =>
  isProcessRuntime(runtime) ||
  isolation === 'process' ||
  (environment[WRAPPER] ?? '') !== '' ||
  layers.some((layer) => existsSync(join(layer, 'extensions')))

type Code = Pick<FunctionDefinition, 'runtime' | 'handler' | 'entryFile' | 'directory' | 'layers'>

/**
 * The folder that stands for `/var/task`: a published version of a process's code has one of its own, and several
 * OS-only functions of a project each have a folder, named by their handler, with the program in it.
 */
export function taskRootOf({ runtime, handler, entryFile, directory }: Omit<Code, 'layers'>): string {
  if (!isProcessRuntime(runtime)) return directory
  if (entryFile !== undefined) return entryFile
  const own = resolve(directory, handler)
  return languageOf(runtime) === undefined && existsSync(join(own, 'bootstrap')) ? own : directory
}

/**
 * Where the program of an OS-only runtime may lie, as on AWS with the code or in a layer, the last one first. A program
 * that the handler names stands in for it: AWS has one `bootstrap` for each function, a project may have several.
 */
export function bootstrapsOf(code: Code): string[] {
  const root = taskRootOf(code)
  const named =
    code.handler === '' || root !== (code.entryFile ?? code.directory) ? [] : [join(root, code.handler)]
  return [
    join(root, 'bootstrap'),
    ...named,
    ...code.layers.toReversed().map((layer) => join(layer, 'bootstrap')),
  ]
}

/** The file that a function's code begins with, whether it is there or not: its runtime has the last word. */
export function codeOfProcess(definition: Code): Source {
  const file = mainFileOf(definition)
  return { path: file, file, isTypeScript: false }
}

/** The files of a function's code: its program, or its handler's file and all code that lies with it. */
export async function buildOfProcess(definition: Code): Promise<Build> {
  const main = mainFileOf(definition)
  const language = languageOf(definition.runtime)
  const files = language
    ? await filesIn(dirname(main), (file) => language.extensions.includes(extname(file)), MOST_WATCHED)
    : bootstrapsOf(definition)
  const all = [main, ...files]
  return { entryFile: undefined, outputFolder: undefined, files: [...new Set(all)], failure: undefined }
}

interface Language {
  readonly extensions: readonly string[]
  /** The handler's file, relative to the function's folder. */
  main(handler: string): string
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  python: {
    extensions: ['.py', '.so', '.json'],
    main: (handler) => `${handler.slice(0, handler.lastIndexOf('.')).replaceAll('.', '/')}.py`,
  },
  ruby: { extensions: ['.rb', '.json'], main: (handler) => `${handler.split('.')[0] ?? ''}.rb` },
  java: { extensions: ['.class', '.jar'], main: () => 'function.jar' },
  dotnet: { extensions: ['.dll'], main: (handler) => `${handler.split('::')[0] ?? ''}.dll` },
}

const languageOf = (runtime: string): Language | undefined => LANGUAGES[/^[a-z]+/.exec(runtime)?.[0] ?? '']

function mainFileOf(code: Code): string {
  const language = languageOf(code.runtime)
  return resolve(taskRootOf(code), language?.main(code.handler) ?? 'bootstrap')
}

/** No code of the function's own. Neither is what is hidden, nor a virtual environment of Python. */
const LEFT_OUT = new Set(['node_modules', '__pycache__'])

const MOST_WATCHED = 2000
const MOST_KEPT = 20_000
/** Lambda's limit for code, unzipped. */
const MOST_BYTES = 262_144_000

/** Files below a folder that `isWanted`, the nearest first, `most` at the most. */
async function filesIn(folder: string, isWanted: (file: string) => boolean, most: number): Promise<string[]> {
  const found: string[] = []
  const folders = [folder]
  for (let next = folders.shift(); next !== undefined && found.length < most; next = folders.shift()) {
    const entries = await readdir(next, { withFileTypes: true }).catch(() => [])
    if (entries.some(({ name }) => name === 'pyvenv.cfg')) continue
    for (const entry of entries) {
      const path = join(next, entry.name)
      const isLeftOut = entry.name.startsWith('.') || LEFT_OUT.has(entry.name)
      if (entry.isDirectory() && !isLeftOut) folders.push(path)
      else if (entry.isFile() && isWanted(path) && found.length < most) found.push(path)
    }
  }
  return found
}

/** Why code cannot be kept. */
export class TooMuchCode extends Error {
  override readonly name = 'TooMuchCode'
}

/** Copies a function's folder, for a published version to run from: `entryFile` is the copy. */
export async function keepProcessCode(definition: Code, folder: string): Promise<CodeSnapshot> {
  const directory = taskRootOf(definition)
  const isOutside = (file: string): boolean => relative(folder, file).startsWith('..')
  const files = (await filesIn(directory, isOutside, MOST_KEPT + 1)).toSorted()
  if (files.length > MOST_KEPT) throw new TooMuchCode(`${directory} has more than ${MOST_KEPT} files`)
  await rm(folder, { recursive: true, force: true })
  const hash = createHash('sha256')
  let bytes = 0
  for (const file of files) {
    const name = relative(directory, file)
    const { size, mode } = await stat(file)
    bytes += size
    if (bytes > MOST_BYTES) throw new TooMuchCode(`${directory} has more than ${MOST_BYTES} bytes`)
    const copy = join(folder, name)
    await mkdir(dirname(copy), { recursive: true })
    await copyFile(file, copy)
    await chmod(copy, mode)
    hash.update(`${name}\n`).update(await readFile(copy))
  }
  return { entryFile: folder, bytes, sha256: hash.digest('base64') }
}
