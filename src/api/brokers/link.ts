import { afterRealMs } from '../../system/index.ts'

/** What a connection needs to do: come up, tell of its end, and end. */
export interface LinkOptions<Connection> {
  /** `lost` is to be called when the connection has ended by itself. */
  readonly open: (lost: (error: Error) => void) => Promise<Connection>
  readonly close: (connection: Connection) => Promise<void>
  /** The connection that was up has ended by itself. */
  readonly onLost: (error: Error) => void
}

/** One connection at a time: opened when it is first needed, and again after it was lost or closed. */
export class Link<Connection> {
  readonly #options: LinkOptions<Connection>
  #current: { readonly opening: Promise<Connection>; connection?: Connection } | undefined

  constructor(options: LinkOptions<Connection>) {
    this.#options = options
  }

  /** The connection that is up now, if any. */
  get connection(): Connection | undefined {
    return this.#current?.connection
  }

  /** Resolves with the connection; rejects when it cannot be opened, or with the signal's reason. */
  async up(signal: AbortSignal): Promise<Connection> {
    signal.throwIfAborted()
    return orAborted((this.#current ?? this.#open()).opening, signal)
  }

  /** Ends the connection. One that is still being opened ends once it is up: nobody waits for that. */
  async close(): Promise<void> {
    const ended = this.#current
    this.#current = undefined
    if (ended?.connection !== undefined) await this.#options.close(ended.connection)
  }

  #open(): { readonly opening: Promise<Connection> } {
    const { open, close, onLost } = this.#options
    const isCurrent = (): boolean => this.#current === mine
    const forget = (): void => {
      if (isCurrent()) this.#current = undefined
    }
    // A client may leave requests unanswered whose connection ends while it is being opened.
    let fail = (_error: Error): void => {}
    const ended = new Promise<never>((_, reject) => {
      fail = reject
    })
    const opening = open((error) => {
      fail(error)
      if (!isCurrent()) return
      forget()
      onLost(error)
    })
    const mine: { opening: Promise<Connection>; connection?: Connection } = {
      opening: inTime(Promise.race([opening, ended])).catch((error: unknown) => {
        forget()
        throw error
      }),
    }
    opening.then(
      (connection) => {
        if (isCurrent()) mine.connection = connection
        else void quietly(close(connection))
      },
      () => {},
    )
    // Whoever waits for it is told; when nobody does any more, nobody has to be.
    mine.opening.catch(() => {})
    this.#current = mine
    return mine
  }
}

/** A broker that takes the connection and then says nothing counts as one that does not answer. */
const LONGEST_OPENING_MS = 15_000

async function inTime<Value>(promise: Promise<Value>): Promise<Value> {
  let cancel = (): void => {}
  const late = new Promise<never>((_, reject) => {
    cancel = afterRealMs(LONGEST_OPENING_MS, () =>
      reject(new Error(`no answer within ${LONGEST_OPENING_MS / 1_000} seconds`)),
    )
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    cancel()
  }
}

/** What has ended is closed once more, or closed by the other side meanwhile: nobody needs to know. */
export const quietly = (closing: Promise<unknown>): Promise<void> =>
  closing.then(
    () => {},
    () => {},
  )

async function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let abort = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort)
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
