import { compilePattern, eventBridge as dialect, PatternError } from '../patterns/index.ts'
import { compileInput, InputError, parseSchedule } from '../services/events/index.ts'
import type { DeclaredRule, DeclaredTarget } from '../services/events/index.ts'
import type { EventComplaint, JsonSchema } from '../spec/index.ts'
import type { JsonObject } from '../system/index.ts'

/** What `eventBridge:` and `cloudwatchEvent:` share. */
interface RuleConfig extends Omit<DeclaredTarget, 'id' | 'functionArn'> {
  readonly enabled?: boolean
  readonly name?: string
  readonly description?: string
}

/** `eventBridge:` under `events:`; the bus is a full ARN by now. */
export interface EventBridgeConfig extends RuleConfig {
  readonly eventBus?: string
  readonly pattern?: JsonObject
  readonly schedule?: string
}

/** `cloudwatchEvent:` under `events:`, the older spelling of a rule on the default bus. */
export interface CloudwatchEventConfig extends RuleConfig {
  readonly event: JsonObject
}

/** The rule that a config describes; name, target id and function are the spec's business. */
export function ruleOfConfig(
  config: EventBridgeConfig | CloudwatchEventConfig,
): Omit<DeclaredRule, 'name' | 'target'> & { readonly target: Omit<DeclaredTarget, 'id' | 'functionArn'> } {
  const { input, inputPath, inputTransformer, retryPolicy, deadLetterQueueArn } = config
  const target = { input, inputPath, inputTransformer, retryPolicy, deadLetterQueueArn }
  const common = { isEnabled: config.enabled ?? true, description: config.description, target }
  return 'event' in config
    ? { ...common, busName: 'default', pattern: config.event }
    : { ...common, busName: config.eventBus ?? 'default', pattern: config.pattern, schedule: config.schedule }
}

// ---- what a schema cannot say ------------------------------------------------------------------------------------

const mostPatternCharacters = 4_096

/** Patterns that the engine refuses, in AWS's words. */
export function complaintsAboutPattern(pattern: JsonObject | undefined, key: string): EventComplaint[] {
  if (pattern === undefined) return []
  try {
    compilePattern(pattern, dialect)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    return [{ path: [key], message: 'Event pattern is not valid', hint: error.message }]
  }
  const length = JSON.stringify(pattern).length
  if (length <= mostPatternCharacters) return []
  return [
    {
      path: [key],
      message: `the pattern has ${length} characters as JSON`,
      hint: `expected at most ${mostPatternCharacters}`,
    },
  ]
}

export function complaintsAboutSchedule({ schedule, eventBus }: EventBridgeConfig): EventComplaint[] {
  if (schedule === undefined) return []
  const parsed = parseSchedule(schedule)
  const path = ['schedule']
  if (typeof parsed === 'string')
    return [{ path, message: `the schedule \`${schedule}\` is not valid`, hint: parsed }]
  if (eventBus === undefined || isDefaultBus.test(eventBus)) return []
  const message = 'a schedule works on the default event bus only'
  return [{ path, message, hint: 'expected no `eventBus` beside `schedule`' }]
}

const isDefaultBus = /^(events:|arn:.*:event-bus\/)?default$/

export function complaintsAboutInput({ input, inputPath, inputTransformer }: RuleConfig): EventComplaint[] {
  const given = Object.entries({ input, inputPath, inputTransformer }).filter(
    ([, value]) => value !== undefined,
  )
  const [, second] = given.map(([key]) => key)
  if (second !== undefined)
    return [
      {
        path: [second],
        message: 'only one of `input`, `inputPath` and `inputTransformer` may be given',
        hint: `expected one of them, found ${given.map(([key]) => `\`${key}\``).join(' and ')}`,
      },
    ]
  const [key] = given.map(([name]) => name)
  if (key === undefined) return []
  try {
    compileInput('this function', {
      ...(inputPath !== undefined && { InputPath: inputPath }),
      ...(inputTransformer && {
        InputTransformer: {
          InputPathsMap: inputTransformer.inputPathsMap ?? {},
          InputTemplate: inputTransformer.inputTemplate,
        },
      }),
    })
    return []
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return [{ path: [key], message: 'the input of the function is not valid', hint: error.message }]
  }
}

// ---- what the file may say ---------------------------------------------------------------------------------------

export const PATTERN: JsonSchema = {
  title: 'an event pattern: a mapping of fields to lists',
  type: 'object',
  description: 'Which events match; every operator of EventBridge works.',
  additionalProperties: true,
  examples: [
    { source: ['shop'], 'detail-type': ['OrderPlaced'], detail: { total: [{ numeric: ['>', 100] }] } },
  ],
}

/** Settings of any rule. */
export const RULE: Readonly<Record<string, JsonSchema>> = {
  enabled: { type: 'boolean', description: 'Whether the rule matches and fires.', default: true },
  name: { type: 'string', description: 'The name of the rule.', pattern: '^[.\\-_A-Za-z0-9]{1,64}$' },
  description: { type: 'string', description: 'A note for people.', maxLength: 512 },
  input: { $ref: '#/definitions/freeForm' },
  inputPath: {
    type: 'string',
    description: 'The part of the event that the function gets.',
    minLength: 1,
    maxLength: 256,
    examples: ['$.detail'],
  },
  inputTransformer: {
    type: 'object',
    description: 'Makes what the function gets out of parts of the event.',
    additionalProperties: false,
    required: ['inputTemplate'],
    properties: {
      inputPathsMap: {
        type: 'object',
        description: 'Names for the template, and the parts of the event that they stand for.',
        propertyNames: {
          title: 'letters, digits, `-` and `_`',
          type: 'string',
          pattern: '^[A-Za-z0-9_-]{1,256}$',
        },
        additionalProperties: {
          type: 'string',
          description: 'A path into the event.',
          examples: ['$.detail.id'],
        },
        examples: [{ id: '$.detail.id' }],
      },
      inputTemplate: {
        type: 'string',
        description: 'JSON in which `<name>` is replaced.',
        minLength: 1,
        maxLength: 8_192,
        examples: ['{"id": <id>}'],
      },
    },
  },
}

/** What becomes of events that cannot be handed over. */
export const DELIVERY: Readonly<Record<string, JsonSchema>> = {
  retryPolicy: {
    type: 'object',
    description:
      'Kept and shown. Handing over to a function of this file succeeds or fails at once, so there is nothing to retry.',
    additionalProperties: false,
    properties: {
      maximumEventAge: { type: 'integer', description: 'Seconds.', minimum: 60, maximum: 86_400 },
      maximumRetryAttempts: {
        type: 'integer',
        description: 'Attempts after the first.',
        minimum: 0,
        maximum: 185,
      },
    },
  },
  deadLetterQueueArn: {
    $ref: '#/definitions/queueReference',
    description: 'The queue for events that cannot be handed over.',
    examples: ['arn:aws:sqs:us-east-1:000000000000:orders-dead'],
  },
}
