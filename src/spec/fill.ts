import type {
  CheckedCors,
  CheckedDestination,
  CheckedFile,
  CheckedFunction,
  CheckedLogs,
  CheckedQueue,
  CheckedStream,
  CheckedTopic,
  CheckedTracing,
  DestinationType,
} from './checked.ts'
import type { CheckedEvent } from './events.ts'
import {
  CORS_DEFAULTS,
  DEFAULTS,
  FIFO_DEFAULTS,
  ON_DEMAND_SHARDS,
  QUEUE_DEFAULTS,
  STREAM_DEFAULTS,
} from './defaults.ts'
import { functionArn, type Identity } from './identity.ts'
import { isForeign } from './foreign.ts'
import { layerSpecs, resolveLayer } from './layers.ts'
import { misspelt } from './nearest.ts'
import { type Node, type Path, placeAt, pointerOf } from './nodes.ts'
import { type Referables, type ReferenceUse, resolveReference } from './references.ts'
import type { Report } from './report.ts'
import { FIFO_SUFFIX, RESOURCE_KINDS, RESOURCES, type ResourceKind } from './resourceKinds.ts'
import type {
  BucketSpec,
  BusSpec,
  EventSpec,
  FifoSpec,
  FunctionSpec,
  FunctionUrlSpec,
  LayerSpec,
  LoggingSpec,
  QueueSpec,
  Spec,
  StreamSpec,
  TopicSpec,
} from './types.ts'

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
  readonly #layers: readonly LayerSpec[]
  readonly #implied: Readonly<Record<ResourceKind, Set<string>>> = {
    queue: new Set(),
    stream: new Set(),
    topic: new Set(),
    bus: new Set(),
    bucket: new Set(),
  }

  constructor(checked: CheckedFile, context: FillContext) {
    this.#checked = checked
    this.#context = context
    this.#layers = layerSpecs(checked.layers ?? {}, context.identity, context.directory)
    const names = Object.entries(checked.functions ?? {}).map(
      ([key, { name }]) => [key, name ?? key] as const,
    )
    this.#known = {
      identity: context.identity,
      functions: new Map(names),
      declared: {
        queue: this.#declaredNames('queue'),
        stream: this.#declaredNames('stream'),
        topic: this.#declaredNames('topic'),
        bus: this.#declaredNames('bus'),
        bucket: this.#declaredNames('bucket'),
      },
    }
  }

  spec(): Spec {
    const { file, directory, directoryName, identity, sources } = this.#context
    const { service = directoryName, provider = {}, endpoints = {}, clock = DEFAULTS.clock } = this.#checked
    const functions = Object.entries(this.#checked.functions ?? {}).map(([key, each]) =>
      this.#function(key, each),
    )
    const { queues = {}, streams = {}, topics = {} } = this.#checked.resources ?? {}
    // Redrive policies may imply queues: the declared ones come first.
    const declared = Object.entries(queues).map(([name, each]) => this.#queue(name, each ?? {}, true))
    return {
      file,
      directory,
      service,
      ...identity,
      clock: clock === 'live' || clock === 'frozen' ? clock : Number.parseFloat(clock),
      endpoints,
      accountConcurrency: provider.accountConcurrency ?? DEFAULTS.accountConcurrency,
      scalingRate: provider.scalingRate ?? null,
      requestRateLimit: provider.requestRateLimit ?? false,
      functions,
      layers: this.#layers,
      queues: [...declared, ...this.#impliedNames('queue').map((name) => this.#queue(name, {}, false))],
      streams: this.#allNames('stream').map((one) => this.#stream(one, streams[one.name] ?? {})),
      topics: this.#allNames('topic').map((one) => this.#topic(one, topics[one.name] ?? {})),
      buses: this.#allNames('bus').map((one) => this.#plain('bus', one)),
      buckets: this.#allNames('bucket').map((one) => this.#plain('bucket', one)),
      implied: RESOURCE_KINDS.flatMap(({ kind, service }) =>
        isForeign({ endpoints }, service) ? [] : this.#impliedNames(kind).map((name) => `${service}:${name}`),
      ),
      sources,
      warnings: [],
    }
  }

  #declaredNames(kind: ResourceKind): ReadonlySet<string> {
    const { plural, builtIn } = RESOURCES[kind]
    return new Set([...Object.keys(this.#checked.resources?.[plural] ?? {}), ...builtIn])
  }

  #impliedNames(kind: ResourceKind): string[] {
    return [...this.#implied[kind]].sort()
  }

  /** The declared resources of a kind, then those that are only used. */
  #allNames(kind: ResourceKind): Named[] {
    const declared = Object.keys(this.#checked.resources?.[RESOURCES[kind].plural] ?? {})
    return [
      ...declared.map((name) => ({ name, isDeclared: true })),
      ...this.#impliedNames(kind).map((name) => ({ name, isDeclared: false })),
    ]
  }

  #stream(one: Named, given: CheckedStream): StreamSpec {
    const { mode = STREAM_DEFAULTS.mode, shards, retention, limitThroughput = false, consumers = [] } = given
    return {
      ...this.#plain('stream', one),
      mode,
      shards: shards ?? (mode === 'onDemand' ? ON_DEMAND_SHARDS : STREAM_DEFAULTS.shards),
      retentionHours: retention === undefined ? STREAM_DEFAULTS.retentionHours : retention / 3_600,
      limitsThroughput: limitThroughput,
      consumers,
    }
  }

  #topic(one: Named, { displayName = '' }: CheckedTopic): TopicSpec {
    return { ...this.#plain('topic', one), displayName }
  }

  #plain(kind: ResourceKind, { name, isDeclared }: Named): BusSpec & BucketSpec {
    return { name, arn: RESOURCES[kind].arn(this.#context.identity, name), isDeclared }
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
      provisionedConcurrency: given.provisionedConcurrency ?? null,
      isolation: given.isolation ?? DEFAULTS.isolation,
      directory: this.#context.directory,
      layers: given.layers
        ? this.#layerFolders(given.layers, [...path, 'layers'])
        : this.#layerFolders(provider.layers ?? [], ['provider', 'layers']),
      logging: loggingOf(name, provider.logs?.lambda, given.logs),
      isTraced: isActive(given.tracing ?? provider.tracing?.lambda ?? false),
      logRetentionDays: given.logRetentionInDays ?? provider.logRetentionInDays ?? null,
      maximumRetryAttempts: given.maximumRetryAttempts ?? DEFAULTS.maximumRetryAttempts,
      maximumEventAgeSeconds: given.maximumEventAge ?? DEFAULTS.maximumEventAgeSeconds,
      deadLetterArn: this.#reference(given.onError, 'deadLetter', [...path, 'onError']),
      destinations: {
        onSuccess: this.#destination(given.destinations?.onSuccess, 'onSuccess', path),
        onFailure: this.#destination(given.destinations?.onFailure, 'onFailure', path),
      },
      url: urlOf(given.url),
      events: (given.events ?? []).flatMap((event) => this.#event(event)),
      pointer: pointerOf(path),
    }
  }

  #layerFolders(references: readonly string[], path: Path): string[] {
    return references.flatMap((reference, index) => {
      const found = resolveLayer(reference, this.#layers, this.#context.directory)
      if ('folder' in found) return [found.folder]
      this.#context.report.problem(placeAt(this.#context.root, [...path, index]), found.message, found.hint)
      return []
    })
  }

  #destination(
    given: CheckedDestination | undefined,
    use: 'onSuccess' | 'onFailure',
    functionPath: Path,
  ): string | null {
    const path = [...functionPath, 'destinations', use]
    if (typeof given !== 'object') return this.#reference(given, use, path)
    if (given.arn === undefined) return null
    const arn = this.#reference(given.arn, use, [...path, 'arn'])
    const service = arn?.split(':')[2] ?? ''
    if (arn !== null && given.type !== undefined && SERVICES[given.type] !== service) {
      const place = placeAt(this.#context.root, [...path, 'type'])
      const kind = Object.entries(SERVICES).find(([, each]) => each === service)?.[0] ?? ''
      this.#context.report.problem(
        place,
        `the ARN is none of the type \`${given.type ?? ''}\``,
        `expected \`type: ${kind}\``,
      )
    }
    return arn
  }

  #event({ fragment, config: given, path, pointer }: CheckedEvent): EventSpec[] {
    const { reads, refersTo = [], canonical: clear } = fragment
    const config = refersTo.reduce(
      (each, { kind, path: way }) => this.#resolveIn(each, kind, way, path),
      clear?.(given) ?? given,
    )
    const [canonical] = reads?.keys ?? []
    if (reads === undefined || canonical === undefined) return [{ source: fragment.name, config, pointer }]
    const rest = Object.entries(config).filter(([key]) => !reads.keys.includes(key))
    const key = reads.keys.find((each) => config[each] !== undefined) ?? canonical
    const reference = config[key] ?? reads.standard
    if (typeof reference !== 'string') return []
    const arn = this.#reference(reference, reads.kind, [...path, key])
    if (arn === null) return []
    return [{ source: fragment.name, config: Object.fromEntries([[canonical, arn], ...rest]), pointer }]
  }

  /** The config with the ARN in place of the reference at the end of `way`, if there is one. */
  #resolveIn(config: Config, kind: ReferenceUse, [key = '', ...way]: readonly string[], path: Path): Config {
    const value = config[key]
    if (typeof value === 'string' && way.length === 0) {
      // What reads a queue says so in `reads`; here something is delivered to one.
      const use = kind === 'queue' ? 'standardQueue' : kind
      return { ...config, [key]: this.#reference(value, use, [...path, key]) }
    }
    return typeof value === 'object' && value !== null && way.length > 0
      ? { ...config, [key]: this.#resolveIn(value as Config, kind, way, [...path, key]) }
      : config
  }

  #queue(name: string, given: CheckedQueue, isDeclared: boolean): QueueSpec {
    return {
      name,
      arn: RESOURCES.queue.arn(this.#context.identity, name),
      isDeclared,
      visibilityTimeoutSeconds: given.visibilityTimeout ?? QUEUE_DEFAULTS.visibilityTimeoutSeconds,
      delaySeconds: given.delay ?? QUEUE_DEFAULTS.delaySeconds,
      retentionSeconds: given.retention ?? QUEUE_DEFAULTS.retentionSeconds,
      receiveWaitSeconds: given.receiveWait ?? QUEUE_DEFAULTS.receiveWaitSeconds,
      maximumMessageBytes: given.maximumMessageSize ?? QUEUE_DEFAULTS.maximumMessageBytes,
      fifo: fifoOf(name, given),
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
    // Tables are not declared here.
    if (target.kind !== 'function' && target.kind !== 'table') this.#imply(target.kind, target.name, path)
    return target.arn
  }

  /** Notes a resource that is used; one that is not declared will be created. */
  #imply(kind: ResourceKind, name: string, path: Path): void {
    const declared = this.#known.declared[kind]
    if (declared.has(name) || this.#implied[kind].has(name)) return
    this.#implied[kind].add(name)
    const guess = misspelt(name, declared)
    if (guess === undefined) return
    const { noun, service } = RESOURCES[kind]
    const isElsewhere = isForeign({ endpoints: this.#checked.endpoints ?? {} }, service)
    const message = `the ${noun} \`${name}\` is not declared${isElsewhere ? '' : ' and will be created'}`
    this.#context.report.warning(placeAt(this.#context.root, path), message, `did you mean \`${guess}\`?`)
  }
}

type Config = CheckedEvent['config']

interface Named {
  readonly name: string
  readonly isDeclared: boolean
}

/** The service that each type of destination is in. */
const SERVICES: Readonly<Record<DestinationType, string>> = {
  sqs: 'sqs',
  sns: 'sns',
  function: 'lambda',
  eventBus: 'events',
  s3: 's3',
}

/** The name decides; that `fifo` says the same is a rule of its own. */
function fifoOf(name: string, given: CheckedQueue): FifoSpec | null {
  if (!name.endsWith(FIFO_SUFFIX)) return null
  return {
    contentBasedDeduplication: given.contentBasedDeduplication ?? FIFO_DEFAULTS.contentBasedDeduplication,
    deduplicationScope: given.deduplicationScope ?? FIFO_DEFAULTS.deduplicationScope,
    fifoThroughputLimit: given.fifoThroughputLimit ?? FIFO_DEFAULTS.fifoThroughputLimit,
  }
}

/** The function's own keys come over the provider's, whose levels are no concern of one that writes text. */
function loggingOf(name: string, shared: CheckedLogs = {}, own: CheckedLogs = {}): LoggingSpec {
  const format = own.logFormat ?? shared.logFormat ?? DEFAULTS.logging.format
  const levels = format === 'JSON' ? { ...shared, ...own } : {}
  return {
    format,
    applicationLevel: levels.applicationLogLevel ?? DEFAULTS.logging.applicationLevel,
    systemLevel: levels.systemLogLevel ?? DEFAULTS.logging.systemLevel,
    group: own.logGroup ?? shared.logGroup ?? `/aws/lambda/${name}`,
  }
}

const isActive = (tracing: CheckedTracing): boolean => tracing === true || tracing === 'Active'

function urlOf(given: CheckedFunction['url']): FunctionUrlSpec | null {
  if (given === undefined || given === false) return null
  const cors = given === true ? false : (given.cors ?? false)
  const invokeMode = given === true ? 'BUFFERED' : (given.invokeMode ?? 'BUFFERED')
  return { invokeMode, cors: cors === false ? null : corsOf(cors === true ? {} : cors) }
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
