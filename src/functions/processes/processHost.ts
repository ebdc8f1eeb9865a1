import { afterRealMs } from '../../system/index.ts'
import type { EnvironmentEnd, EnvironmentHost } from '../environmentHost.ts'
import type { CreateHeader, OutcomeHeader, RunHeader } from '../protocol.ts'
import type { FunctionDefinition } from '../types.ts'
import { Extensions } from './extensions.ts'
import { ProcessEnvironment } from './processEnvironment.ts'
import { Watchdog } from './watchdog.ts'

export interface ProcessHostOptions {
  readonly host: Readonly<Record<string, string | undefined>>
  readonly newId: () => string
}

/** So many initialisations in a row may fail before the next one has to wait. */
const PATIENCE = 3
const SHORTEST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5000

/** How long to wait with the next start when the last `failures` have failed. */
export const pauseAfter = (failures: number): number =>
  failures < PATIENCE ? 0 : Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** (failures - PATIENCE))

/** Hosts environments that are processes which speak the Runtime API, each with a server of its own. */
export class ProcessHost implements EnvironmentHost {
  readonly #options: ProcessHostOptions
  readonly #watchdog = new Watchdog()
  readonly #environments = new Map<number, ProcessEnvironment>()
  readonly #leaving = new Set<Promise<void>>()
  /** Failed initialisations in a row, of one generation of code. */
  readonly #failures = new WeakMap<FunctionDefinition, number>()
  readonly #said = new Set<string>()

  constructor(options: ProcessHostOptions) {
    this.#options = options
  }

  create(number: number, end: EnvironmentEnd, header: CreateHeader): void {
    const { host, newId } = this.#options
    const environment = new ProcessEnvironment({
      end: this.#counting(end),
      header,
      createCompanions: (settings, companionsEnd) =>
        new Extensions(settings, companionsEnd, newId, this.#watchdog),
      watchdog: this.#watchdog,
      host,
      newId,
      warnOnce: (text) => this.#sayOnce(end, text),
    })
    this.#environments.set(number, environment)
    const failures = this.#failures.get(end.definition) ?? 0
    const pauseMs = pauseAfter(failures)
    if (pauseMs === 0) {
      void environment.start()
      return
    }
    if (failures === PATIENCE)
      end.log(
        `The runtime failed to start ${failures} times in a row: the next starts wait a little longer each time.`,
      )
    afterRealMs(pauseMs, () => {
      if (this.#environments.get(number) === environment) void environment.start()
    })
  }

  run(number: number, header: RunHeader, payload: Uint8Array): void {
    this.#environments.get(number)?.run(header, payload)
  }

  destroy(number: number): void {
    const environment = this.#environments.get(number)
    if (!environment) return
    this.#environments.delete(number)
    environment.destroy()
    const { gone } = environment
    this.#leaving.add(gone)
    void gone.then(() => this.#leaving.delete(gone))
  }

  /** Ends every process; resolves when they are gone. */
  async stop(): Promise<void> {
    for (const number of this.#environments.keys()) this.destroy(number)
    await Promise.all(this.#leaving)
  }

  #sayOnce(end: EnvironmentEnd, text: string): void {
    const key = JSON.stringify([end.definition.name, text])
    if (this.#said.has(key)) return
    this.#said.add(key)
    end.log(text)
  }

  /** The runner's end, with an eye on how initialisations go. */
  #counting(end: EnvironmentEnd): EnvironmentEnd {
    const { definition } = end
    const initialised = (header: OutcomeHeader, payload: Uint8Array): void => {
      const failures = header.outcome === 'success' ? 0 : (this.#failures.get(definition) ?? 0) + 1
      this.#failures.set(definition, failures)
      end.initialised(header, payload)
    }
    return {
      definition,
      get activeSinceMs() {
        return end.activeSinceMs
      },
      initialised,
      log: (text) => end.log(text),
      responseBegan: (contentType) => end.responseBegan(contentType),
      responseChunk: (chunk) => end.responseChunk(chunk),
      answered: (header, payload) => end.answered(header, payload),
      result: (header, payload) => end.result(header, payload),
      crashed: (exit, isCulprit) => end.crashed(exit, isCulprit),
    }
  }
}
