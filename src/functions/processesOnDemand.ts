import type { EnvironmentEnd, EnvironmentHost } from './environmentHost.ts'
import type { ProcessHost, ProcessHostOptions } from './processes/index.ts'
import type { CreateHeader, RunHeader } from './protocol.ts'

/** The host of processes, loaded when the first environment needs it: most projects are of Node.js alone. */
export class ProcessesOnDemand implements EnvironmentHost {
  readonly #options: ProcessHostOptions
  /** Asked for before the host was there, and not given up since. */
  readonly #expected = new Map<number, () => void>()
  #host: ProcessHost | undefined
  #loading: Promise<void> | undefined

  constructor(options: ProcessHostOptions) {
    this.#options = options
  }

  create(number: number, end: EnvironmentEnd, header: CreateHeader): void {
    if (this.#host) {
      this.#host.create(number, end, header)
      return
    }
    this.#expected.set(number, () => this.#host?.create(number, end, header))
    this.#loading ??= this.#load()
  }

  run(number: number, header: RunHeader, payload: Uint8Array): void {
    this.#host?.run(number, header, payload)
  }

  destroy(number: number): void {
    this.#expected.delete(number)
    this.#host?.destroy(number)
  }

  async stop(): Promise<void> {
    this.#expected.clear()
    await this.#loading
    await this.#host?.stop()
  }

  async #load(): Promise<void> {
    const { ProcessHost } = await import('./processes/index.ts')
    this.#host = new ProcessHost(this.#options)
    for (const create of this.#expected.values()) create()
    this.#expected.clear()
  }
}
