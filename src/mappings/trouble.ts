import type { Clock, Log } from '../system/index.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/** The pauses between attempts that fail, each twice the one before, in milliseconds. */
export function* growingPauses(): Generator<number, never> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) yield pauseMs
}

/** What keeps a mapping from reading its queue, stream or topic; said once, and again only when it has changed. */
export class Trouble {
  readonly #log: Log
  readonly #clock: Clock
  readonly #who: string
  readonly #what: 'queue' | 'stream' | 'topic'
  #problem: string | undefined
  #pauses = growingPauses()

  /** `who` begins the lines: `sqs mapping of worker to arn:...`. */
  constructor(log: Log, clock: Clock, who: string, what: 'queue' | 'stream' | 'topic' = 'queue') {
    this.#log = log
    this.#clock = clock
    this.#who = who
    this.#what = what
  }

  /** A sentence, or `undefined` when all is well. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Notes a failed attempt, and resolves when it is time for the next one, or on abort. */
  async pauseAfter(error: unknown, signal: AbortSignal): Promise<void> {
    const problem = `the ${this.#what} cannot be read: ${textOf(error)}`
    if (problem !== this.#problem) this.#log.warn(`${this.#who}: ${problem}; it is tried again and again`)
    this.#problem = problem
    await rest(this.#clock, this.#pauses.next().value, this.#who, signal)
  }

  over(): void {
    if (this.#problem === undefined) return
    this.#log.info(`${this.#who}: the ${this.#what} can be read again`)
    this.#problem = undefined
    this.#pauses = growingPauses()
  }
}

/** `QueueDoesNotExist: The specified queue does not exist.` */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  return `${code}: ${error.message}`
}

/** Nobody waits for the next attempt of a mapping that cannot read: it may never succeed. */
const rest = (clock: Clock, byMs: number, label: string, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      timer.cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = clock.at(clock.now() + byMs, label, end, { recurring: true })
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
