import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import type { Functions } from '../functions/index.ts'
import type { Outcome } from '../invoke/index.ts'
import {
  type FunctionDeployments,
  type FunctionDescription,
  type InvokeAnswer,
  type LambdaBackend,
  type MappingHost,
  type ProvisionedState,
  ServiceError,
} from '../services/lambda/index.ts'
import type { SqsService } from '../services/sqs/index.ts'
import type { FunctionSpec, Spec } from '../spec/index.ts'
import type { Doors } from './doors.ts'
import { declaredEventInvokeConfig } from './eventInvokeConfigs.ts'
import { declaredUrlConfig } from './functionUrlConfigs.ts'
import type { EventSourceMappings } from './eventSourceMappings.ts'
import type { FunctionAbout } from './functionCatalog.ts'
import type { PublishedVersions } from './publishedVersions.ts'
import type { ForeignQueues } from './foreignQueues/index.ts'

export interface LambdaBackendDependencies {
  readonly spec: () => Spec
  /** Of a function that the API made, or changed. */
  readonly aboutOf: (name: string) => FunctionAbout | undefined
  readonly deployments: FunctionDeployments
  readonly functionList: () => readonly FunctionSpec[]
  readonly functionNamed: (name: string) => FunctionSpec | undefined
  readonly doors: Doors
  readonly functions: Functions
  readonly published: Pick<PublishedVersions, 'snapshot' | 'location'>
  readonly provisioned: (functionName: string, version: string) => ProvisionedState | undefined
  /** Changes with what else the API has said of a function. */
  readonly accessRevision: (functionName: string) => string
}

/** What the Lambda API is handed: the functions of the spec, and the doors to them. */
export function lambdaBackend(on: LambdaBackendDependencies): LambdaBackend {
  const describe = (one: FunctionSpec): FunctionDescription => new DescribedFunction(one, on)
  return {
    describe(name) {
      const one = on.functionNamed(name)
      return one && describe(one)
    },
    list: () => on.functionList().map(describe),
    snapshot: (functionName, version) => on.published.snapshot(functionName, version),
    codeLocation: (name, version) =>
      version === '$LATEST'
        ? `file://${on.functionNamed(name)?.directory}`
        : on.published.location(name, version),
    deployments: on.deployments,
    provisioned: (functionName, version) =>
      on.provisioned(functionName, version) ?? { status: 'IN_PROGRESS', allocated: 0, available: 0 },
    accountConcurrency: () => on.spec().accountConcurrency,
    async invoke(request) {
      const door = {
        functionName: request.functionName,
        requestId: request.requestId,
        payload: request.payload,
        invokedFunctionArn: request.invokedFunctionArn,
        door: 'api',
        cause: request.cause,
        traceId: request.traceId,
        clientContext: request.clientContext,
        response: request.response,
      }
      if (request.invocationType === 'RequestResponse')
        return decideSync(await on.doors.run(door), request.logTail)
      await on.doors.accept(door)
      return { kind: 'accepted' }
    },
  }
}

/** The sources beside the queues that are here; those that are absent have none. */
export interface MappingSources {
  readonly foreignQueues?: Pick<ForeignQueues, 'visibilityTimeoutSeconds'> | undefined
  readonly stream?: MappingHost['stream']
  readonly broker?: MappingHost['broker']
}

/** The execution role that all functions seem to have. */
export const roleArnOf = (accountId: string): string => `arn:aws:iam::${accountId}:role/lambda-role`

/** What the Lambda API is handed of mappings: the sources they may read, and who reads them. */
export const mappingHost = (
  mappings: Pick<EventSourceMappings, 'begin' | 'forget' | 'follow' | 'problem' | 'lastProcessingResult'>,
  sqs: SqsService,
  { foreignQueues, stream, broker }: MappingSources = {},
): MappingHost => ({
  begin: (mapping) => mappings.begin(mapping),
  forget: (uuid) => mappings.forget(uuid),
  follow: (uuid) => mappings.follow(uuid),
  problem: (uuid) => mappings.problem(uuid),
  lastProcessingResult: (uuid) => mappings.lastProcessingResult(uuid),
  async queue(arn) {
    const visibilityTimeoutSeconds = foreignQueues
      ? await foreignQueues.visibilityTimeoutSeconds(arn).catch(refuse)
      : visibilityOf(sqs, arn)
    return visibilityTimeoutSeconds === undefined ? undefined : { visibilityTimeoutSeconds }
  },
  stream: stream ?? (() => Promise.resolve(undefined)),
  broker: broker ?? (() => Promise.resolve(undefined)),
})

function visibilityOf(sqs: SqsService, arn: string): number | undefined {
  const name = sqs.queueOfArn(arn)
  return name === undefined ? undefined : sqs.visibilityTimeoutSeconds(name)
}

/** A queue that cannot be asked cannot be read either. */
function refuse(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error)
  throw new ServiceError('InvalidParameterValueException', `Error occurred while ReceiveMessage. ${reason}`, {
    details: { Type: 'User' },
  })
}

/** What a synchronous caller is answered: the caller decides about retries, so every outcome goes straight back. */
export function decideSync(outcome: Outcome, wantsLogTail: boolean): InvokeAnswer {
  switch (outcome.kind) {
    case 'success': {
      const { kind, payload, contentType, executedVersion, log } = outcome
      return { kind, payload, contentType, executedVersion, logTail: wantsLogTail ? log.bytes : undefined }
    }
    case 'functionError': {
      const { kind, payload, executedVersion, log } = outcome
      return { kind, payload, executedVersion, logTail: wantsLogTail ? log.bytes : undefined }
    }
    case 'throttled':
      return { kind: 'throttled', reason: outcome.reason }
    case 'recursionStopped':
      return { kind: 'recursionStopped' }
    case 'systemError':
      return { kind: 'systemError', message: outcome.message }
  }
}

/** A function as the API shows it. What must be read from disk is read only when somebody looks. */
class DescribedFunction implements FunctionDescription {
  readonly #one: FunctionSpec
  readonly #on: LambdaBackendDependencies
  #read: { bytes: number; sha256: Buffer; modifiedMs: number } | undefined

  constructor(one: FunctionSpec, on: LambdaBackendDependencies) {
    this.#one = one
    this.#on = on
  }

  get #about(): FunctionAbout | undefined {
    return this.#on.aboutOf(this.#one.name)
  }

  get #code(): { bytes: number; sha256: Buffer; modifiedMs: number } {
    const kept = this.#about?.code
    if (kept)
      return {
        bytes: kept.bytes,
        sha256: Buffer.from(kept.sha256, 'base64'),
        modifiedMs: this.#about?.modifiedMs ?? 0,
      }
    return (this.#read ??= readCode(this.#on.functions.filesOf(this.#one.name)))
  }

  get name(): string {
    return this.#one.name
  }
  get arn(): string {
    return this.#one.arn
  }
  get description(): string {
    return this.#one.description
  }
  get runtime(): string {
    return this.#one.runtime
  }
  get handler(): string {
    return this.#one.handler
  }
  get role(): string {
    return this.#about?.settings.role ?? roleArnOf(this.#on.spec().accountId)
  }
  get timeoutSeconds(): number {
    return this.#one.timeoutSeconds
  }
  get memoryMegabytes(): number {
    return this.#one.memoryMegabytes
  }
  get environment(): Readonly<Record<string, string>> | undefined {
    const given = this.#about?.settings.environment
    if (given) return given
    return Object.keys(this.#one.environment).length > 0 ? this.#one.environment : undefined
  }
  get version(): string {
    return '$LATEST'
  }
  get declared(): FunctionDescription['declared'] {
    return {
      reservedConcurrency: this.#one.reservedConcurrency,
      provisionedConcurrency: this.#one.provisionedConcurrency,
      eventInvokeConfig: declaredEventInvokeConfig(this.#one),
      functionUrl: declaredUrlConfig(this.#one),
    }
  }
  get deadLetterArn(): string | null {
    return this.#one.deadLetterArn
  }
  get isTraced(): boolean {
    return this.#one.isTraced
  }
  get logging(): FunctionDescription['logging'] {
    return this.#one.logging
  }
  /** Those that the spec declares; a plain folder has no ARN. */
  get layers(): readonly string[] {
    const given = this.#about?.settings.layers
    if (given) return given
    const { layers } = this.#on.spec()
    return this.#one.layers.flatMap((folder) => layers.find((layer) => layer.folder === folder)?.arn ?? [])
  }
  get architectures(): readonly string[] | undefined {
    return this.#about?.settings.architectures
  }
  get ephemeralStorageMegabytes(): number | undefined {
    return this.#about?.settings.ephemeralStorageMegabytes
  }
  get codeBytes(): number {
    return this.#code.bytes
  }
  get codeSha256(): string {
    return this.#code.sha256.toString('base64')
  }
  get lastModifiedMs(): number {
    return this.#about?.modifiedMs ?? this.#code.modifiedMs
  }
  /** Derived from what it identifies: the code, the settings, policy and tags. */
  get revisionId(): string {
    const said = [this.#one, this.#about?.revisionId]
    const settings = JSON.stringify(said) + this.#on.accessRevision(this.#one.name)
    const digest = createHash('sha256').update(this.#code.sha256).update(settings).digest('hex')
    return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
  }
}

function readCode(files: readonly string[]): { bytes: number; sha256: Buffer; modifiedMs: number } {
  const hash = createHash('sha256')
  let bytes = 0
  let modifiedMs = 0
  for (const file of files) {
    try {
      const content = readFileSync(file)
      hash.update(content)
      bytes += content.length
      modifiedMs = Math.max(modifiedMs, statSync(file).mtimeMs)
    } catch {
      // Deleted between the look at the graph and now: the function is about to be built anew.
    }
  }
  return { bytes, sha256: hash.digest(), modifiedMs }
}
