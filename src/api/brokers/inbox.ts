import type { Clock } from '../../system/index.ts'

interface Waiting<Message> {
  readonly limit: number
  readonly except: ReadonlySet<string>
  readonly resolve: (messages: Message[]) => void
  readonly reject: (reason: unknown) => void
}

export interface InboxOptions<Message> {
  readonly clock: Clock
  /** Names the wait where people see it: `batching window of rabbitmq:orders`. */
  readonly label: string
  readonly lane: (message: Message) => string
  /** Called after messages were taken out. */
  readonly onTaken?: () => void
}

/** What a broker has pushed and nobody has taken yet. One at a time may wait for messages. */
export class Inbox<Message> {
  readonly #on: InboxOptions<Message>
  #messages: Message[] = []
  #waiting: Waiting<Message> | undefined

  constructor(on: InboxOptions<Message>) {
    this.#on = on
  }

  get count(): number {
    return this.#messages.length
  }

  countOf(lane: string): number {
    return this.#messages.filter((message) => this.#on.lane(message) === lane).length
  }

  put(...messages: readonly Message[]): void {
    this.#messages.push(...messages)
    this.#serve()
  }

  /** Puts back what was taken, before all that came behind it. */
  putFirst(...messages: readonly Message[]): void {
    this.#messages.unshift(...messages)
    this.#serve()
  }

  /** Takes out what is not to be handed over any more. */
  drop(isUnwanted: (message: Message) => boolean): void {
    this.#messages = this.#messages.filter((message) => !isUnwanted(message))
  }

  /** All that is there is gone, and so is what somebody waits for. */
  fail(error: Error): void {
    this.#messages = []
    this.#waiting?.reject(error)
  }

  /** As a `BrokerReader` receives. */
  async receive(options: {
    readonly limit: number
    readonly waitUntilMs?: number
    readonly except?: ReadonlySet<string>
    readonly signal: AbortSignal
  }): Promise<Message[]> {
    const { limit, except = new Set(), waitUntilMs, signal } = options
    const { clock, label } = this.#on
    signal.throwIfAborted()
    const taken = this.#take(limit, except)
    if (taken.length > 0 || (waitUntilMs !== undefined && waitUntilMs <= clock.now())) return taken
    let end = (): void => {}
    try {
      return await new Promise<Message[]>((resolve, reject) => {
        const abort = (): void => reject(signal.reason)
        const timer = waitUntilMs === undefined ? undefined : clock.at(waitUntilMs, label, () => resolve([]))
        signal.addEventListener('abort', abort)
        this.#waiting = { limit, except, resolve, reject }
        end = () => {
          timer?.cancel()
          signal.removeEventListener('abort', abort)
        }
      })
    } finally {
      this.#waiting = undefined
      end()
    }
  }

  #serve(): void {
    if (this.#waiting === undefined) return
    const { limit, except, resolve } = this.#waiting
    const taken = this.#take(limit, except)
    if (taken.length === 0) return
    // From here on nobody waits: what comes now must stay here.
    this.#waiting = undefined
    resolve(taken)
  }

  #take(limit: number, except: ReadonlySet<string>): Message[] {
    const taken: Message[] = []
    this.#messages = this.#messages.filter((message) => {
      if (taken.length >= limit || except.has(this.#on.lane(message))) return true
      taken.push(message)
      return false
    })
    if (taken.length > 0) this.#on.onTaken?.()
    return taken
  }
}
