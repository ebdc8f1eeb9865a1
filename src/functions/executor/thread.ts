import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { CreateHeader } from '../protocol.ts'

/** What is fixed when a thread is made; all else reaches it with its first task. */
export type ThreadSettings = Pick<CreateHeader, 'execArgv' | 'memoryMegabytes' | 'variables'>

/** One CommonJS file: a graph of modules takes a new thread 7 ms longer to load. */
const WORKER = fileURLToPath(new URL('./worker.cjs', import.meta.url))

/**
 * The thread of one execution environment: a Piscina of one. The pool starts no thread of its own accord
 * (`minThreads: 0`), because an environment that was lost is not replaced here, and keeps its one thread for ever. It
 * is ended only by `destroy()`, which leaves the thread no time: AWS grants none either.
 */
export function createThread(settings: ThreadSettings): Piscina {
  const { execArgv, memoryMegabytes, variables } = settings
  const thread = new Piscina({
    filename: WORKER,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: Infinity,
    recordTiming: false,
    atomics: 'sync',
    env: startVariables(variables),
    execArgv: [...execArgv],
    resourceLimits: {
      maxOldGenerationSizeMb: memoryMegabytes,
      maxYoungGenerationSizeMb: youngGenerationMb(memoryMegabytes),
    },
  })
  thread.on('error', () => {})
  return thread
}

/** Threads of one kind can stand in for each other until they got their first task. */
export const kindOf = ({ execArgv, memoryMegabytes, variables }: ThreadSettings): string =>
  JSON.stringify([execArgv, memoryMegabytes, startVariables(variables)])

/** Node reads these while a thread starts. The others are the function's own, or AWS's, and come with the first task. */
const READ_AT_START = /^(NODE|PISCINA|UV)_|^(HOME|USERPROFILE|PATH|TZ|LANG)$|_PROXY$/i

function startVariables(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => READ_AT_START.test(name)))
}

/** Lambda gives V8's young generation about a tenth of the memory. */
const youngGenerationMb = (memoryMegabytes: number): number =>
  Math.min(48, Math.max(8, Math.round(memoryMegabytes / 10)))
