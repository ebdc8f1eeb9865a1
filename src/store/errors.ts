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

/** A part of a file in the data folder that cannot be read. */
export interface DroppedPart {
  readonly path: string
  /** Where in the file it begins, and how long it is. */
  readonly offset: number
  readonly bytes: number
  /** Where the file lies now, when all of it was given up. */
  readonly movedTo?: string
}

/** A file in the data folder is damaged, or is not ours. What can be done is in the message. */
export class StoreCorruptError extends Error {
  override readonly name = 'StoreCorruptError'
  readonly path: string
  /** Where in the file the damage begins, in bytes. */
  readonly offset: number
  /** How many bytes from there on cannot be read; 0 when something that was there is missing. */
  readonly bytes: number

  constructor({ path, offset, bytes }: DroppedPart, why: string) {
    super(
      `The file ${path} cannot be read at byte ${offset}: ${why}. Put back a copy of the data folder, ` +
        `start with --recover to keep what can be read, or remove the folder to start empty.`,
    )
    this.path = path
    this.offset = offset
    this.bytes = bytes
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
