import type { LedgerEntry } from '../system/index.ts'

/** The last failure of a function's code. */
export interface FunctionFailure {
  readonly atMs: number
  /** The invocation that failed. */
  readonly requestId: string
  readonly errorType: string
  readonly errorMessage: string
}

/** What is known of how a function fares, from the start of this process. */
export interface FunctionHealth {
  readonly lastInvokedMs: number | null
  readonly lastError: FunctionFailure | null
  /** Why the code that is on disk cannot be built or loaded; `null` when it can, as far as is known. */
  readonly broken: string | null
}

/** Takes part in the ledger, and keeps the last of each. */
export interface FunctionHealths {
  readonly note: (entry: LedgerEntry) => void
  of(functionName: string): FunctionHealth
  clear(): void
}

type Kept = { -readonly [Name in keyof FunctionHealth]: FunctionHealth[Name] }

/** Creates it: nothing is known yet. */
export function createFunctionHealths(): FunctionHealths {
  const byFunction = new Map<string, Kept>()

  function keptOf(functionName: string): Kept {
    let kept = byFunction.get(functionName)
    if (!kept) byFunction.set(functionName, (kept = { ...NOTHING_KNOWN }))
    return kept
  }

  return {
    note(entry) {
      if (entry.kind === 'invocationEnded') {
        const kept = keptOf(entry.functionName)
        kept.lastInvokedMs = entry.atMs
        if (entry.outcome !== 'success') kept.lastError = failureOf(entry)
      } else if (entry.kind === 'deployFailed') keptOf(entry.functionName).broken = entry.message
      else if (entry.kind === 'deployed') keptOf(entry.functionName).broken = null
    },
    of: (functionName) => byFunction.get(functionName) ?? NOTHING_KNOWN,
    clear: () => byFunction.clear(),
  }
}

const NOTHING_KNOWN: FunctionHealth = { lastInvokedMs: null, lastError: null, broken: null }

const failureOf = ({
  atMs,
  requestId,
  errorType,
  errorMessage,
}: Extract<LedgerEntry, { kind: 'invocationEnded' }>): FunctionFailure => ({
  atMs,
  requestId,
  errorType: errorType ?? 'Error',
  errorMessage: errorMessage ?? '',
})
