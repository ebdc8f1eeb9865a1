import { createRequire } from 'node:module'

/**
 * Loads a broker's client where one of the files `from` would find it: the project's own comes before ours. It is no
 * dependency, since hardly anybody needs it. Rejects with a sentence that names the package when there is none.
 */
export function loadBrokerPackage(
  name: 'kafkajs' | 'amqplib' | 'rhea-promise',
  from: readonly (string | URL)[],
  neededBy: string,
): unknown {
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
    `${neededBy} needs the package ${name}, which is not installed: npm install --save-dev ${name}`,
    { cause },
  )
}

/** Not there at all; a package whose own parts are missing is a fault of its own. */
const isMissing = (error: unknown, name: string): boolean =>
  error instanceof Error &&
  (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND' &&
  error.message.includes(`'${name}'`)
