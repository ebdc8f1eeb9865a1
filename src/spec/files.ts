import { readdirSync, readFileSync } from 'node:fs'

/** The file system, as far as the loader looks at it. */
export interface Files {
  /** The text of a file, or `undefined` when there is none. Other failures throw. */
  read(path: string): string | undefined
  /** Names of the files in a folder, or `undefined` when there is no such folder. */
  list(directory: string): readonly string[] | undefined
}

export const realFiles: Files = {
  read: (path) => orMissing(() => readFileSync(path, 'utf8')),
  list: (directory) =>
    orMissing(() =>
      readdirSync(directory, { withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => entry.name),
    ),
}

function orMissing<Result>(look: () => Result): Result | undefined {
  try {
    return look()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}
