import { snsDeadLetterArnOf, type SnsConfig } from '../sources/index.ts'
import type { EventSpec, FunctionSpec, Spec } from '../spec/index.ts'
import type { HostedServices } from './hostedServices.ts'

/** Creates what a spec describes in the services, or changes its settings; what is in it stays. */
export async function declareResources(services: HostedServices, spec: Spec): Promise<void> {
  for (const queue of spec.queues) await services.sqs.declareQueue(queue)
  for (const { name, displayName } of spec.topics) {
    await services.sns.declareTopic({ name, displayName: displayName === '' ? undefined : displayName })
  }
  for (const { name } of spec.buses) await services.events.declareBus(name)
}

/** Subscribes functions as the spec says, and ends the subscriptions that an earlier spec asked for. */
export async function declareSubscriptions({ sns }: HostedServices, spec: Spec): Promise<void> {
  const arns = new Set<string>()
  for (const { one, event } of eventsOf(spec, 'sns')) {
    const config = event.config as unknown as SnsConfig
    arns.add(
      await sns.declareSubscription({
        topicArn: config.topic,
        protocol: 'lambda',
        endpoint: one.arn,
        deadLetterArn: snsDeadLetterArnOf(config),
      }),
    )
  }
  await sns.keepDeclaredSubscriptions(arns)
}

const eventsOf = (spec: Spec, source: string): { one: FunctionSpec; event: EventSpec }[] =>
  spec.functions.flatMap((one) =>
    one.events.filter((event) => event.source === source).map((event) => ({ one, event })),
  )
