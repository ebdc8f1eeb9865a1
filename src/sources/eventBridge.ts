import { eventMatched, type MatchedEvent } from '../services/events/signals.ts'
import type { EventComplaint, JsonSchema } from '../spec/index.ts'
import { type ConfigFragment, defineSource, type FactSource } from './defineSource.ts'
import {
  type CloudwatchEventConfig,
  complaintsAboutInput,
  complaintsAboutPattern,
  complaintsAboutSchedule,
  DELIVERY,
  type EventBridgeConfig,
  PATTERN,
  RULE,
} from './ruleConfig.ts'

function complaintsAbout(config: EventBridgeConfig): EventComplaint[] {
  const { pattern, schedule } = config
  const missing: EventComplaint[] =
    pattern === undefined && schedule === undefined
      ? [{ path: [], message: 'this rule never matches', hint: 'expected `pattern`, `schedule`, or both' }]
      : []
  return [
    ...missing,
    ...complaintsAboutPattern(pattern, 'pattern'),
    ...complaintsAboutSchedule(config),
    ...complaintsAboutInput(config),
  ]
}

const matched = {
  on: eventMatched,
  matches: (trigger: { readonly id: string }, event: MatchedEvent) => trigger.id === event.triggerId,
  event: (event: MatchedEvent) => event.input,
  sample: {
    triggerId: 'arn:aws:events:us-east-1:123456789012:rule/orders#checkout',
    functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:checkout',
    ruleArn: 'arn:aws:events:us-east-1:123456789012:rule/orders',
    eventId: 'fe8d3c65-1111-c5c3-2c87-81584709a377',
    cause: 'fe8d3c65-1111-c5c3-2c87-81584709a377',
    input: {
      version: '0',
      id: 'fe8d3c65-1111-c5c3-2c87-81584709a377',
      'detail-type': 'OrderPlaced',
      source: 'com.example.orders',
      account: '123456789012',
      time: '2024-04-28T07:20:20Z',
      region: 'us-east-1',
      resources: [],
      detail: { orderId: 42 },
    },
  },
} as const

const fragment = (
  description: string,
  schema: Pick<JsonSchema, 'required' | 'properties'>,
): ConfigFragment => ({
  description,
  schema: { type: 'object', description, additionalProperties: false, ...schema },
})

/**
 * A rule of an event bus with the function as its target (EventBridge User Guide, "Rules"). The trigger is the rule's
 * target in the service, which also gives the event its form.
 */
export const eventBridge: FactSource<EventBridgeConfig, MatchedEvent> = defineSource<
  EventBridgeConfig,
  MatchedEvent
>({
  name: 'eventBridge',
  config: {
    ...fragment(
      'Invokes the function asynchronously with events of a bus that match a pattern, or on a schedule.',
      {
        properties: {
          eventBus: { $ref: '#/definitions/busReference' },
          pattern: PATTERN,
          schedule: {
            type: 'string',
            description: 'When it fires besides, in UTC; on the default bus only.',
            minLength: 1,
            examples: ['rate(5 minutes)', 'cron(0 12 ? * MON-FRI *)'],
          },
          ...RULE,
          ...DELIVERY,
        },
      },
    ),
    reads: { kind: 'bus', keys: ['eventBus'], standard: 'default' },
    refersTo: [{ kind: 'queue', path: ['deadLetterQueueArn'] }],
    complaints: (config) => complaintsAbout(config),
  },
  examples: [
    { schedule: 'rate(10 minutes)', input: { key: 'value' } },
    {
      eventBus: 'shop',
      pattern: { source: ['shop'], 'detail-type': ['OrderPlaced'] },
      enabled: false,
      inputTransformer: { inputPathsMap: { id: '$.detail.orderId' }, inputTemplate: '{"order": <id>}' },
      retryPolicy: { maximumEventAge: 3_600, maximumRetryAttempts: 2 },
      deadLetterQueueArn: 'arn:aws:sqs:us-east-1:000000000000:orders-dead',
    },
  ],
  ...matched,
})

/** The Serverless Framework's older name for a rule on the default bus. */
export const cloudwatchEvent: FactSource<CloudwatchEventConfig, MatchedEvent> = defineSource<
  CloudwatchEventConfig,
  MatchedEvent
>({
  name: 'cloudwatchEvent',
  config: {
    ...fragment('Invokes the function asynchronously with events of the default bus that match a pattern.', {
      required: ['event'],
      properties: { event: PATTERN, ...RULE },
    }),
    refersTo: [{ kind: 'queue', path: ['deadLetterQueueArn'] }],
    complaints: (config) => {
      const { event, ...rest } = config as unknown as CloudwatchEventConfig
      return [...complaintsAboutPattern(event, 'event'), ...complaintsAboutInput(rest)]
    },
  },
  examples: [{ event: { source: ['aws.ec2'], detail: { state: ['pending'] } }, inputPath: '$.detail' }],
  ...matched,
})
