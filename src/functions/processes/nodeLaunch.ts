import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { nodeBinaryFor } from '../nodeBinary.ts'
import type { ThreadHeader } from '../protocol.ts'
import type { Launch } from './launch.ts'

/** One CommonJS file, beside this one or beside the bundle that this one is in. */
const MAIN =
  ['../executor/processMain.cjs', '../functions/executor/processMain.cjs', './executor/processMain.cjs']
    .map((file) => fileURLToPath(new URL(file, import.meta.url)))
    .find((file) => existsSync(file)) ?? 'processMain.cjs'

/** The heap may grow beyond the memory size: the host looks at the whole process, and says what was too much. */
const HEAP_SHARE = 2

/** How a Node.js function runs as a process: on a Node.js of its runtime's version where the project has one. */
export function nodeLaunch(header: ThreadHeader, directory: string): Launch {
  const { root, handler, entryFile, profile, execArgv, memoryMegabytes, timeoutMs } = header
  const isDebugged = timeoutMs === 0
  return {
    kind: 'launch',
    command: nodeBinaryFor(profile.major, directory),
    args: [
      ...(isDebugged ? ['--inspect=127.0.0.1:0'] : []),
      ...execArgv,
      `--max-old-space-size=${memoryMegabytes * HEAP_SHARE}`,
      MAIN,
      JSON.stringify({ root, handler, entryFile, profile }),
    ],
    variables: {},
    hasLogPipe: true,
    warning: undefined,
  }
}
