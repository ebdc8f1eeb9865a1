import { PatternError } from '../patterns/index.ts'
import type { EventComplaint, JsonSchema } from '../spec/index.ts'
import type { JsonObject } from '../system/index.ts'
import type { QueueMappingSettings } from './defineQueue.ts'
import type { ConfigFragment } from './defineSource.ts'
import { compileFilters } from './recordFilter.ts'

/** `sqs:` under `events:`; references are full ARNs by now. */
export interface SqsConfig {
  readonly queue: string
  readonly batchSize?: number
  readonly maximumBatchingWindow?: number
  readonly functionResponseType?: 'ReportBatchItemFailures'
  readonly maximumConcurrency?: number
  readonly provisionedPollerConfig?: { readonly minimumPollers?: number; readonly maximumPollers?: number }
  /** As written, or as JSON text. */
  readonly filterPatterns?: readonly (JsonObject | string)[]
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

/** The filter patterns as JSON texts. */
export const filtersOf = ({ filterPatterns = [] }: SqsConfig): readonly string[] =>
  filterPatterns.map((pattern) => (typeof pattern === 'string' ? pattern : JSON.stringify(pattern)))

// ---- what a schema cannot say ------------------------------------------------------------------------------------

const MOST_PATTERN_CHARACTERS = 4_096

const complaintsAbout = (config: SqsConfig): EventComplaint[] => [
  ...filtersOf(config).flatMap((text, index) => complaintsAboutFilter(text, ['filterPatterns', index])),
  ...complaintsAboutPollers(config),
]

function complaintsAboutFilter(text: string, path: EventComplaint['path']): EventComplaint[] {
  if (text.length > MOST_PATTERN_CHARACTERS) {
    const message = `the pattern has ${text.length} characters as JSON`
    return [{ path, message, hint: `expected at most ${MOST_PATTERN_CHARACTERS}` }]
  }
  try {
    compileFilters([text], 'body')
    return []
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    const hint = `expected a pattern such as \`{ body: { kind: [new] } }\`: ${error.message}`
    return [{ path, message: 'Invalid filter pattern definition.', hint }]
  }
}

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

const FILTER_PATTERNS: JsonSchema = {
  type: 'array',
  description:
    'Only messages that match one of these reach the function; all others are deleted from the queue. AWS allows five, ten by a raised quota.',
  items: {
    description: 'A pattern of fields, as a mapping or as JSON text. JSON in the body is looked into.',
    oneOf: [
      { type: 'object', description: 'A mapping of fields to lists.', additionalProperties: true },
      { type: 'string', description: 'JSON text.', minLength: 1 },
    ],
    examples: [{ body: { kind: ['new'] } }],
  },
  minItems: 1,
  maxItems: 10,
  examples: [[{ body: { kind: ['new'] } }]],
}

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

const METRICS: JsonSchema = {
  type: 'object',
  description: 'Figures of the mapping, to be had from `lambent queues --json` and the control API.',
  additionalProperties: false,
  required: ['metrics'],
  properties: {
    metrics: {
      type: 'array',
      description: 'Names of groups of figures.',
      items: {
        type: 'string',
        description: 'How many messages were polled, filtered, handed over, failed and deleted.',
        enum: ['EventCount'],
      },
      minItems: 1,
      maxItems: 1,
      examples: [['EventCount']],
    },
  },
  examples: [{ metrics: ['EventCount'] }],
}

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
