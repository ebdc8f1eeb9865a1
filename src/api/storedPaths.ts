import path from 'node:path'

/** Paths as the store keeps them: from its own folder, so that it can be moved together with what it names. */
export interface StoredPaths {
  toStored(absolute: string): string
  toAbsolute(stored: string): string
}

/** `dataFolder` is `undefined` when nothing outlives this process: then nothing moves. */
export const storedPaths = (dataFolder: string | undefined): StoredPaths =>
  dataFolder === undefined
    ? { toStored: (absolute) => absolute, toAbsolute: (stored) => stored }
    : {
        toStored: (absolute) => path.relative(dataFolder, absolute).replaceAll(path.sep, '/'),
        toAbsolute: (stored) => path.resolve(dataFolder, stored),
      }
