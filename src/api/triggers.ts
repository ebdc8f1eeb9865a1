import { type ScheduledRule } from '../services/events/index.ts'
import { type FunctionUrl, urlIdOf } from '../services/functionUrl/index.ts'
import { queueSources, ratesOf, type ScheduleConfig, type SqsConfig, type Trigger } from '../sources/index.ts'
import type { QueueMappingSettings } from '../sources/index.ts'
import type { Spec } from '../spec/index.ts'

/** The triggers that a spec asks for: one for each entry under `events:`, and one for each function URL. */
export function triggersOf(spec: Spec): Trigger[] {
  return spec.functions.flatMap((one) => [
    ...one.events.map((event, index) => ({
      id: `${one.name}/${event.source}/${index}`,
      functionName: one.name,
      source: event.source,
      config: event.config as unknown,
    })),
    ...(one.url
      ? [
          {
            id: `${one.name}/functionUrl`,
            functionName: one.name,
            source: 'functionUrl',
            config: {} as unknown,
          },
        ]
      : []),
  ])
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

/** The functions that have a URL. */
export const functionUrlsOf = (spec: Spec): FunctionUrl[] =>
  spec.functions.flatMap((one) =>
    one.url ? [{ functionName: one.name, urlId: urlIdOf(one.arn), cors: one.url.cors }] : [],
  )

/** An event source mapping that a spec asks for. */
export interface WantedMapping {
  /** Stays the same while function and queue do. */
  readonly id: string
  readonly functionName: string
  readonly queueName: string
  readonly settings: QueueMappingSettings
}

/** The event source mappings behind the `sqs` triggers. */
export const wantedMappingsOf = (triggers: readonly Trigger[]): WantedMapping[] =>
  triggers
    .filter((trigger) => trigger.source === queueSources.sqs.name)
    .map((trigger) => {
      const settings = queueSources.sqs.settings(trigger.config as SqsConfig)
      return {
        id: `${trigger.functionName}<${settings.queueArn}`,
        functionName: trigger.functionName,
        queueName: settings.queueArn.split(':').at(-1) ?? '',
        settings,
      }
    })
