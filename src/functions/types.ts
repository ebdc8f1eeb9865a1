import type { LoggingSpec } from '../spec/index.ts'

/** What a function is, as far as running it is concerned. */
export interface FunctionDefinition {
  readonly name: string
  /** Unqualified ARN. */
  readonly arn: string
  /** `$LATEST`, or the number of a published version. */
  readonly version: string
  /** The code of a published version, kept by `snapshot`; without it the handler is looked up as AWS does. */
  readonly entryFile?: string | undefined
  /** `src/checkout.handler`, relative to `directory`. */
  readonly handler: string
  readonly runtime: string
  readonly timeoutMs: number
  readonly memoryMegabytes: number
  /** The complete environment the handler sees, but for what belongs to one execution environment. */
  readonly environment: Readonly<Record<string, string>>
  readonly directory: string
  readonly isolation: 'thread' | 'process'
  /** Local folders that stand for `/opt`, in the order of the function's layers: a later one comes over an earlier one. */
  readonly layers: readonly string[]
  readonly logging: Logging
  /** Active X-Ray tracing: invocations are sampled, and REPORT names the trace. */
  readonly isTraced: boolean
}

/** How a function's log is written. */
export type Logging = LoggingSpec

/** One event for one function. */
export interface RunRequest {
  readonly requestId: string
  /** The event's JSON text; empty means `{}`. */
  readonly payload: Uint8Array
  /** As the caller named it: unqualified, or with the qualifier used. */
  readonly invokedFunctionArn: string
  /** Decoded JSON text of the client context, synchronous invocations only. */
  readonly clientContext?: string | undefined
  readonly traceId: string
  /** Admitted to provisioned concurrency: an environment that was initialised ahead is meant for it. */
  readonly isProvisioned?: boolean | undefined
  /** Takes the answer of a streaming handler as it comes; without it the answer is gathered, and limited in size. */
  readonly response?: ResponseSink | undefined
}

/**
 * Takes what a function answers while it is still running. A function that does not stream has its whole answer written
 * at its end, if it succeeded.
 */
export interface ResponseSink {
  /** The function begins to answer; called once, before the first chunk. */
  begin(head: ResponseHead): void
  /** The chunk is the sink's from now on. Resolves, or returns, when the sink is ready for the next one. */
  write(chunk: Uint8Array): void | Promise<void>
}

export interface ResponseHead {
  /** `application/json`, or what a streaming handler chose. */
  readonly contentType: string
}

/** A function's code, kept. */
export interface CodeSnapshot {
  readonly entryFile: string
  readonly bytes: number
  /** Base64. */
  readonly sha256: string
}

/** What one run cost; the facts of a REPORT line. */
export interface RunReport {
  readonly environmentId: string
  readonly logStream: string
  readonly durationMs: number
  readonly billedMs: number
  readonly memoryMegabytes: number
  readonly maxMemoryMegabytes: number
  /** Only on a cold start. */
  readonly initMs: number | undefined
  /** `Status: timeout`, `Status: error\tError Type: ...`, or nothing. */
  readonly status: 'success' | 'timeout' | 'error'
  readonly errorType: string | undefined
}

export type RunResult =
  | {
      readonly kind: 'success'
      /** Empty when it went to the request's `response`. */
      readonly payload: Uint8Array
      /** `application/json`, unless a streaming handler chose another. */
      readonly contentType: string
      readonly report: RunReport
      readonly log: LogTail
    }
  /**
   * The code or its environment failed; `payload` is the JSON that AWS answers with. With a `response` it may have begun
   * to answer before.
   */
  | {
      readonly kind: 'functionError'
      readonly payload: Uint8Array
      readonly report: RunReport
      readonly log: LogTail
    }
  /** Not the function's fault: the executor went down with several events in flight. Callers may try again. */
  | { readonly kind: 'systemError'; readonly message: string }

/** The last 4,096 bytes of this invocation's log, START to REPORT. */
export interface LogTail {
  readonly bytes: Uint8Array
}

/** What happens inside, told as it happens; feeds the ledger and the terminal. */
export interface FunctionEvents {
  /** A complete line from a handler or from the platform (START, END, REPORT, INIT_START ...), without newline. */
  logLine(line: LogLine): void
  environmentStarted(fact: { functionName: string; environmentId: string; initMs: number }): void
  environmentEnded(fact: { functionName: string; environmentId: string; reason: string }): void
  /** A new generation of code answers from now on. */
  deployed(fact: { functionName: string; generation: number; tookMs: number }): void
  /** The code cannot be built or loaded; `frame` shows where, as a compiler does. */
  deployFailed(fact: { functionName: string; message: string; frame: string }): void
  executorCrashed(fact: { signal: string; suspects: readonly string[] }): void
}

export interface LogLine {
  readonly functionName: string
  readonly logGroup: string
  readonly logStream: string
  /** `undefined` during initialisation. */
  readonly requestId: string | undefined
  readonly source: 'platform' | 'function'
  readonly text: string
}

/** How environments that are initialised ahead stand. */
export interface ProvisionedStock {
  /** Initialised, whether they run something or not. */
  readonly ready: number
  /** An initialisation failed; no other is tried until the code or the count changes. */
  readonly hasFailed: boolean
}

/** The functions of one runner: their code, their execution environments, the executors that host them. */
export interface Functions {
  start(): Promise<void>
  /**
   * Makes `definition` what `run` executes from now on: builds the code, pre-warms one environment, then switches.
   * Runs in flight end on what they started with. A build or initialisation that fails does not reject: the function
   * answers as AWS answers a broken deployment, and `deployFailed` is told.
   * `prewarm: false` leaves the first environment to the first run (start-up).
   */
  deploy(definition: FunctionDefinition, options?: { prewarm?: boolean }): Promise<void>
  /** Resolves when nothing of it runs any more; from the call on nothing new is begun. */
  remove(functionName: string): Promise<void>
  /** Resolves when nothing runs any more of the code that a function's deployments have replaced until now. */
  drained(functionName: string): Promise<void>
  /** Folders whose code runs or may be asked to: of every deployment, and of what was replaced or removed and still runs. */
  directories(): ReadonlySet<string>
  /**
   * Keeps `count` environments of a deployment initialised ahead: never ended for being idle, started again after a
   * crash or with new code. `changed` is told whenever something about them is different. Zero ends those that are there.
   * Answers whether there is such a deployment.
   */
  provision(deployment: string, count: number, changed: (stock: ProvisionedStock) => void): boolean
  /** Deploys again what changed on disk; `undefined` means all functions. */
  reload(functionNames?: readonly string[]): Promise<void>
  /** Files that belong to a function: its module graph without packages. Absolute paths. */
  filesOf(functionName: string): readonly string[]
  /** Follows the imports of functions deployed without pre-warming, so that `filesOf` is complete for all. */
  traceFiles(): Promise<void>
  /**
   * Keeps the code that a function has now as one file in `folder`, which must lie where the function's packages can be
   * found. Rejects with a SnapshotError when it cannot be built.
   */
  snapshot(functionName: string, folder: string): Promise<CodeSnapshot>
  /**
   * Runs one event in a free environment, or in a new one. Never rejects for what the function does. A published version
   * is named by `deploymentName`.
   */
  run(deployment: string, request: RunRequest): Promise<RunResult>
  /** Which invocation an access key belongs to: handlers get a key of their own, so their calls can be told apart. */
  requestOfAccessKey(accessKeyId: string): string | undefined
  environments(
    functionName: string,
  ): readonly { environmentId: string; directory: string; isBusy: boolean; runs: number }[]
  /** Lets runs in flight end (up to `graceMs`), then stops every executor. */
  stop(graceMs?: number): Promise<void>
}
