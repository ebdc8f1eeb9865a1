import { accessSync, constants, statSync } from 'node:fs'
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
