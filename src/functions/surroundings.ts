import type { Clock, Ids } from '../system/index.ts'
import type { Environment } from './environment.ts'
import type { EnvironmentHost } from './environmentHost.ts'
import type { Executors } from './executors.ts'
import type { StartQueue } from './startQueue.ts'
import type { FunctionEvents } from './types.ts'

/** What all environments of one runner share. */
export interface Surroundings {
  readonly clock: Clock
  readonly ids: Ids
  readonly events: FunctionEvents
  readonly region: string
  readonly executors: Executors
  /** Environments that are processes which speak the Runtime API. */
  readonly processes: EnvironmentHost
  readonly starts: StartQueue
  readonly host: NodeJS.ProcessEnv
  /** Timeouts are suspended: somebody may be stepping through the code. */
  readonly inspect: boolean
  readonly initTimeoutMs: number
  /** How long an executor keeps a thread ready after code has changed: the next change is likely. */
  readonly spareMs: number
  readonly byAccessKey: Map<string, Environment>
  nextNumber(): number
  /** An environment has nothing to do. */
  idle(): void
  /** An environment is gone. */
  ended(): void
}
