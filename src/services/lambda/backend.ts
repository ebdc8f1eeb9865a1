import type { JsonObject } from '../../system/index.ts'
import type { UrlConfig } from './accessRegistry.ts'
import type { FunctionSettings } from './functionSettings.ts'
import type { EventInvokeConfig, KeptCode, PublishedVersion } from './registry.ts'

/** What the Lambda API needs from whoever runs functions. Handed in; this service knows no function. */
export interface LambdaBackend {
  /** The function of that name, `undefined` when there is none. */
  describe(functionName: string): FunctionDescription | undefined
  /** All functions, in any order. */
  list(): readonly FunctionDescription[]
  /** Keeps a function's code as it is now, for a version of that number. Throws a ServiceError when it cannot be built. */
  snapshot(functionName: string, version: string): Promise<Snapshot>
  /** A URL of the code of a version that is there, or of `$LATEST`. */
  codeLocation(functionName: string, version: string): string
  /** Who keeps and deploys functions that the API makes. */
  readonly deployments: FunctionDeployments
  /** The account's concurrency limit. */
  accountConcurrency(): number
  /** How the provisioned concurrency of a version stands; absent where none can be had. */
  provisioned?(functionName: string, version: string): ProvisionedState
  /** Runs, or accepts, one invocation of a function that exists. */
  invoke(request: InvokeRequest): Promise<InvokeAnswer>
}

/** How the environments that are initialised ahead stand. */
export interface ProvisionedState {
  readonly status: 'IN_PROGRESS' | 'READY' | 'FAILED'
  /** Initialised. */
  readonly allocated: number
  /** To be used: none before all are initialised. */
  readonly available: number
}

/** The part of the backend that functions made by the API need. */
export interface FunctionDeployments {
  /** Whether `lambda.yml` declares the function: then its code and its name are the file's business. */
  isDeclared(functionName: string): boolean
  /** What `lambda.yml` says of a declared function, as text, and the settings that this makes. */
  declaration(
    functionName: string,
  ): { readonly text: string; readonly settings: FunctionSettings } | undefined
  /** The content of an object of S3; a ServiceError when it cannot be had. */
  object(bucket: string, key: string, version: string | undefined): Promise<Buffer>
  /** Unpacks a package; durable when it resolves. A ServiceError for one that AWS would refuse, too. */
  unpack(functionName: string, archive: Buffer): Promise<KeptCode>
  /** The registry names the code from now on. */
  settled(code: KeptCode): void
  /** Removes code that became nobody's. */
  discard(code: KeptCode): Promise<void>
  /** Whether there is a layer version of that ARN. */
  hasLayer(arn: string): boolean
  /**
   * A function of that name is about to be: resolves once nothing waits for an earlier one any more.
   */
  beginning(functionName: string): Promise<void>
  /** What the registry keeps of the function has changed: resolves once that is what runs. */
  changed(functionName: string, kind: 'created' | 'updated' | 'deleted'): Promise<void>
  /**
   * The registry has forgotten a version: it ends, and its code goes when nothing runs it any more. Resolves once the
   * events that waited for it are gone.
   */
  versionDeleted(functionName: string, version: PublishedVersion): Promise<void>
}

/** A function's code, kept. */
export interface Snapshot {
  /** Base64 hash of the kept code. */
  readonly sha256: string
  readonly bytes: number
  /** What it takes to run it. */
  readonly definition: JsonObject
  /** Of a function that the API made: the folder of its package, as the backend keeps it. */
  readonly package?: string | undefined
  /** Nobody needs it. */
  discard(): Promise<void>
}

export interface InvokeRequest {
  readonly functionName: string
  /** As the caller named it; `undefined` when it did not. */
  readonly qualifier: string | undefined
  /** With the qualifier if the caller used one. */
  readonly invokedFunctionArn: string
  /** JSON text, checked for its syntax; empty means `{}`. */
  readonly payload: Uint8Array
  readonly invocationType: 'RequestResponse' | 'Event'
  /** Decoded JSON text; synchronous invocations only. */
  readonly clientContext: string | undefined
  /** Whether the caller wants the end of the log. */
  readonly logTail: boolean
  readonly requestId: string
  /** `Root=...;Parent=...;Sampled=0` */
  readonly traceId: string
  /** The invocation whose handler makes this call, if one does. */
  readonly cause: string | undefined
  /** Takes the answer as it comes (`InvokeWithResponseStream`). */
  readonly response?: ResponseSink | undefined
}

/** Takes what a function answers while it is still running. */
export interface ResponseSink {
  /** Called once, before the first chunk. */
  begin(head: { readonly contentType: string; readonly executedVersion: string }): void
  /** Resolves, or returns, when the next chunk may come. */
  write(chunk: Uint8Array): void | Promise<void>
}

export type InvokeAnswer =
  | {
      readonly kind: 'success'
      /** Empty when it went to the request's `response`. */
      readonly payload: Uint8Array
      readonly contentType: string
      readonly executedVersion: string
      readonly logTail?: Uint8Array | undefined
    }
  /** The function failed; to the caller that is a 200. */
  | {
      readonly kind: 'functionError'
      readonly payload: Uint8Array
      readonly executedVersion: string
      readonly logTail?: Uint8Array | undefined
    }
  /** In the durable queue: the answer to `Event`. */
  | { readonly kind: 'accepted' }
  /** `reason` is AWS's: `ReservedFunctionConcurrentInvocationLimitExceeded` ... */
  | { readonly kind: 'throttled'; readonly reason: string }
  /** The function runs in a loop. */
  | { readonly kind: 'recursionStopped' }
  /** Ours or the platform's fault; SDKs try again. */
  | { readonly kind: 'systemError'; readonly message: string }

/** What `GetFunction` and `ListFunctions` tell about a function. */
export interface LoggingDescription {
  readonly format: string
  readonly applicationLevel: string
  readonly systemLevel: string
  readonly group: string
}

export interface FunctionDescription {
  readonly name: string
  /** Unqualified. */
  readonly arn: string
  /** `$LATEST`, or the number of a published version. */
  readonly version: string
  readonly description: string
  readonly runtime: string
  readonly handler: string
  readonly role: string
  readonly timeoutSeconds: number
  readonly memoryMegabytes: number
  /** As the user set it; `undefined` when nothing is set. */
  readonly environment: Readonly<Record<string, string>> | undefined
  /** What `lambda.yml` says; the API may have been told something else since. */
  readonly declared: {
    readonly reservedConcurrency: number | null
    /** Of the code as it is now; absent or `null`: none. */
    readonly provisionedConcurrency?: number | null
    /** `null`: nothing but defaults. */
    readonly eventInvokeConfig: EventInvokeConfig | null
    /** Absent or `null`: no URL. */
    readonly functionUrl?: UrlConfig | null
  }
  readonly deadLetterArn: string | null
  /** Active X-Ray tracing. */
  readonly isTraced?: boolean | undefined
  /** Text unless it says otherwise. */
  readonly logging?: LoggingDescription | undefined
  /** ARNs of layer versions. */
  readonly layers?: readonly string[] | undefined
  /** That of this machine unless it says otherwise. */
  readonly architectures?: readonly string[] | undefined
  /** 512 unless it says otherwise. */
  readonly ephemeralStorageMegabytes?: number | undefined
  readonly codeBytes: number
  /** Base64. */
  readonly codeSha256: string
  readonly lastModifiedMs: number
  /** Changes with every change of the function. */
  readonly revisionId: string
}
