import type { IncomingMessage, ServerResponse } from 'node:http'
import { accept, bodyOf, refuse } from './environmentServer.ts'
import type { InvokeNotice, Router, ShutdownReason } from './environmentApi.ts'
import type { ApiError } from './runtimeState.ts'

const PREFIX = '/2020-01-01/extension/'
const TELEMETRY = new Set(['/2022-07-01/telemetry', '/2020-08-15/logs'])
const MOST_EXTENSIONS = 10
const MOST_BODY_BYTES = 65_536

type EventType = 'INVOKE' | 'SHUTDOWN'

/** One extension, from its registration on. */
interface Extension {
  readonly id: string
  readonly name: string
  readonly events: ReadonlySet<EventType>
  /** `waiting`: it has asked for its next event, and there is none yet. */
  state: 'registered' | 'waiting' | 'working' | 'failed'
  response: ServerResponse | undefined
  /** An event that came while it was not asking. */
  pending: object | undefined
}

/** What the API says of its environment, and to whom it tells what it hears. */
export interface ExtensionsListener {
  readonly functionName: string
  readonly functionVersion: string
  readonly handler: string
  readonly accountId: string
  /** Whether an executable of that name lies in a layer: then it is external. */
  isExternal(name: string): boolean
  newId(): string
  /** Somebody registered, or asked for the next event. */
  changed(): void
  /** It asked for its first event. */
  ready(name: string, events: readonly string[]): void
  failed(errorType: string, message: string): void
}

/** The Extensions API of one environment (Lambda Developer Guide, "Using the Lambda Extensions API"). */
export class ExtensionsApi {
  readonly #listener: ExtensionsListener
  readonly #byId = new Map<string, Extension>()
  #isClosed = false

  constructor(listener: ExtensionsListener) {
    this.#listener = listener
  }

  readonly router: Router = (request, response, path) => {
    if (TELEMETRY.has(path)) {
      request.resume()
      reply(response, 202, NO_TELEMETRY)
      return true
    }
    if (!path.startsWith(PREFIX)) return false
    void this.#route(`${request.method} ${path.slice(PREFIX.length)}`, request, response)
    return true
  }

  get isEmpty(): boolean {
    return this.#byId.size === 0
  }

  has(name: string): boolean {
    return [...this.#byId.values()].some((one) => one.name === name)
  }

  /** All have asked for their next event. */
  get isReady(): boolean {
    return [...this.#byId.values()].every(({ state }) => state === 'waiting')
  }

  /** The runtime has asked for its first event: nobody comes too late. */
  close(): void {
    this.#isClosed = true
  }

  invoke({ requestId, arn, traceId, deadlineMs }: InvokeNotice): void {
    this.#tell('INVOKE', {
      eventType: 'INVOKE',
      deadlineMs: Math.round(deadlineMs),
      requestId,
      invokedFunctionArn: arn,
      tracing: { type: 'X-Amzn-Trace-Id', value: traceId },
    })
  }

  shutDown(reason: ShutdownReason, deadlineMs: number): void {
    this.#tell('SHUTDOWN', {
      eventType: 'SHUTDOWN',
      shutdownReason: reason,
      deadlineMs: Math.round(deadlineMs),
    })
  }

  #tell(type: EventType, event: object): void {
    for (const extension of this.#byId.values()) {
      if (!extension.events.has(type)) continue
      const { response } = extension
      extension.response = undefined
      extension.state = 'working'
      if (response) this.#hand(response, event)
      else extension.pending = event
    }
  }

  #hand(response: ServerResponse, event: object): void {
    response.setHeader('Lambda-Extension-Event-Identifier', this.#listener.newId())
    reply(response, 200, event)
  }

  async #route(call: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request, MOST_BODY_BYTES)
    if (typeof body === 'string') return
    if (call === 'POST register') {
      this.#register(request, response, body)
      return
    }
    const extension = this.#extensionOf(request)
    if ('errorType' in extension) refuse(response, extension)
    else if (call === 'GET event/next') this.#next(extension, response)
    else if (call === 'POST init/error') this.#fail(extension, request, response, 'Extension.InitError')
    else if (call === 'POST exit/error') this.#fail(extension, request, response, 'Extension.ExitError')
    else response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('404 page not found\n')
  }

  #register(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const name = headerOf(request, 'lambda-extension-name')
    const flaw = this.#flawOf(name)
    if (flaw || name === undefined) return refuse(response, flaw ?? invalidName('Empty extension name'))
    const events = eventsOf(body)
    if (!events)
      return refuse(
        response,
        forbidden('InvalidRequestFormat', 'The body is not {"events":["INVOKE","SHUTDOWN"]}'),
      )
    const wrong = this.#wrongEvent(name, events)
    if (wrong !== undefined)
      return refuse(response, forbidden('Extension.InvalidEventType', `${wrong} is not a valid event type`))
    const { functionName, functionVersion, handler, accountId } = this.#listener
    const id = this.#listener.newId()
    const own = { id, name, events: new Set(events as EventType[]), response: undefined, pending: undefined }
    this.#byId.set(id, { ...own, state: 'registered' })
    response.setHeader('Lambda-Extension-Identifier', id)
    const wantsAccount = headerOf(request, 'lambda-extension-accept-feature')
      ?.split(/\s*,\s*/)
      .includes('accountId')
    reply(response, 200, { functionName, functionVersion, handler, ...(wantsAccount && { accountId }) })
    this.#listener.changed()
  }

  #flawOf(name: string | undefined): ApiError | undefined {
    if (name === undefined || name === '') return invalidName('Empty extension name')
    if (this.#isClosed)
      return forbidden('Extension.RegistrationClosed', 'Extension registration closed already')
    if (this.has(name)) return invalidName(`The extension ${name} has registered already`)
    if (this.#byId.size >= MOST_EXTENSIONS)
      return forbidden('Extension.TooManyExtensions', `Extension limit (${MOST_EXTENSIONS}) reached`)
    return undefined
  }

  /** Those within the runtime's process are not told of the end: they end with it. */
  #wrongEvent(name: string, events: readonly string[]): string | undefined {
    const allowed = this.#listener.isExternal(name) ? ['INVOKE', 'SHUTDOWN'] : ['INVOKE']
    return events.find((event) => !allowed.includes(event))
  }

  #extensionOf(request: IncomingMessage): Extension | ApiError {
    const id = headerOf(request, 'lambda-extension-identifier')
    if (id === undefined)
      return forbidden('Extension.MissingExtensionIdentifier', 'Missing Lambda-Extension-Identifier header')
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
      return forbidden('Extension.InvalidExtensionIdentifier', 'Invalid Lambda-Extension-Identifier')
    return this.#byId.get(id) ?? forbidden('Extension.UnknownExtensionIdentifier', `Unknown extension ${id}`)
  }

  #next(extension: Extension, response: ServerResponse): void {
    if (extension.state === 'failed' || extension.state === 'waiting')
      return refuse(response, forbidden('Extension.InvalidExtensionState', 'State transition is not allowed'))
    const { pending } = extension
    extension.pending = undefined
    if (pending) {
      this.#hand(response, pending)
      return
    }
    if (extension.state === 'registered') this.#listener.ready(extension.name, [...extension.events])
    extension.state = 'waiting'
    extension.response = response
    response.once('close', () => {
      if (extension.response === response) extension.response = undefined
    })
    this.#listener.changed()
  }

  #fail(extension: Extension, request: IncomingMessage, response: ServerResponse, errorType: string): void {
    const told = headerOf(request, 'lambda-extension-function-error-type')
    if (told === undefined)
      return refuse(
        response,
        forbidden('Extension.MissingHeader', 'Missing Lambda-Extension-Function-Error-Type header'),
      )
    extension.state = 'failed'
    accept(response)
    this.#listener.failed(errorType, `${extension.name}: ${told}`)
  }
}

const NO_TELEMETRY = {
  errorType: 'Telemetry.NotSupported',
  errorMessage: 'Telemetry API is not supported',
}

const forbidden = (errorType: string, errorMessage: string): ApiError => ({
  status: 403,
  errorType,
  errorMessage,
})

const invalidName = (message: string): ApiError => forbidden('Extension.InvalidExtensionName', message)

const reply = (response: ServerResponse, status: number, body: object): void =>
  void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** No body is no events. */
function eventsOf(body: Buffer): string[] | undefined {
  if (body.length === 0) return []
  try {
    const { events = [] } = JSON.parse(body.toString()) as { events?: unknown }
    const areTexts = Array.isArray(events) && events.every((event) => typeof event === 'string')
    return areTexts ? events : undefined
  } catch {
    return undefined
  }
}
