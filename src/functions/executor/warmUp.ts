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

/** The first import of a thread makes Node's module loader; one of Node's own modules would not go all the way. */
const EMPTY_MODULE: string = 'data:text/javascript,'

const require = createRequire(process.execPath)

/** Loads parts of Node that handlers are likely to ask for, so that they come at once. Changes nothing else. */
export async function warmUp(): Promise<undefined> {
  for (const module of MODULES) require(module)
  await import(EMPTY_MODULE)
}
