import { cp, mkdir, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../templates/', import.meta.url))

/** The names of the templates that come with Lambent. */
export async function templateNames(): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}

/** The files of a template, relative to where they are copied to. */
export async function templateFiles(template: string): Promise<string[]> {
  const entries = await readdir(path.join(root, template), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      copiedAs(path.relative(path.join(root, template), path.join(entry.parentPath, entry.name))),
    )
    .sort()
}

/** Copies the named files of a template. */
export async function copyTemplate(
  template: string,
  directory: string,
  files: readonly string[],
): Promise<void> {
  for (const file of files) {
    const target = path.join(directory, file)
    await mkdir(path.dirname(target), { recursive: true })
    await cp(path.join(root, template, storedAs(file)), target)
  }
}

export const templateText = (template: string, file: string): Promise<string> =>
  readFile(path.join(root, template, storedAs(file)), 'utf8')

/** npm leaves a `.gitignore` out of packages, so templates hold it without its dot. */
const copiedAs = (file: string): string => (file === 'gitignore' ? '.gitignore' : file)
const storedAs = (file: string): string => (file === '.gitignore' ? 'gitignore' : file)
