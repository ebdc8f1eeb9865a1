import type {
  CheckedCors,
  CheckedDestination,
  CheckedFile,
  CheckedFunction,
  CheckedQueue,
} from './checked.ts'
import type { CheckedEvent } from './events.ts'
import { CORS_DEFAULTS, DEFAULTS, QUEUE_DEFAULTS } from './defaults.ts'
import { functionArn, type Identity, queueArn } from './identity.ts'
import { misspelt } from './nearest.ts'
import { type Node, type Path, placeAt, pointerOf } from './nodes.ts'
import { type Referables, type ReferenceUse, resolveReference } from './references.ts'
import type { Report } from './report.ts'
import type { EventSpec, FunctionSpec, FunctionUrlSpec, QueueSpec, Spec } from './types.ts'

export interface FillContext {
  readonly root: Node
  readonly identity: Identity
  readonly file: string
  readonly directory: string
  readonly directoryName: string
  readonly sources: readonly string[]
  readonly report: Report
}

/** Fills in every default, resolves every reference, and adds the queues that are only used. */
export function fill(checked: CheckedFile, context: FillContext): Spec {
  const filler = new Filler(checked, context)
  return filler.spec()
}

class Filler {
  readonly #checked: CheckedFile
  readonly #context: FillContext
  readonly #known: Referables
  readonly #implied = new Set<string>()

  constructor(checked: CheckedFile, context: FillContext) {
    this.#checked = checked
    this.#context = context
    const names = Object.entries(checked.functions ?? {}).map(
      ([key, { name }]) => [key, name ?? key] as const,
    )
    this.#known = {
      identity: context.identity,
      functions: new Map(names),
      queues: new Set(Object.keys(checked.resources?.queues ?? {})),
    }
  }

  spec(): Spec {
    const { file, directory, directoryName, identity, sources } = this.#context
    const { service = directoryName, provider = {}, endpoints = {}, clock = DEFAULTS.clock } = this.#checked
    const functions = Object.entries(this.#checked.functions ?? {}).map(([key, each]) =>
      this.#function(key, each),
    )
    const declared = Object.entries(this.#checked.resources?.queues ?? {}).map(([name, each]) =>
      this.#queue(name, each ?? {}, true),
    )
    const implied = [...this.#implied].sort()
    return {
      file,
      directory,
      service,
      ...identity,
      clock: clock === 'live' || clock === 'frozen' ? clock : Number.parseFloat(clock),
      endpoints,
      accountConcurrency: provider.accountConcurrency ?? DEFAULTS.accountConcurrency,
      functions,
      queues: [...declared, ...implied.map((name) => this.#queue(name, {}, false))],
      implied: implied.map((name) => `sqs:${name}`),
      sources,
      warnings: [],
    }
  }

  #function(key: string, given: CheckedFunction): FunctionSpec {
    const provider = this.#checked.provider ?? {}
    const path = ['functions', key]
    const name = given.name ?? key
    return {
      key,
      name,
      arn: functionArn(this.#context.identity, name),
      description: given.description ?? '',
      handler: given.handler ?? '',
      runtime: given.runtime ?? provider.runtime ?? DEFAULTS.runtime,
      timeoutSeconds: given.timeout ?? provider.timeout ?? DEFAULTS.timeoutSeconds,
      memoryMegabytes: given.memorySize ?? provider.memorySize ?? DEFAULTS.memoryMegabytes,
      environment: { ...provider.environment, ...given.environment },
      reservedConcurrency: given.reservedConcurrency ?? null,
      isolation: given.isolation ?? DEFAULTS.isolation,
      maximumRetryAttempts: given.maximumRetryAttempts ?? DEFAULTS.maximumRetryAttempts,
      maximumEventAgeSeconds: given.maximumEventAge ?? DEFAULTS.maximumEventAgeSeconds,
      deadLetterArn: this.#reference(given.onError, 'deadLetter', [...path, 'onError']),
      destinations: {
        onSuccess: this.#destination(given.destinations?.onSuccess, [...path, 'destinations', 'onSuccess']),
        onFailure: this.#destination(given.destinations?.onFailure, [...path, 'destinations', 'onFailure']),
      },
      url: urlOf(given.url),
      events: (given.events ?? []).flatMap((event) => this.#event(event)),
      pointer: pointerOf(path),
    }
  }

  #destination(given: CheckedDestination | undefined, path: Path): string | null {
    if (typeof given !== 'object') return this.#reference(given, 'destination', path)
    if (given.arn === undefined) return null
    const arn = this.#reference(given.arn, 'destination', [...path, 'arn'])
    const service = given.type === 'function' ? 'lambda' : given.type
    if (arn !== null && service !== undefined && arn.split(':')[2] !== service) {
      const place = placeAt(this.#context.root, [...path, 'type'])
      const kind = service === 'sqs' ? 'function' : 'sqs'
      this.#context.report.problem(
        place,
        `the ARN is none of the type \`${given.type ?? ''}\``,
        `expected \`type: ${kind}\``,
      )
    }
    return arn
  }

  #event({ fragment, config, path, pointer }: CheckedEvent): EventSpec[] {
    const { queueKeys = [] } = fragment
    const rest = Object.entries(config).filter(([key]) => !queueKeys.includes(key))
    const [canonical] = queueKeys
    if (canonical === undefined) return [{ source: fragment.name, config, pointer }]
    const key = queueKeys.find((each) => config[each] !== undefined)
    const given = key === undefined ? undefined : config[key]
    if (key === undefined || typeof given !== 'string') return []
    const arn = this.#reference(given, 'queue', [...path, key])
    if (arn === null) return []
    return [{ source: fragment.name, config: Object.fromEntries([[canonical, arn], ...rest]), pointer }]
  }

  #queue(name: string, given: CheckedQueue, isDeclared: boolean): QueueSpec {
    return {
      name,
      arn: queueArn(this.#context.identity, name),
      isDeclared,
      visibilityTimeoutSeconds: given.visibilityTimeout ?? QUEUE_DEFAULTS.visibilityTimeoutSeconds,
      delaySeconds: given.delay ?? QUEUE_DEFAULTS.delaySeconds,
      retentionSeconds: given.retention ?? QUEUE_DEFAULTS.retentionSeconds,
      receiveWaitSeconds: given.receiveWait ?? QUEUE_DEFAULTS.receiveWaitSeconds,
      maximumMessageBytes: given.maximumMessageSize ?? QUEUE_DEFAULTS.maximumMessageBytes,
      redrive: this.#redrive(name, given.redrive),
    }
  }

  #redrive(name: string, given: CheckedQueue['redrive']): QueueSpec['redrive'] {
    if (given?.queue === undefined || given.maxReceiveCount === undefined) return null
    const path = ['resources', 'queues', name, 'redrive', 'queue']
    const deadLetterArn = this.#reference(given.queue, 'queue', path)
    return deadLetterArn === null ? null : { deadLetterArn, maxReceiveCount: given.maxReceiveCount }
  }

  /** The ARN that a reference stands for; `null` when there is none or it is wrong, which is reported. */
  #reference(text: string | undefined, use: ReferenceUse, path: Path): string | null {
    if (text === undefined) return null
    const target = resolveReference(text, use, this.#known)
    if (target.kind === 'refused') {
      this.#context.report.problem(
        placeAt(this.#context.root, path),
        target.refusal.message,
        target.refusal.hint,
      )
      return null
    }
    if (target.kind === 'queue' && !this.#known.queues.has(target.name) && !this.#implied.has(target.name)) {
      this.#implied.add(target.name)
      const guess = misspelt(target.name, this.#known.queues)
      if (guess !== undefined) {
        const message = `the queue \`${target.name}\` is not declared and will be created`
        this.#context.report.warning(placeAt(this.#context.root, path), message, `did you mean \`${guess}\`?`)
      }
    }
    return target.arn
  }
}

function urlOf(given: CheckedFunction['url']): FunctionUrlSpec | null {
  if (given === undefined || given === false) return null
  const cors = given === true ? false : (given.cors ?? false)
  return { cors: cors === false ? null : corsOf(cors === true ? {} : cors) }
}

function corsOf(given: CheckedCors): FunctionUrlSpec['cors'] {
  return {
    allowOrigins: listOf(given.allowedOrigins, CORS_DEFAULTS.allowedOrigins),
    allowMethods: listOf(given.allowedMethods, CORS_DEFAULTS.allowedMethods),
    allowHeaders: listOf(given.allowedHeaders, CORS_DEFAULTS.allowedHeaders),
    exposeHeaders: listOf(given.exposedResponseHeaders, []),
    allowCredentials: given.allowCredentials ?? false,
    maxAgeSeconds: given.maxAge ?? CORS_DEFAULTS.maxAge,
  }
}

function listOf(
  given: string | readonly string[] | null | undefined,
  standard: readonly string[],
): readonly string[] {
  if (given === undefined) return standard
  if (given === null) return []
  return typeof given === 'string' ? [given] : [...new Set(given)]
}
