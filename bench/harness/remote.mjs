/** Child processes that are called like objects: everything that is measured runs in a process of its own. */
import { fork } from 'node:child_process'
import { once } from 'node:events'

/** @typedef {Record<string, (argument: any) => unknown>} Methods */

/**
 * In the child: answers the parent's calls.
 * @param {Methods} methods
 */
export function serve(methods) {
  /** @param {{ id: number, method: string, argument: unknown }} call */
  const answer = async (call) => {
    try {
      const value = await methods[call.method]?.(call.argument)
      process.send?.({ id: call.id, value })
    } catch (error) {
      process.send?.({
        id: call.id,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      })
    }
  }
  process.on('message', (call) => void answer(/** @type {any} */ (call)))
  process.on('disconnect', () => process.exit(0))
}

/**
 * @typedef {object} Remote
 * @property {number} pid
 * @property {(method: string, argument?: unknown) => Promise<any>} call
 * @property {() => Promise<void>} stop
 */

/**
 * In the parent: starts `file` as a child process whose methods can be called.
 * @param {URL} file
 * @param {readonly string[]} [execArgv]
 * @returns {Remote}
 */
export function startRemote(file, execArgv = []) {
  const child = fork(file, { execArgv: [...execArgv], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  /** @type {Map<number, { resolve: (value: unknown) => void, reject: (error: Error) => void }>} */
  const open = new Map()
  let lastId = 0
  let isStopping = false
  child.on('message', (/** @type {{ id: number, value?: unknown, error?: string }} */ reply) => {
    const call = open.get(reply.id)
    open.delete(reply.id)
    if (reply.error === undefined) call?.resolve(reply.value)
    else call?.reject(new Error(reply.error))
  })
  /** @type {Error | undefined} */
  let ended
  child.on('exit', (code, signal) => {
    ended = new Error(`${file.pathname} ended: ${signal ?? code}`)
    for (const call of open.values()) call.reject(ended)
    open.clear()
  })
  return {
    pid: child.pid ?? 0,
    call: (method, argument) =>
      new Promise((resolve, reject) => {
        if (ended) {
          reject(ended)
          return
        }
        const id = ++lastId
        open.set(id, { resolve, reject })
        child.send({ id, method, argument })
      }),
    async stop() {
      if (ended || isStopping) return
      isStopping = true
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}
