import { parseSchedule } from '../services/events/index.ts'
import { type ScheduledMoment, scheduleFired } from '../services/events/signals.ts'
import type { EventComplaint, JsonSchema } from '../spec/index.ts'
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

const DESCRIPTION = 'Invokes the function on a schedule, asynchronously.'
const EXPRESSION: JsonSchema = {
  type: 'string',
  title: '`rate(5 minutes)` or `cron(0 12 ? * MON-FRI *)`',
  description: 'rate(N minutes|hours|days), or cron(minutes hours day-of-month month day-of-week year).',
  minLength: 1,
  examples: ['rate(5 minutes)', 'cron(0 12 ? * MON-FRI *)'],
}

const complaintsAbout = (config: ScheduleConfig): EventComplaint[] =>
  ratesOf(config).flatMap((expression, index) => {
    const parsed = parseSchedule(expression)
    if (typeof parsed !== 'string') return []
    const path = typeof config.rate === 'string' ? ['rate'] : ['rate', index]
    return [{ path, message: `the schedule \`${expression}\` is not valid`, hint: parsed }]
  })

/** A scheduled EventBridge rule (EventBridge User Guide, "Creating a rule that runs on a schedule"). */
export const schedule = defineSource<ScheduleConfig, ScheduledMoment>({
  name: 'schedule',
  config: {
    description: DESCRIPTION,
    schema: {
      type: 'object',
      description: DESCRIPTION,
      required: ['rate'],
      additionalProperties: false,
      properties: {
        rate: {
          description: 'When it fires, in UTC; a list makes a rule of each.',
          oneOf: [
            EXPRESSION,
            { type: 'array', description: 'Several schedules.', items: EXPRESSION, minItems: 1 },
          ],
          examples: ['rate(5 minutes)', 'cron(0 12 ? * MON-FRI *)'],
        },
        enabled: { type: 'boolean', description: 'Whether the rule fires.', default: true },
        name: { type: 'string', description: 'The name of the rule.', pattern: '^[.\\-_A-Za-z0-9]{1,64}$' },
        description: { type: 'string', description: 'A note for people.', maxLength: 512 },
        input: { $ref: '#/definitions/freeForm' },
      },
    },
    shorthand: EXPRESSION,
    expand: (short) => ({ rate: short }),
    complaints: (config) => complaintsAbout(config as unknown as ScheduleConfig),
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
