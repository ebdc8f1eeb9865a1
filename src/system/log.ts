/** Where the runner itself reports: warnings, faults, hints. What handlers print goes through the ledger instead. */
export interface Log {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string, cause?: unknown): void
}

/** A log that keeps quiet; the default inside tests. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
