import { parseSchedule } from '../services/events/index.ts'
import { scheduleFired } from '../services/events/signals.ts'
import type { JsonValue } from '../system/index.ts'
import { defineSource } from './defineSource.ts'

/** `schedule:` under `events:`, after the short form was expanded. */
export interface ScheduleConfig {
  readonly rate: string | readonly string[]
  readonly enabled?: boolean
  readonly name?: string
  readonly description?: string
  readonly input?: JsonValue
}

export const ratesOf = (config: ScheduleConfig): readonly string[] =>
  typeof config.rate === 'string' ? [config.rate] : config.rate

/** A scheduled EventBridge rule (EventBridge User Guide, "Creating a rule that runs on a schedule"). */
export const schedule = defineSource({
  name: 'schedule',
  config: {
    schema: {
      type: 'object',
      description:
        'Invokes the function on a schedule, asynchronously, with EventBridge\'s "Scheduled Event".',
      required: ['rate'],
      additionalProperties: false,
      properties: {
        rate: {
          description: 'rate(5 minutes) or cron(0 12 ? * MON-FRI *), in UTC; a list makes a rule of each.',
          oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }],
          examples: ['rate(5 minutes)', 'cron(0 12 ? * MON-FRI *)'],
        },
        enabled: { type: 'boolean', description: 'Whether the rule fires.', default: true },
        name: { type: 'string', description: 'The name of the rule.', pattern: '^[.\\-_A-Za-z0-9]{1,64}$' },
        description: { type: 'string', description: 'A note for people.' },
        input: { description: 'Sent as the event instead of the scheduled event.' },
      },
    },
    shorthand: { type: 'string', description: 'rate(...) or cron(...)', examples: ['rate(5 minutes)'] },
    expand: (value) => ({ rate: value }),
    check: (config: ScheduleConfig) =>
      ratesOf(config).flatMap((expression) => {
        const parsed = parseSchedule(expression)
        return typeof parsed === 'string' ? [{ key: 'rate', message: `${expression}: ${parsed}` }] : []
      }),
  },
  examples: [
    { rate: 'rate(5 minutes)' },
    { rate: ['cron(0 12 ? * MON-FRI *)'], enabled: false, input: { a: 1 } },
  ],
  on: scheduleFired,
  matches: (trigger, moment) => trigger.id === moment.triggerId,
  event: (moment, aws, trigger) =>
    trigger.config.input ?? {
      version: '0',
      id: aws.uuid(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: aws.accountId,
      // EventBridge's times have whole seconds.
      time: `${new Date(moment.atMs).toISOString().slice(0, 19)}Z`,
      region: aws.region,
      resources: [`arn:aws:events:${aws.region}:${aws.accountId}:rule/${moment.ruleName}`],
      detail: {},
    },
  sample: { triggerId: 'report/schedule/0', ruleName: 'nightly', atMs: 0 },
})
