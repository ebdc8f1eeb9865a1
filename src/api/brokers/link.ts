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
    const mine: { opening: Promise<Connection>; connection?: Connection } = {
      opening: open((error) => {
        if (!isCurrent()) return
        this.#current = undefined
        onLost(error)
      }).then(
        async (connection) => {
          if (isCurrent()) mine.connection = connection
          else await close(connection)
          return connection
        },
        (error: unknown) => {
          if (isCurrent()) this.#current = undefined
          throw error
        },
      ),
    }
    // Whoever waits for it is told; when nobody does any more, nobody has to be.
    mine.opening.catch(() => {})
    this.#current = mine
    return mine
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
