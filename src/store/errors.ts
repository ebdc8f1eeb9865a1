/** The data folder belongs to another running process (or was opened twice by this one). */
export class StoreInUseError extends Error {
  override readonly name = 'StoreInUseError'
  readonly directory: string
  readonly pid: number

  constructor(directory: string, pid: number) {
    const owner = pid === process.pid ? 'this process' : `the process with id ${pid}`
    super(
      `The data folder ${directory} is in use by ${owner}. ` +
        `Stop it first, or choose another folder with --data.`,
    )
    this.directory = directory
    this.pid = pid
  }
}

/** A change could not be made durable, most often because the disk is full. Nothing of it was applied. */
export class StoreWriteError extends Error {
  override readonly name = 'StoreWriteError'

  constructor(cause: unknown) {
    super(
      `The change could not be written to the data folder (${reasonOf(cause)}). Is the disk full or read-only?`,
      { cause },
    )
  }
}

/** The store was closed before the call. */
export class StoreClosedError extends Error {
  override readonly name = 'StoreClosedError'

  constructor() {
    super('The store is closed')
  }
}

/**
 * Whether an unhandled rejection is lmdb's echo of a failed commit. The callers of the store were told already
 * ({@link StoreWriteError}), so a process may ignore it instead of ending.
 * @example
 * process.on('unhandledRejection', (reason) => { if (!isCommitFailure(reason)) throw reason })
 */
export function isCommitFailure(reason: unknown): boolean {
  if (!(reason instanceof Error)) return false
  if (reason instanceof StoreWriteError || 'commitError' in reason) return true
  // The system's error behind a failed commit carries lmdb's number, where Node's own carry a name such as ENOSPC.
  const isNumbered = 'code' in reason && typeof reason.code === 'number'
  return (
    reason.message.startsWith('Commit failed') || (isNumbered && /[\\/]lmdb[\\/]/.test(reason.stack ?? ''))
  )
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
