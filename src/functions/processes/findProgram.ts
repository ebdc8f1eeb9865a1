import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program by its name, as a shell finds it. */
export function findProgram(name: string, path: string): string | undefined {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`, name] : [name]
  const files = path
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => names.map((each) => join(folder, each)))
  return files.find(isExecutable)
}

export function isExecutable(file: string): boolean {
  try {
    if (!statSync(file).isFile()) return false
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** How files begin that a system executes: a script's interpreter, ELF, Mach-O (both byte orders, and universal), Windows. */
const BEGINNINGS = ['2321', '7f454c46', 'cffaedfe', 'cefaedfe', 'feedface', 'feedfacf', 'cafebabe', '4d5a']

/** A shell would run any text as a script of its own; the system, and Lambda, do not. */
export function isProgram(file: string): boolean {
  const start = Buffer.alloc(4)
  try {
    const descriptor = openSync(file, 'r')
    readSync(descriptor, start, 0, 4, 0)
    closeSync(descriptor)
  } catch {
    // It may be executed without being readable.
    return true
  }
  return BEGINNINGS.some((beginning) => start.toString('hex').startsWith(beginning))
}
