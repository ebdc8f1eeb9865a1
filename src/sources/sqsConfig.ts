import type { EventComplaint, JsonSchema } from '../spec/index.ts'
import type { QueueMappingSettings } from './defineQueue.ts'
import type { ConfigFragment } from './defineSource.ts'
import { complaintsAboutFilters, type FilterPatterns, filterPatternsSchema } from './filterPatterns.ts'
import { metricsSchema } from './metrics.ts'
import type { FilteredContent } from './recordFilter.ts'

/** `sqs:` under `events:`; references are full ARNs by now. */
export interface SqsConfig {
  readonly queue: string
  readonly batchSize?: number
  readonly maximumBatchingWindow?: number
  readonly functionResponseType?: 'ReportBatchItemFailures'
  readonly maximumConcurrency?: number
  readonly provisionedPollerConfig?: { readonly minimumPollers?: number; readonly maximumPollers?: number }
  readonly filterPatterns?: FilterPatterns
  readonly metricsConfig?: { readonly metrics: readonly 'EventCount'[] }
  readonly enabled?: boolean
}

/** AWS's numbers of pollers in provisioned mode. */
const FEWEST_POLLERS = 2
const USUAL_MOST_POLLERS = 200

/** Pollers of provisioned mode with AWS's defaults; `null` without it. */
export function pollersOf({
  provisionedPollerConfig: given,
}: SqsConfig): QueueMappingSettings['provisionedPollers'] {
  if (given === undefined) return null
  const minimum = given.minimumPollers ?? FEWEST_POLLERS
  return { minimum, maximum: given.maximumPollers ?? Math.max(minimum, USUAL_MOST_POLLERS) }
}

/** Filters look at the body, which may be JSON or any text. */
export const messageBody: FilteredContent = { key: 'body', mayBeText: true, view: (record) => record }

// ---- what a schema cannot say ------------------------------------------------------------------------------------

const complaintsAbout = (config: SqsConfig): EventComplaint[] => [
  ...complaintsAboutFilters(config.filterPatterns, messageBody, '{ body: { kind: [new] } }'),
  ...complaintsAboutPollers(config),
]

function complaintsAboutPollers(config: SqsConfig): EventComplaint[] {
  const pollers = pollersOf(config)
  if (pollers === null) return []
  if (config.maximumConcurrency !== undefined)
    return [
      {
        path: ['provisionedPollerConfig'],
        message: 'only one of `maximumConcurrency` and `provisionedPollerConfig` may be given',
        hint: 'expected one of them: `maximumPollers` bounds the concurrency as well, ten invocations to a poller',
      },
    ]
  if (pollers.maximum >= pollers.minimum) return []
  const message = `\`minimumPollers\` (${pollers.minimum}) is more than \`maximumPollers\` (${pollers.maximum})`
  const hint = `expected at most ${pollers.maximum}`
  return [{ path: ['provisionedPollerConfig', 'minimumPollers'], message, hint }]
}

// ---- what the file may say ---------------------------------------------------------------------------------------

const DESCRIPTION = 'Reads an SQS queue and invokes the function with batches of its messages.'

const FILTER_PATTERNS = filterPatternsSchema(
  'Only messages that match one of these reach the function; all others are deleted from the queue. AWS allows five, ten by a raised quota.',
  'A pattern of fields, as a mapping or as JSON text. JSON in the body is looked into.',
  { body: { kind: ['new'] } },
)

const POLLERS: JsonSchema = {
  type: 'object',
  description:
    'Provisioned mode: pollers that are always there, each good for ten invocations at once. Not together with `maximumConcurrency`.',
  additionalProperties: false,
  properties: {
    minimumPollers: {
      type: 'integer',
      description: 'Pollers to begin with.',
      default: FEWEST_POLLERS,
      minimum: FEWEST_POLLERS,
      maximum: 200,
    },
    maximumPollers: {
      type: 'integer',
      description: 'The most pollers, however many messages there are.',
      default: USUAL_MOST_POLLERS,
      minimum: FEWEST_POLLERS,
      maximum: 2_000,
    },
  },
  examples: [{ minimumPollers: 2, maximumPollers: 10 }],
}

const METRICS = metricsSchema(
  '`lambent queues --json` and the control API',
  'How many messages were polled, filtered, handed over, failed and deleted.',
)

/** What `lambda.yml` may say below `sqs:`. */
export const sqsFragment: ConfigFragment = {
  description: DESCRIPTION,
  reads: { kind: 'queue', keys: ['queue', 'arn'] },
  schema: {
    type: 'object',
    description: DESCRIPTION,
    additionalProperties: false,
    properties: {
      queue: { $ref: '#/definitions/queueReference' },
      arn: { $ref: '#/definitions/queueReference' },
      batchSize: {
        type: 'integer',
        description:
          'The most messages in one invocation; above 10 it needs a batching window. At most 10 for a FIFO queue.',
        default: 10,
        minimum: 1,
        maximum: 10_000,
      },
      maximumBatchingWindow: {
        description: 'The longest time to gather a batch; not for a FIFO queue.',
        default: 0,
        oneOf: [
          { type: 'integer', description: 'Seconds.', minimum: 0, maximum: 300 },
          { $ref: '#/definitions/duration' },
        ],
        examples: [5, '1m'],
      },
      functionResponseType: {
        type: 'string',
        description: 'Lets the handler name the messages that failed; all others are deleted.',
        enum: ['ReportBatchItemFailures'],
      },
      maximumConcurrency: {
        type: 'integer',
        description: 'The most invocations at once for this mapping.',
        minimum: 2,
        maximum: 1_000,
      },
      provisionedPollerConfig: POLLERS,
      filterPatterns: FILTER_PATTERNS,
      metricsConfig: METRICS,
      enabled: { type: 'boolean', description: 'Whether the mapping reads.', default: true },
    },
  },
  shorthand: {
    type: 'string',
    description: 'The queue: its name, `sqs:name` or its ARN.',
    minLength: 1,
    examples: ['sqs:orders'],
  },
  expand: (short) => ({ queue: short }),
  complaints: (config) => complaintsAbout(config as unknown as SqsConfig),
}
