import { createRequire } from 'node:module'

/** What an AWS SDK client, and so most handlers, load of Node itself: a dozen milliseconds. */
const MODULES = [
  'node:crypto',
  'node:fs/promises',
  'node:http',
  'node:https',
  'node:http2',
  'node:os',
  'node:zlib',
]

const require = createRequire(process.execPath)

/** Loads parts of Node that handlers are likely to ask for, so that they come at once. Changes nothing else. */
export async function warmUp(): Promise<undefined> {
  for (const module of MODULES) require(module)
  // The first import of a thread makes Node's module loader.
  await import('node:process')
}
