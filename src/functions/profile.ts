/**
 * What differs between the two generations of AWS's Node.js runtime client, as data. The worker looks a difference up
 * here and nowhere else, so that a third generation is one more row.
 */
export interface RuntimeProfile {
  /** `classic`: nodejs22.x and older. `modern`: nodejs24.x and newer. */
  readonly generation: 'classic' | 'modern'
  readonly major: number
  /** Third handler argument, `context.done` and its kin, `callbackWaitsForEmptyEventLoop`. */
  readonly hasCallbacks: boolean
  /** A plain handler's return value counts (modern), or is dropped for `null` (classic). */
  readonly keepsPlainResult: boolean
  /** How console lines name the request while there is none. */
  readonly idOutsideRequests: string
  /** The words before an error of the initialisation phase in the log. */
  readonly initErrorTitle: string
  /**
   * `answered`: an unhandled rejection or exception becomes the answer if there is none yet, then the environment ends
   * with the status given. `fatal`: it ends the environment, and with it the invocation.
   */
  readonly strayError: 'answered' | 'fatal'
  readonly rejectionStatus: number
  readonly exceptionStatus: number
  /** The runtime's own kind of error for a result that is not JSON; without one it is a plain error. */
  readonly unserialisable: string | undefined
  /** JavaScript is always imported (modern), or required unless it is a module (classic). */
  readonly importsAlways: boolean
  /** Flags of the worker, so that a newer or older Node treats modules as this runtime does. */
  readonly moduleFlags: readonly string[]
}

const CLASSIC = {
  generation: 'classic',
  hasCallbacks: true,
  keepsPlainResult: false,
  idOutsideRequests: 'undefined',
  initErrorTitle: 'Uncaught Exception',
  strayError: 'answered',
  rejectionStatus: 128,
  exceptionStatus: 129,
  unserialisable: undefined,
  importsAlways: false,
  moduleFlags: ['--no-experimental-require-module', '--no-experimental-detect-module'],
} as const satisfies Omit<RuntimeProfile, 'major'>

const MODERN = {
  generation: 'modern',
  hasCallbacks: false,
  keepsPlainResult: true,
  idOutsideRequests: '-',
  initErrorTitle: 'Init Error',
  strayError: 'fatal',
  rejectionStatus: 1,
  exceptionStatus: 1,
  unserialisable: 'JSONStringifyError',
  importsAlways: true,
  moduleFlags: ['--experimental-require-module', '--experimental-detect-module'],
} as const satisfies Omit<RuntimeProfile, 'major'>

/** The profile of `nodejs22.x` and the like; `undefined` for a runtime that is not Node.js. */
export function profileOf(runtime: string): RuntimeProfile | undefined {
  const major = Number(/^nodejs(\d+)\.x$/.exec(runtime)?.[1])
  if (Number.isNaN(major)) return undefined
  return { ...(major >= 24 ? MODERN : CLASSIC), major }
}
