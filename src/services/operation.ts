import type { Work } from '../system/index.ts'

/** A failure as AWS words it. The protocol layer turns it into JSON or XML; nothing else knows about wire formats. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: string
  readonly status: number
  /** Members of the body beside the message: `Type`, `Reason`. */
  readonly details: Readonly<Record<string, string>>
  /** Lambda's exceptions differ in the letter case of this member; elsewhere it is `message`. */
  readonly messageMember: 'message' | 'Message'
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: string,
    message: string,
    options: {
      status?: number
      details?: Record<string, string>
      messageMember?: 'message' | 'Message'
      headers?: Record<string, string>
    } = {},
  ) {
    super(message)
    this.code = code
    this.status = options.status ?? 400
    this.details = options.details ?? {}
    this.messageMember = options.messageMember ?? 'message'
    this.headers = options.headers ?? {}
  }
}

/** What an operation knows of the call, apart from its input. */
export interface RequestContext {
  readonly requestId: string
  readonly accountId: string
  readonly region: string
  /** `http://127.0.0.1:9000`, as the caller reached us: URLs in answers start with it. */
  readonly baseUrl: string
  /** Aborted when the caller hangs up, or when the gateway stops: whoever waits should answer now. */
  readonly signal: AbortSignal
  /** The caller's address. */
  readonly sourceIp: string
  /** The `X-Amzn-Trace-Id` that came with the request. */
  readonly traceHeader?: string | undefined
  /** The invocation whose handler makes this call, if a handler makes it: links cause and effect. */
  readonly cause: string | undefined
  /** Parked while the call waits for the clock (long polling). */
  readonly work: Work
}

/** One API action: takes the SDK's input shape, answers the SDK's output shape. Throws {@link ServiceError}. */
export type Operation<Input = never, Output = unknown> = (
  input: Input,
  context: RequestContext,
) => Output | Promise<Output>
