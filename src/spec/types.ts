/**
 * `lambda.yml` after loading: every default filled in, every reference resolved, frozen. After this no code asks
 * whether a setting is there.
 */
export interface Spec {
  /** Absolute path of `lambda.yml`. */
  readonly file: string
  /** The folder it lies in; handlers and relative paths start here. */
  readonly directory: string
  readonly service: string
  readonly accountId: string
  readonly region: string
  readonly clock: 'live' | 'frozen' | number
  /** Where each service is: hosted here, real AWS, or a URL. Services that are not named are embedded. */
  readonly endpoints: Readonly<Record<string, string>>
  /** The account's concurrency limit, 1,000 unless set. */
  readonly accountConcurrency: number
  /** New environments of one function in ten seconds; `null`: any number. */
  readonly scalingRate: number | null
  /** Synchronous invocations are limited to ten times the concurrency in a second. */
  readonly requestRateLimit: boolean
  readonly functions: readonly FunctionSpec[]
  readonly layers: readonly LayerSpec[]
  readonly queues: readonly QueueSpec[]
  /** Of Kinesis. */
  readonly streams: readonly StreamSpec[]
  readonly topics: readonly TopicSpec[]
  /** Without the default bus, which is always there. */
  readonly buses: readonly BusSpec[]
  readonly buckets: readonly BucketSpec[]
  /** Resources that were used but not declared, and so are created with AWS's defaults: `sqs:orders`. */
  readonly implied: readonly string[]
  /** Every file that the spec was read from: `lambda.yml` itself and those that `${file()}` named. */
  readonly sources: readonly string[]
  /** What is allowed, but likely a mistake. */
  readonly warnings: readonly Problem[]
}

export interface FunctionSpec {
  /** The key under `functions:`. */
  readonly key: string
  /** The function's name on the wire: `name:` if given, else the key. */
  readonly name: string
  readonly arn: string
  readonly description: string
  /** As written: `src/checkout.handler`. */
  readonly handler: string
  readonly runtime: string
  readonly timeoutSeconds: number
  readonly memoryMegabytes: number
  readonly environment: Readonly<Record<string, string>>
  /** `null`: the function shares the account's unreserved concurrency. */
  readonly reservedConcurrency: number | null
  /** Environments of the code as it is now that are kept initialised ahead; `null`: none. */
  readonly provisionedConcurrency: number | null
  readonly isolation: 'thread' | 'process'
  /** Absolute path of the folder in which the handler is looked up (`LAMBDA_TASK_ROOT`). */
  readonly directory: string
  /** Absolute paths of the folders that stand for `/opt`, in the order of the function's layers. */
  readonly layers: readonly string[]
  readonly logging: LoggingSpec
  /** How long the log group keeps events, in days; `null`: forever. */
  readonly logRetentionDays: number | null
  /** Active X-Ray tracing: invocations are sampled. */
  readonly isTraced: boolean
  readonly maximumRetryAttempts: number
  readonly maximumEventAgeSeconds: number
  /** Full ARN of the dead-letter queue or topic (`onError`), or `null`. */
  readonly deadLetterArn: string | null
  readonly destinations: { readonly onSuccess: string | null; readonly onFailure: string | null }
  /** Function URL settings, or `null` without one. */
  readonly url: FunctionUrlSpec | null
  readonly events: readonly EventSpec[]
  /** JSON pointer of the function in the source, for messages. */
  readonly pointer: string
}

/** A declared layer: a folder that stands for `/opt`. */
export interface LayerSpec {
  /** The key under `layers:`. */
  readonly key: string
  readonly name: string
  /** With its version, which is always 1. */
  readonly arn: string
  readonly description: string
  /** Absolute path. */
  readonly folder: string
}

/** How a function's log is written (Lambda Developer Guide, "Configuring advanced logging controls"). */
export interface LoggingSpec {
  readonly format: 'Text' | 'JSON'
  /** With JSON only: what the handler writes below this level is left out. */
  readonly applicationLevel: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL'
  /** With JSON only: what the platform writes below this level is left out. */
  readonly systemLevel: 'DEBUG' | 'INFO' | 'WARN'
  /** Name of the log group: `/aws/lambda/<name>` unless set. */
  readonly group: string
}

export interface FunctionUrlSpec {
  /** `RESPONSE_STREAM`: what the handler writes is sent as it comes. */
  readonly invokeMode: 'BUFFERED' | 'RESPONSE_STREAM'
  readonly cors: {
    readonly allowOrigins: readonly string[]
    readonly allowMethods: readonly string[]
    readonly allowHeaders: readonly string[]
    readonly exposeHeaders: readonly string[]
    readonly allowCredentials: boolean
    readonly maxAgeSeconds: number
  } | null
}

/** One entry under `events`; what `config` may hold is the business of the source named by `source`. */
export interface EventSpec {
  readonly source: string
  /** Validated, defaults filled in by the schema, references resolved to ARNs. */
  readonly config: Readonly<Record<string, unknown>>
  readonly pointer: string
}

export interface QueueSpec {
  readonly name: string
  readonly arn: string
  readonly isDeclared: boolean
  readonly visibilityTimeoutSeconds: number
  readonly delaySeconds: number
  readonly retentionSeconds: number
  readonly receiveWaitSeconds: number
  readonly maximumMessageBytes: number
  /** `null` for a standard queue. */
  readonly fifo: FifoSpec | null
  readonly redrive: { readonly deadLetterArn: string; readonly maxReceiveCount: number } | null
}

/** What makes a queue keep the order of messages; AWS's values. */
export interface FifoSpec {
  readonly contentBasedDeduplication: boolean
  readonly deduplicationScope: 'queue' | 'messageGroup'
  readonly fifoThroughputLimit: 'perQueue' | 'perMessageGroupId'
}

export interface StreamSpec {
  readonly name: string
  readonly arn: string
  readonly isDeclared: boolean
  readonly mode: 'provisioned' | 'onDemand'
  /** Open ones; one that is not declared keeps those that it has. */
  readonly shards: number
  readonly retentionHours: number
  /** Each shard refuses what is above its share, as on AWS. */
  readonly limitsThroughput: boolean
  /** Names of those who read by enhanced fan-out; events may name more. */
  readonly consumers: readonly string[]
}

export interface TopicSpec {
  readonly name: string
  readonly arn: string
  readonly isDeclared: boolean
  readonly displayName: string
}

export interface BusSpec {
  readonly name: string
  readonly arn: string
  readonly isDeclared: boolean
}

export interface BucketSpec {
  readonly name: string
  readonly arn: string
  readonly isDeclared: boolean
}

/** A complaint about a place in a file. */
export interface Problem {
  /** As it should be shown: relative to the working directory when that is shorter. */
  readonly file: string
  /** 1-based. */
  readonly line: number
  readonly column: number
  readonly message: string
  /** What was expected, and the nearest valid name if there is one; may be empty. */
  readonly hint: string
  /** The lines around the place with a marker under it, as a compiler prints them. */
  readonly frame: string
}

/** Thrown when a spec cannot be used; carries every problem found, not just the first. */
export class SpecError extends Error {
  override readonly name = 'SpecError'
  readonly problems: readonly Problem[]
  /** Every file that was read before: a change of any of them may mend it. */
  readonly sources: readonly string[]

  constructor(problems: readonly Problem[], sources: readonly string[] = []) {
    super(problems.map(renderProblem).join('\n\n'))
    this.problems = problems
    this.sources = sources
  }
}

/** `lambda.yml:12:7  message`, the hint and the frame below it. */
export function renderProblem(problem: Problem): string {
  const head = `${problem.file}:${problem.line}:${problem.column}  ${problem.message}`
  const hint = problem.hint === '' ? [] : [`  ${problem.hint}`]
  return [head, ...hint, ...(problem.frame === '' ? [] : [problem.frame])].join('\n')
}
