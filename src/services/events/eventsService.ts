import type { Deliver, DeliveredMessage } from '../../store/index.ts'
import type { JsonObject } from '../../system/index.ts'
import type { Service } from '../service.ts'
import { busNameIn, defaultBusName, resourceOf } from './arns.ts'
import { Buses } from './buses.ts'
import { type BusEvent, entryBytes, type NewEvent } from './busEvent.ts'
import { type DeclaredRule, declareRule, removeDeclared } from './declare.ts'
import { isLambdaArn } from './handOver.ts'
import { notBuilt, operationsOf } from './operations.ts'
import { type EventsLimits, type EventsOptions, standardLimits } from './options.ts'
import { createPublisher, type Publication } from './publisher.ts'
import { Received } from './received.ts'
import { createTimedRules, type TimedRule } from './schedules.ts'
import { shapes } from './shapes.ts'
import { triggerIdOf } from './signals.ts'

/** EventBridge, hosted here: the API for the gateway, and direct ways in for the rest of this process. */
export interface EventsService {
  readonly service: Service
  /** Creates the bus unless it exists. */
  declareBus(name: string): Promise<void>
  /** Removes a bus with its rules; nothing happens if there is none, nor to the default bus. */
  removeBus(name: string): Promise<void>
  /** Makes the rule that a spec describes; answers its trigger's id. Throws what `PutRule` and `PutTargets` throw. */
  declareRule(rule: DeclaredRule): Promise<string>
  /** Removes the rules that were declared before and are not among these. */
  removeDeclared(stillWanted: readonly DeclaredRule[]): Promise<void>
  /** By name or ARN. */
  busExists(nameOrArn: string): boolean
  /** By name, the default bus among them. */
  buses(): string[]
  /** Every target that is a function, of enabled rules and others: the triggers of the source `eventBridge`. */
  lambdaTargets(): LambdaTarget[]
  /** Puts the record of an invocation onto the bus of an ARN. */
  readonly deliver: Deliver
  /** An event of another service. Nothing is stored until the caller applies the effects and calls `committed`. */
  putEvent(busName: string, event: NewEvent, cause: string | undefined): Publication
  /** The latest events of a bus, oldest first. */
  received(busName: string, limit?: number): readonly BusEvent[]
  /** Reads everything from the store again, after it was emptied from outside. */
  reload(): void
  stop(): void
}

/** A function that a rule has for a target. */
export interface LambdaTarget {
  /** `RULE_ARN#TARGET_ID`: what `MatchedEvent.triggerId` will be. */
  readonly triggerId: string
  /** As it was put, perhaps with a qualifier. */
  readonly functionArn: string
  readonly busName: string
  readonly ruleName: string
  readonly ruleArn: string
  readonly targetId: string
}

/** A megabyte of entries, written with escapes, is several times as long. */
const maximumBodyBytes = 8 * 1024 * 1024

/** Creates EventBridge over a store; buses and rules that the store holds are there at once. */
export function createEventsService(options: EventsOptions): EventsService {
  const { store, clock, log, identity, activity } = options
  const limits: EventsLimits = { ...standardLimits, ...options.limits }
  const buses = new Buses({
    store,
    clock,
    log,
    identity,
    limits,
    changed() {
      setSchedules()
      options.onTargetsChanged?.()
    },
  })
  const received = new Received(limits.rememberedEvents)
  const publisher = createPublisher(buses, received, options)

  const timedRules = createTimedRules<TimedRule>({
    clock,
    log,
    fire: ({ name }, atMs) => activity.track(`schedule ${name}`, fire(name, atMs)),
  })

  function setSchedules(): void {
    const rules = [...(buses.get(defaultBusName)?.rules.values() ?? [])]
    timedRules.set(
      rules.flatMap(({ name, isEnabled, record: { schedule, createdMs } }) =>
        schedule === undefined ? [] : [{ name, expression: schedule, isEnabled, startedMs: createdMs }],
      ),
    )
  }

  async function fire(name: string, atMs: number): Promise<void> {
    const rule = buses.get(defaultBusName)?.rules.get(name)
    if (!rule) return
    const { effects, committed } = publisher.publishFor(rule, {
      source: 'aws.events',
      detailType: 'Scheduled Event',
      detail: {},
      resources: [rule.arn],
      timeMs: atMs,
    })
    if (effects.length > 0) await store.apply(effects)
    committed()
  }

  const deliver: Deliver = (arn, message) => {
    const resource = resourceOf(identity, arn)
    const bus = resource && resource.rule === undefined ? buses.get(resource.bus) : undefined
    if (!bus) return { kind: 'refused', reason: `there is no event bus ${arn}` }
    const event = eventOfRecord(arn, message)
    if (!event) return { kind: 'refused', reason: 'only records of invocations can go to an event bus' }
    const { source: Source, detailType: DetailType, resources: Resources } = event
    const bytes =
      entryBytes({ Source, DetailType, ...(Resources && { Resources }) }) + message.body.byteLength
    if (bytes > limits.entriesBytes)
      return {
        kind: 'refused',
        reason: `an event of ${bytes} bytes is over the limit of ${limits.entriesBytes}`,
      }
    const { effects, committed } = publisher.publish(bus.name, event, {
      cause: message.cause,
      traceHeader: message.traceId,
    })
    return { kind: 'effects', effects, committed }
  }

  setSchedules()
  return {
    service: {
      name: 'events',
      operations: operationsOf(buses, publisher),
      notBuilt,
      maximumBodyBytes,
      json: { target: 'AWSEvents', version: '1.1', namespace: 'com.amazonaws.events', shapes },
    },
    async declareBus(name) {
      if (!buses.get(name)) await buses.create(name, {}, {})
    },
    async removeBus(name) {
      const bus = buses.get(name)
      if (bus && name !== defaultBusName) await buses.remove(bus)
    },
    declareRule: (rule) => declareRule(buses, rule),
    removeDeclared: (stillWanted) => removeDeclared(buses, stillWanted),
    busExists: (nameOrArn) => buses.get(busNameIn(identity, nameOrArn)) !== undefined,
    buses: () => buses.all().map(({ name }) => name),
    lambdaTargets: () => lambdaTargetsOf(buses),
    deliver,
    putEvent: (busName, event, cause) =>
      publisher.publish(busNameIn(identity, busName), event, { cause, traceHeader: undefined }),
    received: (busName, limit) => received.latest(busName, limit),
    reload() {
      received.clear()
      buses.reload()
    },
    stop: () => timedRules.stop(),
  }
}

const lambdaTargetsOf = (buses: Buses): LambdaTarget[] =>
  buses.all().flatMap((bus) =>
    [...bus.rules.values()].flatMap((rule) =>
      rule.record.targets
        .filter(({ Arn }) => isLambdaArn(Arn))
        .map(({ Id, Arn }) => ({
          triggerId: triggerIdOf(rule.arn, Id),
          functionArn: Arn,
          busName: bus.name,
          ruleName: rule.name,
          ruleArn: rule.arn,
          targetId: Id,
        })),
    ),
  )

/** The event that Lambda puts for a destination (Lambda Developer Guide, "Capturing records of invocations"). */
function eventOfRecord(busArn: string, { record, body }: DeliveredMessage): NewEvent | undefined {
  if (!record) return undefined
  return {
    source: 'lambda',
    detailType: `Lambda Function Invocation Result - ${record.isSuccess ? 'Success' : 'Failure'}`,
    detail: JSON.parse(Buffer.from(body).toString('utf8')) as JsonObject,
    resources: [busArn, record.functionArn],
  }
}
