import type { InitializationType } from './environmentVariables.ts'
import type { FunctionDefinition, RunReport } from './types.ts'

/** What the platform tells of a function's life; a log shows it as text or as JSON. */
export type PlatformEvent =
  | {
      readonly kind: 'initStart'
      readonly region: string
      readonly definition: FunctionDefinition
      readonly initializationType?: InitializationType
    }
  /** An initialisation is over. The text format shows those that failed, and all of provisioned concurrency. */
  | {
      readonly kind: 'initReport'
      readonly initializationType?: InitializationType
      readonly durationMs: number
      readonly phase: 'init' | 'invoke'
      readonly status: 'success' | 'timeout' | 'error'
      readonly errorType: string | undefined
    }
  | {
      readonly kind: 'start'
      readonly requestId: string
      readonly version: string
      readonly trace: Trace | undefined
    }
  /** The runtime has answered; `END` in the text format. */
  | {
      readonly kind: 'runtimeDone'
      readonly requestId: string
      readonly report: RunReport
      readonly producedBytes: number
    }
  | {
      readonly kind: 'report'
      readonly requestId: string
      readonly report: RunReport
      readonly trace: Trace | undefined
    }

/** A trace that is sampled. */
export interface Trace {
  /** The header: `Root=1-...;Parent=...;Sampled=1`. */
  readonly header: string
  readonly traceId: string
  readonly segmentId: string
}

/** The trace that a function with active tracing reports; `undefined` when it has none, or is not sampled. */
export function traceOf(header: string, isTraced: boolean): Trace | undefined {
  if (!isTraced || !/(?:^|;)Sampled=1(?:;|$)/.test(header)) return undefined
  const traceId = /Root=([^;]+)/.exec(header)?.[1] ?? ''
  const segmentId = /Parent=([^;]+)/.exec(header)?.[1] ?? ''
  return { header, traceId, segmentId }
}
