import type { Exit } from './payloads.ts'
import type { CreateHeader, OutcomeHeader, RunHeader } from './protocol.ts'
import type { FunctionDefinition } from './types.ts'

/** Where execution environments live: an executor process with its threads, or processes that speak the Runtime API. */
export interface EnvironmentHost {
  /** Starts an environment and initialises it; `end` is told how that went, and of all that follows. */
  create(number: number, end: EnvironmentEnd, header: CreateHeader): void
  /** One event for an environment that is initialised and has nothing to do. */
  run(number: number, header: RunHeader, payload: Uint8Array): void
  /** Ends an environment; nothing is told of it any more. */
  destroy(number: number): void
}

/** The runner's end of one execution environment. */
export interface EnvironmentEnd {
  readonly definition: FunctionDefinition
  /** When the event or the initialisation under way began; `undefined` while nothing is. */
  readonly activeSinceMs: number | undefined
  initialised(header: OutcomeHeader, payload: Uint8Array): void
  log(text: string): void
  /** A streaming handler begins to answer the event under way. */
  responseBegan(contentType: string): void
  /** A piece of that answer. Resolves, or returns, when the next one may come. */
  responseChunk(chunk: Uint8Array): void | Promise<void>
  /** The answer is there, while others in the environment are still at work: the caller need not wait for them. */
  answered(header: OutcomeHeader, payload: Uint8Array): void
  result(header: OutcomeHeader, payload: Uint8Array): void
  /** Its host is gone, and whether it was this one's doing. */
  crashed(exit: Exit, isCulprit: boolean): void
}
