/** What one row uses while it runs: processes and folders, all of them gone afterwards. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { startRemote } from './remote.mjs'

/** @typedef {import('./remote.mjs').Remote} Remote */
/** @typedef {{ url: string, remote: Remote }} Target */

/**
 * @typedef {object} Settings
 * @property {boolean} long A million queued messages instead of a hundred thousand.
 * @property {string | undefined} profile Where Lambent's runner leaves a CPU profile of each row.
 * @property {(text: string) => void} progress
 */

export const PROJECT = fileURLToPath(new URL('../project/', import.meta.url))

export class Session {
  /** @type {(() => Promise<void>)[]} */
  #undo = []
  /** @type {Promise<Remote> | undefined} */
  #client
  #settings
  progress

  /** @param {Settings} settings */
  constructor(settings) {
    this.#settings = settings
    this.progress = settings.progress
  }

  get isLong() {
    return this.#settings.long
  }

  /** The one client process of this row. */
  get client() {
    this.#client ??= Promise.resolve(this.#start(new URL('loadClient.mjs', import.meta.url)))
    return this.#client
  }

  /**
   * Lambent in a process of its own, with the bench project and a data folder of its own unless told otherwise.
   * @param {import('lambent').StartOptions} [options]
   * @returns {Promise<Target>}
   */
  async startLambent(options = {}) {
    const { profile } = this.#settings
    // Before the process, so that it is removed after it.
    const data = options.data ?? (await this.folder())
    const execArgv = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${path.resolve(profile)}`]
    const remote = this.#start(new URL('lambentTarget.mjs', import.meta.url), execArgv, (one) =>
      one.call('stop'),
    )
    const { url } = await remote.call('start', {
      config: path.join(PROJECT, 'lambda.yml'),
      ...options,
      data,
    })
    return { url, remote }
  }

  /**
   * The floor of an invocation, running one handler.
   * @param {string} handler A file of the bench project.
   * @returns {Promise<Target>}
   */
  async startFloor(handler) {
    const remote = this.#start(new URL('../floor/invokeServer.mjs', import.meta.url))
    const { url } = await remote.call('start', { handlerFile: path.join(PROJECT, handler) })
    return { url, remote }
  }

  /**
   * The floor of an answer over HTTP.
   * @param {{ answers?: Record<string, string>, status?: number, delayMs?: number }} [settings]
   * @returns {Promise<Target>}
   */
  async startBareServer(settings = {}) {
    const remote = this.#start(new URL('../floor/bareServer.mjs', import.meta.url))
    const { url } = await remote.call('start')
    await remote.call('configure', settings)
    return { url, remote }
  }

  /**
   * Kinesalite, as it is installed in `folder`.
   * @param {string} folder
   * @returns {Promise<Target>}
   */
  async startKinesalite(folder) {
    const remote = this.#start(new URL('../floor/kinesalite.mjs', import.meta.url))
    const { url } = await remote.call('start', { folder })
    return { url, remote }
  }

  /** A folder that goes away with the session. */
  async folder() {
    const folder = await mkdtemp(path.join(tmpdir(), 'lambent-bench-'))
    this.#undo.push(() => rm(folder, { recursive: true, force: true }))
    return folder
  }

  /** @param {() => Promise<void>} undo */
  atEnd(undo) {
    this.#undo.push(undo)
  }

  async end() {
    for (let step = this.#undo.pop(); step; step = this.#undo.pop()) await step().catch(() => {})
  }

  /**
   * @param {URL} file
   * @param {readonly string[]} [execArgv]
   * @param {(remote: Remote) => Promise<unknown>} [beforeStop]
   * @returns {Remote}
   */
  #start(file, execArgv, beforeStop) {
    const remote = startRemote(file, execArgv)
    this.#undo.push(async () => {
      try {
        await beforeStop?.(remote)
      } finally {
        await remote.stop()
      }
    })
    return remote
  }
}
