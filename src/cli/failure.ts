/** What a command's end means to the shell. */
export const exitCodes = { fine: 0, failed: 1, wrong: 2 } as const

/** A failure that needs no stack: one sentence says what happened, and what to do. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2 = exitCodes.failed) {
    super(message)
    this.exitCode = exitCode
  }
}
