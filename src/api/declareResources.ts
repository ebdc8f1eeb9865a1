import type { DeclaredRule } from '../services/events/index.ts'
import {
  type CloudwatchEventConfig,
  type EventBridgeConfig,
  ruleOfConfig,
  snsDeadLetterArnOf,
  type SnsConfig,
} from '../sources/index.ts'
import { areQueuesForeign, type EventSpec, type FunctionSpec, type Spec } from '../spec/index.ts'
import { declaredStreamsOf } from './declaredStreams.ts'
import type { HostedServices } from './hostedServices.ts'

/** Creates what a spec describes in the services, or changes its settings; what is in it stays. */
export async function declareResources(services: HostedServices, spec: Spec): Promise<void> {
  // Queues at a foreign endpoint are their owner's: there they are, or the mapping says that they are not.
  if (!areQueuesForeign(spec)) for (const queue of spec.queues) await services.sqs.declareQueue(queue)
  for (const { name, displayName } of spec.topics) {
    await services.sns.declareTopic({ name, displayName: displayName === '' ? undefined : displayName })
  }
  for (const { name } of spec.buckets) await services.s3.declareBucket(name)
  // One that is only referred to is left as it is where there is one.
  const streams = declaredStreamsOf(spec)
  await services.kinesis.declare(
    streams.filter(({ name, isDeclared }) => isDeclared || !services.kinesis.exists(name)),
  )
  for (const { name, consumers } of streams) await services.kinesis.declareConsumers(name, consumers)
  for (const { name } of spec.buses) await services.events.declareBus(name)
  await services.logs.declare(
    spec.functions.flatMap(({ logging, logRetentionDays: retentionDays }) =>
      retentionDays === null ? [] : [{ name: logging.group, retentionDays }],
    ),
  )
}

/** Subscribes functions to topics and buses as the spec says, and ends what an earlier spec asked for. */
export async function declareSubscriptions(services: HostedServices, spec: Spec): Promise<void> {
  await declareTopicSubscriptions(services, spec)
  await declareRules(services, spec)
}

async function declareTopicSubscriptions({ sns }: HostedServices, spec: Spec): Promise<void> {
  const arns = new Set<string>()
  for (const { one, event } of eventsOf(spec, 'sns')) {
    const config = event.config as unknown as SnsConfig
    const { displayName, topic } = config
    if (displayName !== undefined) await sns.declareTopic({ name: lastPart(topic), displayName })
    arns.add(
      await sns.declareSubscription({
        topicArn: topic,
        protocol: 'lambda',
        endpoint: one.arn,
        deadLetterArn: snsDeadLetterArnOf(config),
      }),
    )
  }
  await sns.keepDeclaredSubscriptions(arns)
}

async function declareRules({ events }: HostedServices, spec: Spec): Promise<void> {
  const rules: DeclaredRule[] = ['eventBridge', 'cloudwatchEvent'].flatMap((source) =>
    eventsOf(spec, source).map(({ one, event }) => {
      const config = event.config as unknown as EventBridgeConfig | CloudwatchEventConfig
      const { target, ...rule } = ruleOfConfig(config)
      const position = one.events.indexOf(event)
      const name = config.name ?? `${spec.service}-${one.name}-rule-${position}`
      return { ...rule, name, target: { ...target, id: `${one.name}-${position}`, functionArn: one.arn } }
    }),
  )
  await events.removeDeclared(rules)
  for (const rule of rules) await events.declareRule(rule)
}

const lastPart = (arn: string): string => arn.split(':').at(-1) ?? ''

const eventsOf = (spec: Spec, source: string): { one: FunctionSpec; event: EventSpec }[] =>
  spec.functions.flatMap((one) =>
    one.events.filter((event) => event.source === source).map((event) => ({ one, event })),
  )
