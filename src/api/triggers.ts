import { type ScheduledRule } from '../services/events/index.ts'
import { ratesOf, type ScheduleConfig, type Trigger } from '../sources/index.ts'
import type { FunctionSpec, Spec } from '../spec/index.ts'
import type { HostedServices } from './hostedServices.ts'

/** Sources whose triggers their services hold; see {@link serviceTriggersOf}. */
const HELD_BY_SERVICES = new Set(['sns', 'eventBridge', 'cloudwatchEvent'])

/** The triggers that a spec asks for by itself: one for each such entry under `events:`. */
export function triggersOf(spec: Spec): Trigger[] {
  return spec.functions.flatMap((one) =>
    one.events.flatMap((event, index) =>
      HELD_BY_SERVICES.has(event.source)
        ? []
        : [
            {
              id: `${one.name}/${event.source}/${index}`,
              functionName: one.name,
              source: event.source,
              config: event.config,
            },
          ],
    ),
  )
}

/** The triggers that services hold: functions that subscribed to something, by a spec or an API call. */
export const serviceTriggersOf = (
  { sns, events }: HostedServices,
  functionNamed: (name: string) => FunctionSpec | undefined,
): Trigger[] => {
  const held = [
    ...sns
      .subscriptions()
      .filter(({ protocol }) => protocol === 'lambda')
      .map(({ arn, endpoint }) => ({ id: arn, source: 'sns', functionArn: endpoint })),
    ...events
      .lambdaTargets()
      .map(({ triggerId, functionArn }) => ({ id: triggerId, source: 'eventBridge', functionArn })),
  ]
  return held.flatMap(({ id, source, functionArn }) => {
    const functionName = functionArn.split(':')[6] ?? ''
    return functionNamed(functionName) ? [{ id, functionName, source, config: {} }] : []
  })
}

/** The scheduled rules behind the `schedule` triggers; a list of rates makes a rule of each. */
export function scheduledRulesOf(spec: Spec, triggers: readonly Trigger[]): ScheduledRule[] {
  return triggers
    .filter((trigger) => trigger.source === 'schedule')
    .flatMap((trigger) => {
      const config = trigger.config as ScheduleConfig
      return ratesOf(config).map((expression, index) => ({
        name: config.name ?? `${spec.service}-${trigger.id.replaceAll('/', '-')}-${index}`,
        triggerId: trigger.id,
        expression,
        isEnabled: config.enabled ?? true,
      }))
    })
}
