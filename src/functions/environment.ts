import type { Clock } from '../system/index.ts'
import { stopwatchMs } from '../system/index.ts'
import { StreamedAnswer } from './answer.ts'
import type { InitializationType } from './environmentVariables.ts'
import type { EnvironmentEnd, EnvironmentHost } from './environmentHost.ts'
import { billedMs, RunLog } from './logLines.ts'
import { platformLine } from './platformLine.ts'
import { type PlatformEvent, traceOf } from './platformEvent.ts'
import {
  describeExit,
  type ErrorPayload,
  exited,
  type Exit,
  outOfMemory,
  platformFailure,
  responseTooLarge,
  timedOut,
  toBytes,
} from './payloads.ts'
import type { OutcomeHeader, PlatformReason } from './protocol.ts'
import type { FunctionDefinition, FunctionEvents, RunReport, RunRequest, RunResult } from './types.ts'

/** One event on its way, and whom to tell. */
export interface Run {
  readonly request: RunRequest
  readonly resolve: (result: RunResult) => void
  waitingSinceMs: number
}

/** Why an environment could not be initialised. */
export interface InitFailure {
  readonly outcome: OutcomeHeader['outcome'] | 'lost'
  readonly durationMs: number
  /** With `thrown`: the error's payload. */
  readonly payload: Uint8Array
  readonly exit: Exit | undefined
  readonly reason?: PlatformReason | undefined
  readonly errorType?: string | undefined
}

/** What an environment needs to know to exist. */
export interface EnvironmentSettings {
  readonly definition: FunctionDefinition
  readonly number: number
  readonly id: string
  readonly logStream: string
  readonly accessKeyId: string
  readonly region: string
  readonly host: EnvironmentHost
  readonly events: FunctionEvents
  /** Initialised before anybody asked: its first run is no cold start. */
  readonly isPrewarmed: boolean
  /** Of provisioned concurrency: kept, whether it is used or not. */
  readonly isProvisioned?: boolean
  /** `invoke`: initialisation is repeated within the first run, at the cost of its timeout. */
  readonly phase: 'init' | 'invoke'
}

/** Whom an environment tells about its life. */
export interface EnvironmentOwner {
  ready(environment: Environment): void
  failed(environment: Environment, failure: InitFailure): void
  /** It can take another event; the last one took `tookMs`. */
  free(environment: Environment, tookMs?: number): void
  ended(environment: Environment): void
}

/** One execution environment: one event at a time for one function version. */
export class Environment implements EnvironmentEnd {
  readonly settings: EnvironmentSettings
  readonly definition: FunctionDefinition
  activeSinceMs: number | undefined = stopwatchMs()
  idleSinceMs = 0
  runs = 0
  readonly #owner: EnvironmentOwner
  #run: Run | undefined
  #log: RunLog | undefined
  #answer: StreamedAnswer | undefined
  #isAnswered = false
  #initMs: number | undefined
  #isColdStart: boolean
  #spentMs = 0
  #mostBytes = 0
  #isOver = false

  constructor(settings: EnvironmentSettings, owner: EnvironmentOwner) {
    this.settings = settings
    this.definition = settings.definition
    this.#owner = owner
    this.#isColdStart = !settings.isPrewarmed && settings.phase === 'init'
    if (settings.phase === 'init')
      this.#tell({
        kind: 'initStart',
        region: settings.region,
        definition: settings.definition,
        initializationType: initializationTypeOf(settings),
      })
  }

  get requestId(): string | undefined {
    return this.#run?.request.requestId
  }

  get initMs(): number | undefined {
    return this.#initMs
  }

  get isBusy(): boolean {
    return this.#run !== undefined
  }

  begin(run: Run): void {
    const { request } = run
    this.#run = run
    this.#log = new RunLog()
    this.runs++
    this.activeSinceMs = stopwatchMs()
    const { version, isTraced } = this.definition
    const trace = traceOf(request.traceId, isTraced)
    this.#tell({ kind: 'start', requestId: request.requestId, version, trace })
    this.settings.host.run(
      this.settings.number,
      {
        requestId: request.requestId,
        arn: request.invokedFunctionArn,
        traceId: request.traceId,
        clientContext: request.clientContext,
        timeoutMs: this.#spentMs === 0 ? undefined : Math.max(1, this.definition.timeoutMs - this.#spentMs),
      },
      request.payload,
    )
  }

  initialised(header: OutcomeHeader, payload: Uint8Array): void {
    const { outcome, durationMs } = header
    this.activeSinceMs = undefined
    this.#mostBytes = header.memoryBytes
    if (outcome !== 'success') {
      const { exit, reason, errorType } = header
      this.#initFailed({ outcome, durationMs, payload, exit, reason, errorType }, header.lost)
      return
    }
    this.#initMs = durationMs
    if (this.settings.phase === 'invoke') this.#spentMs = durationMs
    this.#tell({
      kind: 'initReport',
      initializationType: initializationTypeOf(this.settings),
      durationMs,
      phase: this.settings.phase,
      status: 'success',
      errorType: undefined,
    })
    const { definition, id, events } = this.settings
    events.environmentStarted({ functionName: definition.name, environmentId: id, initMs: durationMs })
    this.#owner.ready(this)
  }

  log(text: string): void {
    this.#line(text, 'function')
  }

  responseBegan(contentType: string): void {
    if (this.#run) this.#answer = new StreamedAnswer(contentType, this.#run.request.response)
  }

  responseChunk(chunk: Uint8Array): void | Promise<void> {
    return this.#answer?.add(chunk)
  }

  answered(header: OutcomeHeader, payload: Uint8Array): void {
    const run = this.#run
    if (!run || this.#isAnswered || (header.outcome !== 'success' && header.outcome !== 'thrown')) return
    if (run.request.response || this.#answer) return
    this.#isAnswered = true
    const kind = header.outcome === 'success' ? 'success' : 'functionError'
    const report = this.#reportOf(header, undefined)
    const log = this.#log ?? new RunLog()
    run.resolve({ kind, payload, contentType: PLAIN_CONTENT_TYPE, report, log })
  }

  result(header: OutcomeHeader, payload: Uint8Array): void {
    const run = this.#run
    if (!run) return
    const { requestId } = run.request
    switch (header.outcome) {
      case 'success':
        this.#succeed(run, header, payload)
        break
      case 'thrown':
        this.#finish(run, header, 'functionError', payload, undefined)
        break
      case 'timedOut': {
        const answer = toBytes(timedOut(requestId, this.definition.timeoutMs))
        this.#finish(run, header, 'functionError', answer, 'Sandbox.Timedout')
        break
      }
      case 'exited': {
        const answer = toBytes(exited(requestId, header.exit ?? { status: 1 }))
        this.#finish(run, header, 'functionError', answer, 'Runtime.ExitError')
        break
      }
      case 'outOfMemory':
        this.#finish(run, header, 'functionError', toBytes(outOfMemory(requestId)), 'Runtime.OutOfMemory')
        break
      case 'platformError': {
        const { errorType, message } = reasonOf(header)
        const answer = toBytes(platformFailure(requestId, errorType, message))
        this.#finish(run, header, 'functionError', answer, errorType)
        break
      }
      case 'tooLarge':
        this.#finish(
          run,
          header,
          'functionError',
          toBytes(responseTooLarge()),
          'Function.ResponseSizeTooLarge',
        )
        break
    }
  }

  #succeed(run: Run, header: OutcomeHeader, payload: Uint8Array): void {
    const answer = this.#answer
    if (answer?.isTooLarge) {
      const error = toBytes(responseTooLarge(answer.limitBytes))
      this.#finish(run, header, 'functionError', error, 'Function.ResponseSizeTooLarge')
      return
    }
    const { response } = run.request
    if (answer || !response) {
      this.#finish(run, header, 'success', answer ? answer.whole() : payload, undefined)
      return
    }
    // A function that does not stream, asked by somebody who would have taken pieces: it is one.
    response.begin({ contentType: PLAIN_CONTENT_TYPE })
    void response.write(payload)
    this.#finish(run, header, 'success', NOTHING, undefined)
  }

  crashed(exit: Exit, isCulprit: boolean): void {
    if (this.#isOver) return
    const durationMs = stopwatchMs() - (this.activeSinceMs ?? stopwatchMs())
    const lost = describeExit(exit)
    const run = this.#run
    if (run && isCulprit) {
      this.result({ outcome: 'exited', durationMs, memoryBytes: this.#mostBytes, exit, lost }, NOTHING)
    } else if (run) {
      this.abandon(`The executor of this function went down (${lost}) with several events in flight.`, lost)
    } else if (this.#initMs === undefined) {
      this.#initFailed({ outcome: isCulprit ? 'exited' : 'lost', durationMs, payload: NOTHING, exit }, lost)
    } else {
      this.destroy(lost)
      this.#owner.ended(this)
    }
  }

  /** Gives up the run under way through no fault of the function. */
  abandon(message: string, reason: string): void {
    const run = this.#run
    this.#run = undefined
    this.destroy(reason)
    this.#owner.ended(this)
    run?.resolve({ kind: 'systemError', message })
  }

  destroy(reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    this.activeSinceMs = undefined
    const { host, number, events, definition, id } = this.settings
    host.destroy(number)
    if (this.#initMs === undefined) return
    events.environmentEnded({ functionName: definition.name, environmentId: id, reason })
  }

  #initFailed(failure: InitFailure, lost: string | undefined): void {
    const { phase } = this.settings
    if (failure.outcome !== 'lost') {
      const isTimeout = failure.outcome === 'timedOut'
      this.#tell({
        kind: 'initReport',
        initializationType: initializationTypeOf(this.settings),
        durationMs: failure.durationMs,
        phase,
        status: isTimeout ? 'timeout' : 'error',
        errorType: isTimeout ? undefined : initErrorType(failure),
      })
    }
    this.destroy(lost ?? 'initialisation failed')
    this.#owner.failed(this, failure)
  }

  #finish(
    run: Run,
    header: OutcomeHeader,
    kind: 'success' | 'functionError',
    payload: Uint8Array,
    errorType: string | undefined,
  ): void {
    const { definition } = this
    const log = this.#log ?? new RunLog()
    this.#mostBytes = Math.max(this.#mostBytes, header.memoryBytes)
    const report = this.#reportOf(header, errorType)
    const { requestId, traceId } = run.request
    this.#tell({
      kind: 'runtimeDone',
      requestId,
      report,
      // What the platform says in a function's stead was not produced by it.
      producedBytes: this.#answer?.bytes ?? (errorType === undefined ? payload.length : 0),
    })
    this.#tell({ kind: 'report', requestId, report, trace: traceOf(traceId, definition.isTraced) })
    this.#run = undefined
    this.#log = undefined
    const contentType = this.#answer?.contentType ?? PLAIN_CONTENT_TYPE
    this.#answer = undefined
    const isAnswered = this.#isAnswered
    this.#isAnswered = false
    this.#isColdStart = false
    this.#spentMs = 0
    this.activeSinceMs = undefined
    if (header.lost === undefined) {
      this.#owner.free(this, header.durationMs)
    } else {
      this.destroy(header.lost)
      this.#owner.ended(this)
    }
    if (!isAnswered) run.resolve({ kind, payload, contentType, report, log })
  }

  #reportOf(header: OutcomeHeader, errorType: string | undefined): RunReport {
    const { definition, settings } = this
    const initMs = this.#isColdStart ? this.#initMs : undefined
    const durationMs = header.durationMs + this.#spentMs
    const mostBytes = Math.max(this.#mostBytes, header.memoryBytes)
    return {
      environmentId: settings.id,
      logStream: settings.logStream,
      durationMs,
      billedMs: billedMs(durationMs, initMs),
      memoryMegabytes: definition.memoryMegabytes,
      maxMemoryMegabytes: Math.min(definition.memoryMegabytes, Math.ceil(mostBytes / 1_048_576)),
      initMs,
      status: errorType === undefined ? 'success' : errorType === 'Sandbox.Timedout' ? 'timeout' : 'error',
      errorType,
    }
  }

  #tell(event: PlatformEvent): void {
    const text = platformLine(event, this.definition.logging)
    if (text !== undefined) this.#line(text, 'platform')
  }

  #line(text: string, source: 'platform' | 'function'): void {
    this.#log?.add(text)
    this.settings.events.logLine({
      functionName: this.definition.name,
      logGroup: this.definition.logging.group,
      logStream: this.settings.logStream,
      requestId: this.#run?.request.requestId,
      source,
      text,
    })
  }
}

const NOTHING = new Uint8Array()

/** What the environment and its log call it. */
export const initializationTypeOf = ({
  isProvisioned,
}: {
  readonly isProvisioned?: boolean | undefined
}): InitializationType => (isProvisioned ? 'provisioned-concurrency' : 'on-demand')
const PLAIN_CONTENT_TYPE = 'application/json'

/** `YYYY/MM/DD/[version]hex`, one for each environment. */
export function logStreamName(clock: Clock, version: string, id: string): string {
  return `${new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/')}/[${version}]${id}`
}

const reasonOf = ({ reason }: { reason?: PlatformReason | undefined }): PlatformReason =>
  reason ?? { errorType: 'Runtime.Unknown', message: 'unknown' }

/** An error as a runtime reported it; what is no error payload may be anything. */
export function errorOf(payload: Uint8Array): ErrorPayload {
  try {
    const { errorType, errorMessage, trace, stackTrace } = JSON.parse(
      Buffer.from(payload).toString(),
    ) as Partial<ErrorPayload>
    return {
      errorType: errorType ?? 'Runtime.Unknown',
      errorMessage: errorMessage ?? '',
      trace: Array.isArray(trace) ? trace.map(String) : [],
      stackTrace: Array.isArray(stackTrace) ? stackTrace.map(String) : [],
    }
  } catch {
    return { errorType: 'Runtime.Unknown', errorMessage: Buffer.from(payload).toString(), trace: [] }
  }
}

/** The `errorType` of a failed initialisation. */
export function initErrorType(failure: InitFailure): string {
  switch (failure.outcome) {
    case 'thrown':
      return failure.errorType ?? errorOf(failure.payload).errorType
    case 'platformError':
      return reasonOf(failure).errorType
    case 'timedOut':
      return 'Sandbox.Timedout'
    case 'outOfMemory':
      return 'Runtime.OutOfMemory'
    default:
      return 'Runtime.ExitError'
  }
}

/** What the invocation that asked for the environment is answered. */
export function initErrorPayload(failure: InitFailure, requestId: string, timeoutMs: number): Uint8Array {
  switch (failure.outcome) {
    case 'thrown':
      return failure.payload
    case 'timedOut':
      return toBytes(timedOut(requestId, timeoutMs))
    case 'outOfMemory':
      return toBytes(outOfMemory(requestId))
    case 'platformError': {
      const { errorType, message } = reasonOf(failure)
      return toBytes(platformFailure(requestId, errorType, message))
    }
    default:
      return toBytes(exited(requestId, failure.exit ?? { status: 1 }))
  }
}
