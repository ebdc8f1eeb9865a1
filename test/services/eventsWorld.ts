import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { onTestFinished } from 'vitest'
import { sqsDeliverer } from '../../src/api/deliverers.ts'
import {
  createEventsService,
  type EventDeliveryFailed,
  type EventPut,
  type EventsLimits,
} from '../../src/services/events/index.ts'
import type { MatchedEvent } from '../../src/services/events/signals.ts'
import { createGateway } from '../../src/services/gateway/index.ts'
import type { Telling } from '../../src/services/signals.ts'
import { createSqsService } from '../../src/services/sqs/index.ts'
import { createMemoryStore, type Store } from '../../src/store/index.ts'
import { createActivity, createClock, createIds, silentLog } from '../../src/system/index.ts'
import { accountId, region, startMs } from './world.ts'

export const queueArn = (name: string): string => `arn:aws:sqs:${region}:${accountId}:${name}`
export const functionArn = (name: string): string => `arn:aws:lambda:${region}:${accountId}:function:${name}`
export const ruleArn = (name: string): string => `arn:aws:events:${region}:${accountId}:rule/${name}`
export const busArn = (name: string): string => `arn:aws:events:${region}:${accountId}:event-bus/${name}`

/** EventBridge and SQS behind one gateway; functions are names whose invocations are written down. */
export async function createEventsWorld(
  options: {
    readonly store?: Store
    readonly limits?: Partial<EventsLimits>
    readonly functions?: readonly string[]
    readonly queues?: readonly string[]
    readonly causeOf?: (accessKeyId: string) => string | undefined
  } = {},
) {
  const activity = createActivity()
  const clock = createClock({ mode: 'frozen', startMs, idle: activity.idle })
  const ids = createIds()
  const store = options.store ?? createMemoryStore()
  const identity = { accountId, region }
  const queues = createSqsService({ store, clock, ids, identity, activity })
  const invocations: MatchedEvent[] = []
  const put: EventPut[] = []
  const failed: EventDeliveryFailed[] = []
  let targetChanges = 0
  const arns = new Set((options.functions ?? []).map(functionArn))
  const events = createEventsService({
    store,
    clock,
    ids,
    identity,
    activity,
    log: silentLog,
    deliver: sqsDeliverer(queues),
    signals: {
      prepare(_, detail): Telling {
        const matched = detail as MatchedEvent
        if (!arns.has(matched.functionArn)) return { effects: [], told() {} }
        return {
          effects: [{ kind: 'set', table: 'invocations', key: matched.eventId, value: matched.input }],
          told: () => void invocations.push(matched),
        }
      },
    },
    limits: options.limits ?? {},
    onTargetsChanged: () => targetChanges++,
    onEventPut: (fact) => put.push(fact),
    onDeliveryFailed: (fact) => failed.push(fact),
  })
  const gateway = createGateway({
    services: [queues.service, events.service],
    log: silentLog,
    activity,
    ids,
    identity,
    ...(options.causeOf && { causeOf: options.causeOf }),
  })
  const { url } = await gateway.start(0, '127.0.0.1')
  const client = new EventBridgeClient({
    endpoint: url,
    region,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
  })
  onTestFinished(async () => {
    client.destroy()
    events.stop()
    await gateway.stop()
    clock.stop()
    await store.close()
  })

  const queueService = queues.service.operations['CreateQueue'] as (
    input: object,
    context: object,
  ) => Promise<unknown>
  for (const name of options.queues ?? []) await queueService({ QueueName: name }, { baseUrl: url })

  /** Calls an action in JSON, without an SDK that would check or retry. */
  async function call(operation: string, input: unknown) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': `AWSEvents.${operation}` },
      body: JSON.stringify(input),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  /** The messages of a queue, their bodies read as JSON. */
  const messages = (name: string) =>
    queues.peek(name).map(({ body, attributes }) => ({ body: JSON.parse(body) as unknown, attributes }))

  /** A rule on a bus with one target for each ARN. */
  async function rule(
    name: string,
    settings: { bus?: string; pattern?: object; schedule?: string; targets?: readonly (string | object)[] },
  ): Promise<void> {
    const bus = settings.bus ?? 'default'
    const made = await call('PutRule', {
      Name: name,
      EventBusName: bus,
      ...(settings.pattern && { EventPattern: JSON.stringify(settings.pattern) }),
      ...(settings.schedule !== undefined && { ScheduleExpression: settings.schedule }),
    })
    if (made.status !== 200) throw new Error(JSON.stringify(made.body))
    const targets = (settings.targets ?? []).map((target, index) =>
      typeof target === 'string' ? { Id: `t${index}`, Arn: target } : { Id: `t${index}`, ...target },
    )
    if (targets.length === 0) return
    const set = await call('PutTargets', { Rule: name, EventBusName: bus, Targets: targets })
    if (set.status !== 200) throw new Error(JSON.stringify(set.body))
  }

  const entry = (more: object = {}) => ({
    Source: 'shop',
    DetailType: 'OrderPlaced',
    Detail: '{"orderId":42}',
    ...more,
  })

  return {
    activity,
    call,
    client,
    clock,
    entry,
    events,
    failed,
    invocations,
    messages,
    put,
    putEvents: (...entries: object[]) => call('PutEvents', { Entries: entries.map(entry) }),
    queues,
    rule,
    store,
    targetChanges: () => targetChanges,
    url,
  }
}
