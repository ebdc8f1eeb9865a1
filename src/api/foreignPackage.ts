import { createRequire } from 'node:module'

/** For services on this computer, which ask for credentials and take any. */
const ANY_CREDENTIALS = { accessKeyId: 'lambent', secretAccessKey: 'lambent' }

/**
 * Loads a package of the AWS SDK where one of the files `from` would find it: the project's own comes before ours. It is
 * no dependency, since hardly anybody needs it. Throws a sentence that names package and setting when there is none.
 */
export function loadForeignPackage(name: string, setting: string, from: readonly (string | URL)[]): unknown {
  let cause: unknown
  for (const file of from) {
    try {
      return createRequire(file)(name) as unknown
    } catch (error) {
      if (!isMissing(error, name)) throw error
      cause = error
    }
  }
  throw new Error(
    `\`endpoints.${setting}\` needs the package ${name}, which is not installed: npm install --save-dev ${name}`,
    { cause },
  )
}

/** Not there at all; a package whose own parts are missing is a fault of its own. */
const isMissing = (error: unknown, name: string): boolean =>
  error instanceof Error &&
  (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND' &&
  error.message.includes(`'${name}'`)

/** Those of the SDK's chain; where that finds none, any. */
export const orAnyCredentials =
  <Credentials>(chain: () => Promise<Credentials>) =>
  async (): Promise<Credentials | typeof ANY_CREDENTIALS> => {
    try {
      return await chain()
    } catch {
      return ANY_CREDENTIALS
    }
  }
