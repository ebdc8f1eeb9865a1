import type { Functions } from '../functions/index.ts'
import {
  type AsynchronousQueue,
  type ConcurrencyGate,
  createAsynchronousQueue,
  createConcurrencyGate,
  createDeliver,
  createFigures,
  createInvocationRates,
  type InvocationRates,
  type Figures,
  type Outcome,
  type RunDependencies,
  runInvocation,
} from '../invoke/index.ts'
import { createSchedules, type Schedules } from '../services/events/index.ts'
import { createFunctionUrls, type FunctionUrls } from '../services/functionUrl/index.ts'
import { createGateway, type Gateway } from '../services/gateway/index.ts'
import {
  createFunctionRegistry,
  createLambdaService,
  createMappingRegistry,
  type FunctionRegistry,
} from '../services/lambda/index.ts'
import { createStsService } from '../services/sts/index.ts'
import { connect, pushSources, type Trigger } from '../sources/index.ts'
import type { FunctionSpec, Spec } from '../spec/index.ts'
import type { History, Store } from '../store/index.ts'
import type { Activity, ControlledClock, Ids, Ledger, Log, Work } from '../system/index.ts'
import type { Brokers } from './brokers/index.ts'
import { createDoors, type Doors } from './doors.ts'
import type { ForeignQueues } from './foreignQueues/index.ts'
import type { ForeignStreamPlaces } from './foreignStreams/index.ts'
import { asynchronousSettings } from './eventInvokeConfigs.ts'
import type { EventSourceMappings } from './eventSourceMappings.ts'
import { functionDeliverer, sqsDeliverer } from './deliverers.ts'
import { functionUrlsOf, urlTriggersOf } from './functionUrlConfigs.ts'
import { createFunctionCatalog } from './functionCatalog.ts'
import { createFunctionCode, type FunctionCode } from './functionCode.ts'
import { createFunctionDeployments } from './functionDeployments.ts'
import { createFunctionHealths, type FunctionHealths } from './functionHealth.ts'
import { functionUrlRoute } from './functionUrlRoute.ts'
import { createHostedServices, type HostedServices } from './hostedServices.ts'
import { lambdaBackend } from './lambdaBackend.ts'
import { createMappingEngines } from './mappingEngines.ts'
import { serviceTriggersOf } from './triggers.ts'
import { createProvisionedConcurrency, type ProvisionedConcurrency } from './provisionedConcurrency.ts'
import { createPublishedVersions, type PublishedVersions } from './publishedVersions.ts'
import { storedPaths } from './storedPaths.ts'
import { createRecorder, type Recorder, recordingDeliver, recordingRun } from './spies/index.ts'

/** The edges that a runner is given. */
export interface RunnerEdges {
  readonly store: Store
  readonly history: History
  readonly clock: ControlledClock
  readonly activity: Activity
  readonly ids: Ids
  readonly log: Log
  readonly ledger: Ledger
  readonly functions: Functions
  /** The queues, when they are not hosted here. */
  readonly foreignQueues: ForeignQueues | undefined
  /** The streams, where they are not hosted here. */
  readonly foreignStreams: ForeignStreamPlaces
  /** Where the store is; `undefined` when nothing outlives this process. */
  readonly dataFolder: string | undefined
  readonly extraRoutes: Parameters<typeof createGateway>[0]['extraRoutes']
}

/** All parts of a running Lambent, wired. What the spec decides is read through `spec()` each time it is needed. */
export interface Runner extends RunnerEdges, HostedServices {
  readonly gate: ConcurrencyGate
  readonly queue: AsynchronousQueue
  readonly figures: Figures
  readonly healths: FunctionHealths
  readonly registry: FunctionRegistry
  readonly published: PublishedVersions
  readonly provisioned: ProvisionedConcurrency
  readonly code: FunctionCode
  readonly doors: Doors
  readonly schedules: Schedules
  readonly functionUrls: FunctionUrls
  readonly mappings: EventSourceMappings
  readonly brokers: Brokers
  readonly gateway: Gateway
  readonly recorder: Recorder
  readonly spec: () => Spec
  /** All functions: those of the spec, and those that the Lambda API was told of. */
  readonly functionList: () => readonly FunctionSpec[]
  readonly functionNamed: (name: string) => FunctionSpec | undefined
  /** Invocations that are running, as `settle()` names them. */
  readonly invocations: () => string[]
  /** From now on this is the spec. The parts are told by `applySpec`. */
  setSpec(spec: Spec, triggers: readonly Trigger[]): void
}

/** Wires the parts; nothing runs yet. */
export function createRunner(firstSpec: Spec, edges: RunnerEdges): Runner {
  const { store, clock, activity, ids, log, ledger, functions } = edges
  const { accountId, region } = firstSpec
  const identity = { accountId, region }
  let spec = firstSpec
  /** Those of the spec, and with them those of the services. */
  let ownTriggers: readonly Trigger[] = []
  let triggers: readonly Trigger[] = []
  const running = new Map<string, Work>()
  const registry = createFunctionRegistry(store)
  const paths = storedPaths(edges.dataFolder)
  const catalog = createFunctionCatalog(registry, () => spec, paths)
  registry.onChange(() => catalog.changed())
  const functionList = (): readonly FunctionSpec[] => catalog.list()
  const functionNamed = (name: string): FunctionSpec | undefined => catalog.named(name)
  const code = createFunctionCode({
    registry,
    ids,
    dataFolder: edges.dataFolder,
    paths,
    foldersAtWork: () => functions.directories(),
  })

  function findTriggers(): void {
    const ofUrls = urlTriggersOf(functionUrlsOf(functionList(), registry))
    triggers = [...ownTriggers, ...ofUrls, ...serviceTriggersOf(services, functionNamed)]
  }

  const provisioned = createProvisionedConcurrency({
    functions,
    registry,
    published: () => published,
    functionList,
    activity,
    log,
    changed: () => gate.limitsChanged(),
  })
  const gate = createConcurrencyGate(() => ({
    account: spec.accountConcurrency,
    reserved: reservedShares(functionList(), registry),
    provisioned: provisioned.places(),
  }))
  let rates = ratesOf(spec)
  function ratesOf({ scalingRate, requestRateLimit, accountConcurrency }: Spec): InvocationRates | undefined {
    if (scalingRate === null && !requestRateLimit) return undefined
    return createInvocationRates(clock, {
      scalingRate,
      isRequestRateLimited: requestRateLimit,
      account: accountConcurrency,
      reservedOf: (name) => {
        const one = functionNamed(name)
        return (one && registry.reservedConcurrency(name, one.reservedConcurrency)) ?? undefined
      },
    })
  }
  const figures = createFigures()
  ledger.subscribe(figures.count)
  const healths = createFunctionHealths()
  ledger.subscribe(healths.note)
  const recorder = createRecorder()
  const published = createPublishedVersions({
    functions,
    registry,
    spec: () => spec,
    functionNamed,
    dataFolder: edges.dataFolder,
    paths,
  })
  const runOn: RunDependencies = {
    functions,
    gate,
    rates: () => rates,
    activity,
    ledger,
    running,
    recursionOf: (functionName) => registry.recursion(functionName),
    versionOf: (functionName, qualifier) =>
      registry.pickVersion(functionName, qualifier, () => Number.parseInt(ids.hex(8), 16) / 2 ** 32),
    ready: (functionName, version) => published.ready(functionName, version),
  }
  /** That of an alias which divides its invocations is the one that it points to. */
  const mainVersionOf = (functionName: string, qualifier: string): string | undefined =>
    registry.pickVersion(functionName, qualifier, () => 1)
  const run = recordingRun(
    recorder,
    () => clock.now(),
    (invocation): Promise<Outcome> => runInvocation(invocation, runOn),
  )
  const deliverers = createDeliver({
    sqs: (arn, message) => toQueue(arn, message),
    sns: (arn, message) => services.sns.deliver(arn, message),
    events: (arn, message) => services.events.deliver(arn, message),
    s3: (arn, message) => services.s3.deliver(arn, message),
    lambda: functionDeliverer({
      doors: () => doors,
      ids,
      functionOfArn: (arn) => {
        const [, , , , , , name = '', qualifier = '$LATEST'] = arn.split(':')
        const one = functionNamed(name)
        // One of the same name in another region or account is another function.
        const isOurs = one !== undefined && (arn === one.arn || arn.startsWith(`${one.arn}:`))
        return isOurs && registry.hasQualifier(name, qualifier) ? one : undefined
      },
    }),
  })
  const deliver = recordingDeliver(recorder, deliverers)
  const queue: AsynchronousQueue = createAsynchronousQueue({
    store,
    clock,
    ledger,
    activity,
    log,
    gate,
    deliver,
    run,
    settingsOf: (target) => {
      const one = functionNamed(target.functionName)
      return one && asynchronousSettings(one, target, registry)
    },
    versionOf: ({ functionName, qualifier }) => mainVersionOf(functionName, qualifier ?? '$LATEST'),
    eventStarted: figures.eventStarted,
  })
  const doors: Doors = createDoors({
    clock,
    ids,
    ledger,
    run,
    queue: () => queue,
    isTraced: (name) => functionNamed(name)?.isTraced ?? false,
  })
  const signals = connect({
    sources: pushSources,
    triggers: () => triggers,
    uuid: () => ids.uuid(),
    awsFor: (requestId) => ({ accountId, region, requestId, nowMs: clock.now(), uuid: () => ids.uuid() }),
    invoker: {
      prepare: (trigger, event, requestId, cause) =>
        doors.prepare({ ...doorRequest(trigger, event, requestId), cause }),
      async commit({ effects, told }, label) {
        await activity.track(label, store.apply(effects))
        told()
      },
      run: (trigger, event, requestId, response) =>
        doors.run({ ...doorRequest(trigger, event, requestId), response }),
    },
  })
  const doorRequest = (trigger: Trigger, payload: Uint8Array, requestId: string) => ({
    functionName: trigger.functionName,
    requestId,
    payload,
    invokedFunctionArn: arnOf(trigger),
    door: trigger.source,
  })
  const arnOf = ({ functionName, qualifier }: Trigger): string => {
    const arn = functionNamed(functionName)?.arn ?? ''
    return qualifier === undefined ? arn : `${arn}:${qualifier}`
  }
  const services = createHostedServices({
    ...edges,
    identity,
    deliver,
    signals,
    recorder,
    onTriggersChanged: findTriggers,
  })
  const { sqs } = services
  const toQueue = edges.foreignQueues?.outbox.deliver ?? sqsDeliverer(sqs)
  const functionUrls = createFunctionUrls({ signals })
  const mappingRegistry = createMappingRegistry(store)
  const { mappings, brokers, host } = createMappingEngines(firstSpec, {
    ...edges,
    registry: mappingRegistry,
    gate,
    doors,
    deliver,
    services,
    functionNamed,
    versionOf: mainVersionOf,
    hasQualifier: (name, qualifier) => registry.hasQualifier(name, qualifier),
  })
  registry.onChange(() => {
    gate.limitsChanged()
    void provisioned.follow()
    queue.targetsChanged()
    findTriggers()
    functionUrls.set(functionUrlsOf(functionList(), registry))
    void mappings.followAll()
  })
  const deployments = createFunctionDeployments({
    spec: () => spec,
    catalog,
    code,
    functions,
    published,
    queue: () => queue,
    s3: () => services.s3,
    ledger,
    baseUrl: () => published.baseUrl(),
    activity,
    log,
  })
  const backend = lambdaBackend({
    spec: () => spec,
    aboutOf: (name) => catalog.aboutOf(name),
    deployments,
    functionList,
    functionNamed,
    doors,
    functions,
    published,
    provisioned: (functionName, version) => provisioned.stateOf(functionName, version),
    accessRevision: (functionName) => registry.accessRevision(functionName),
  })
  const gateway = createGateway({
    services: [
      createLambdaService(backend, registry, { registry: mappingRegistry, host }, { clock, ids }),
      sqs.service,
      services.sns.service,
      services.events.service,
      services.s3.service,
      services.kinesis.service,
      services.dynamodbStreams.service,
      services.logs.service,
      createStsService(identity),
    ],
    log,
    activity,
    ids,
    identity,
    causeOf: (accessKeyId) => functions.requestOfAccessKey(accessKeyId),
    workOf: (requestId) => running.get(requestId),
    extraRoutes: [...(edges.extraRoutes ?? []), functionUrlRoute(functionUrls, ids)],
  })

  return {
    ...edges,
    gate,
    queue,
    figures,
    healths,
    registry,
    published,
    provisioned,
    code,
    doors,
    ...services,
    schedules: createSchedules({ clock, signals, log }),
    functionUrls,
    mappings,
    brokers,
    gateway,
    recorder,
    spec: () => spec,
    functionList,
    functionNamed,
    invocations: () => [...running.keys()].map((requestId) => `invocation ${requestId}`),
    setSpec(next, nextTriggers) {
      spec = next
      rates = ratesOf(spec)
      ownTriggers = nextTriggers
      catalog.changed()
      findTriggers()
      gate.limitsChanged()
    },
  }
}

function reservedShares(functions: readonly FunctionSpec[], registry: FunctionRegistry): Map<string, number> {
  const shares = new Map<string, number>()
  for (const one of functions) {
    const reserved = registry.reservedConcurrency(one.name, one.reservedConcurrency)
    if (reserved !== null) shares.set(one.name, reserved)
  }
  return shares
}
