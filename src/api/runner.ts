import type { Functions } from '../functions/index.ts'
import {
  type AsynchronousQueue,
  type ConcurrencyGate,
  createAsynchronousQueue,
  createConcurrencyGate,
  createDeliver,
  type Outcome,
  runInvocation,
} from '../invoke/index.ts'
import { createSchedules, type Schedules } from '../services/events/index.ts'
import { createFunctionUrls, type FunctionUrls } from '../services/functionUrl/index.ts'
import { createGateway, type Gateway } from '../services/gateway/index.ts'
import { createLambdaService } from '../services/lambda/index.ts'
import { createSqsService, type SqsService } from '../services/sqs/index.ts'
import { createStsService } from '../services/sts/index.ts'
import { connect, pushSources, type Trigger } from '../sources/index.ts'
import type { FunctionSpec, Spec } from '../spec/index.ts'
import type { History, Store } from '../store/index.ts'
import type { Activity, ControlledClock, Ids, Ledger, Log, Work } from '../system/index.ts'
import { createDoors, type Doors } from './doors.ts'
import { functionDeliverer, sqsDeliverer } from './deliverers.ts'
import { functionUrlRoute } from './functionUrlRoute.ts'
import { lambdaBackend } from './lambdaBackend.ts'
import { createMappingSet, type MappingSet } from './mappingSet.ts'

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
  readonly extraRoutes: Parameters<typeof createGateway>[0]['extraRoutes']
}

/** All parts of a running Lambent, wired. What the spec decides is read through `spec()` each time it is needed. */
export interface Runner extends RunnerEdges {
  readonly gate: ConcurrencyGate
  readonly queue: AsynchronousQueue
  readonly doors: Doors
  readonly sqs: SqsService
  readonly schedules: Schedules
  readonly functionUrls: FunctionUrls
  readonly mappings: MappingSet
  readonly gateway: Gateway
  readonly spec: () => Spec
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
  let triggers: readonly Trigger[] = []
  let functionsByName = byName(firstSpec)
  const running = new Map<string, Work>()
  const functionNamed = (name: string): FunctionSpec | undefined => functionsByName.get(name)

  const gate = createConcurrencyGate(() => ({
    account: spec.accountConcurrency,
    reserved: reservedShares(spec),
  }))
  const run = (invocation: Parameters<typeof runInvocation>[0]): Promise<Outcome> =>
    runInvocation(invocation, { functions, gate, activity, ledger, running })
  const sqs = createSqsService({
    store,
    clock,
    ids,
    identity,
    activity,
    onSent: ({ queue: name, messageIds }, cause) =>
      ledger.write({ kind: 'messageSent', queue: name, messageIds }, cause),
    onMoved: (fact) => ledger.write({ kind: 'messagesMoved', ...fact }, fact.moves[0]?.messageId),
    onMoveEnded: (fact) => ledger.write({ kind: 'moveTaskEnded', ...fact }),
    onDeadLettered: (fact) => ledger.write({ kind: 'messagesDeadLettered', ...fact }, fact.messageIds[0]),
  })
  const deliver = createDeliver({
    sqs: sqsDeliverer(sqs),
    lambda: functionDeliverer({
      doors: () => doors,
      ids,
      functionOfArn: (arn) => functionNamed(arn.split(':')[6] ?? ''),
    }),
  })
  const queue: AsynchronousQueue = createAsynchronousQueue({
    store,
    clock,
    ledger,
    activity,
    log,
    gate,
    deliver,
    run,
    functionOf: functionNamed,
  })
  const doors = createDoors({ clock, ids, ledger, run, queue: () => queue })
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
      run: (trigger, event, requestId) => doors.run(doorRequest(trigger, event, requestId)),
    },
  })
  const doorRequest = (trigger: Trigger, payload: Uint8Array, requestId: string) => ({
    functionName: trigger.functionName,
    requestId,
    payload,
    invokedFunctionArn: functionNamed(trigger.functionName)?.arn ?? '',
    door: trigger.source,
  })
  const functionUrls = createFunctionUrls({ signals })
  const mappings = createMappingSet({
    clock,
    ids,
    log,
    ledger,
    activity,
    region,
    readerOf: (queueName) => sqs.queueReader(queueName),
    freePlaces: (functionName) => gate.free(functionName),
    onPlaceFreed: (listener) => gate.onFreed(listener),
    invoke: (functionName, payload, requestId, cause) =>
      doors.run({
        functionName,
        requestId,
        payload,
        invokedFunctionArn: functionNamed(functionName)?.arn ?? '',
        door: 'sqs',
        cause,
      }),
  })
  const gateway = createGateway({
    services: [
      createLambdaService(lambdaBackend({ spec: () => spec, functionNamed, doors, functions }), {
        clock,
        ids,
      }),
      sqs.service,
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
    doors,
    sqs,
    schedules: createSchedules({ clock, signals, log }),
    functionUrls,
    mappings,
    gateway,
    spec: () => spec,
    functionNamed,
    invocations: () => [...running.keys()].map((requestId) => `invocation ${requestId}`),
    setSpec(next, nextTriggers) {
      spec = next
      triggers = nextTriggers
      functionsByName = byName(next)
      gate.limitsChanged()
    },
  }
}

const byName = (spec: Spec): Map<string, FunctionSpec> =>
  new Map(spec.functions.map((one) => [one.name, one]))

function reservedShares(spec: Spec): Map<string, number> {
  const shares = new Map<string, number>()
  for (const one of spec.functions)
    if (one.reservedConcurrency !== null) shares.set(one.name, one.reservedConcurrency)
  return shares
}
