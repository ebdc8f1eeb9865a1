import { basename, dirname, join } from 'node:path'
import type { Files } from '../files.ts'
import { listNames, nearest } from '../nearest.ts'
import type { FunctionSpec } from '../types.ts'
import { below, type Rule } from './rule.ts'

/** Extensions of handler files, in the order in which they are looked for. */
const HANDLER_EXTENSIONS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.tsx'] as const

interface Flaw {
  readonly message: string
  readonly hint: string
}

/** A handler is `file.export`, and the file is there. Whether it has that export, only running it can tell. */
export function handlers(files: Files): Rule {
  return ({ spec, root, report }) => {
    const listed = new Map<string, readonly string[] | undefined>()
    const list = (folder: string): readonly string[] | undefined => {
      if (!listed.has(folder)) listed.set(folder, files.list(join(spec.directory, folder)))
      return listed.get(folder)
    }
    for (const each of spec.functions) {
      const flaw = each.handler === '' ? undefined : flawOf(each, list)
      if (flaw !== undefined) report.problem(below(root, each.pointer, 'handler'), flaw.message, flaw.hint)
    }
  }
}

function flawOf(
  { handler, runtime }: FunctionSpec,
  list: (folder: string) => readonly string[] | undefined,
): Flaw | undefined {
  if (!runtime.startsWith('nodejs'))
    return runtime.startsWith('python') ? pythonFlawOf(handler, list) : undefined
  const folder = dirname(handler)
  const name = basename(handler)
  const dot = name.indexOf('.')
  if (handler.includes('..') || dot <= 0 || dot === name.length - 1) {
    const hint = handler.includes('..')
      ? 'expected `file.export` inside the folder of lambda.yml, without `..`'
      : `expected \`file.export\`, such as \`${handler.replace(/\.+$/, '')}.handler\``
    return { message: `\`${handler}\` is not a handler`, hint }
  }
  const file = name.slice(0, dot)
  const firstExport = name.slice(dot + 1).split('.')[0] ?? ''
  const names = list(folder)
  if (names === undefined) {
    return {
      message: `handler file not found: there is no folder \`${folder}\``,
      hint: `expected the folder \`${folder}\` beside lambda.yml`,
    }
  }
  const isExtension = (HANDLER_EXTENSIONS as readonly string[]).includes(`.${firstExport}`)
  if (isExtension && names.includes(`${file}.${firstExport}`)) {
    const exported =
      name
        .slice(dot + 1)
        .split('.')
        .slice(1)
        .join('.') || 'handler'
    return {
      message: `\`${handler}\` names a file, not its export`,
      hint: `expected \`file.export\`; did you mean \`${join(folder, file)}.${exported}\`?`,
    }
  }
  if (HANDLER_EXTENSIONS.some((extension) => names.includes(`${file}${extension}`))) return undefined
  const lookedFor = `${join(folder, file)}${HANDLER_EXTENSIONS[0]}, ${HANDLER_EXTENSIONS.slice(1).join(', ')}`
  const there = handlerFiles(names)
  const guess = nearest(file, there)
  const others = there.length === 0 ? 'the folder holds no code' : `the folder has ${listNames(there, 8)}`
  const better =
    guess === undefined ? `; ${others}` : `; did you mean \`${join(folder, guess)}${name.slice(dot)}\`?`
  return {
    message: `handler file not found: looked for ${lookedFor}`,
    hint: `expected one of these files${better}`,
  }
}

/** `package.module.function`, where slashes may stand for dots; a package is a folder. What other runtimes make of it, they know. */
function pythonFlawOf(
  handler: string,
  list: (folder: string) => readonly string[] | undefined,
): Flaw | undefined {
  const path = handler.slice(0, Math.max(0, handler.lastIndexOf('.'))).replaceAll('.', '/')
  if (path === '' || handler.endsWith('.') || handler.includes('..')) {
    const hint = 'expected `module.function`, such as `app.handler`, inside the folder of lambda.yml'
    return { message: `\`${handler}\` is not a handler`, hint }
  }
  const names = list(dirname(path))
  const module = basename(path)
  if (names?.some((name) => name === module || name.startsWith(`${module}.`))) return undefined
  const there = (names ?? []).filter((name) => name.endsWith('.py')).map((name) => name.slice(0, -3))
  const guess = nearest(module, there)
  const better =
    guess === undefined
      ? ''
      : `; did you mean \`${join(dirname(path), guess)}${handler.slice(handler.lastIndexOf('.'))}\`?`
  return {
    message: `handler file not found: looked for ${path}.py`,
    hint: `expected this file, or a package of that name${better}`,
  }
}

function handlerFiles(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const extension = HANDLER_EXTENSIONS.find((each) => name.endsWith(each))
    return extension === undefined || name.endsWith('.d.ts') ? [] : [name.slice(0, -extension.length)]
  })
}
