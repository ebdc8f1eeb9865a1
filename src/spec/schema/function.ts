import { CORS_DEFAULTS, DEFAULTS } from '../defaults.ts'
import type { JsonSchema } from '../jsonSchema.ts'
import { seconds } from './common.ts'
import { layerList, logsSchema, tracingSchema } from './runtimeSettings.ts'

const timeout = seconds(
  1,
  900,
  DEFAULTS.timeoutSeconds,
  'The longest one invocation may run: 1 to 900 seconds.',
  [6, 30, '5m'],
)

const memorySize: JsonSchema = {
  type: 'integer',
  description: 'Memory in MB. The handler sees it, and is stopped when it uses more.',
  minimum: 128,
  maximum: 10_240,
  default: DEFAULTS.memoryMegabytes,
  examples: [128, 256, 1024],
}

const logRetentionInDays: JsonSchema = {
  type: 'integer',
  title: 'a number of days that CloudWatch Logs knows',
  description:
    'How many days the log group keeps events; unless given, they stay for as long as there is room.',
  enum: [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
  ],
  examples: [14],
}

/** Settings that `provider:` may give to all functions. */
export const sharedProperties: Readonly<Record<string, JsonSchema>> = {
  runtime: { $ref: '#/definitions/runtime' },
  timeout,
  memorySize,
  environment: { $ref: '#/definitions/environment' },
  logRetentionInDays,
  layers: layerList,
}

function listOrOne(
  title: string,
  description: string,
  standard: readonly string[] | undefined,
  examples: readonly string[],
): JsonSchema {
  const defaults = standard === undefined ? {} : { default: standard }
  return {
    title,
    description,
    ...defaults,
    examples: [examples],
    oneOf: [
      { type: 'array', description, items: { type: 'string', minLength: 1 }, maxItems: 100 },
      { type: 'string', description, minLength: 1 },
      { type: 'null', description: 'Takes the default away.' },
    ],
  }
}

const cors: JsonSchema = {
  type: 'object',
  description:
    'CORS settings. What is left out has the default of `cors: true`; `null` takes a default away.',
  additionalProperties: false,
  properties: {
    allowedOrigins: listOrOne(
      'a list of origins',
      'Origins that may call the URL.',
      CORS_DEFAULTS.allowedOrigins,
      ['https://example.com'],
    ),
    allowedMethods: listOrOne(
      'a list of methods',
      'Methods that may be used.',
      CORS_DEFAULTS.allowedMethods,
      ['GET', 'POST'],
    ),
    allowedHeaders: listOrOne(
      'a list of header names',
      'Headers that a request may carry.',
      CORS_DEFAULTS.allowedHeaders,
      ['Content-Type'],
    ),
    exposedResponseHeaders: listOrOne(
      'a list of header names',
      'Headers of the response that a page may read.',
      undefined,
      ['X-Request-Id'],
    ),
    allowCredentials: { type: 'boolean', description: 'Whether cookies may be sent.', default: false },
    maxAge: seconds(0, 86_400, CORS_DEFAULTS.maxAge, 'How long a browser may keep the preflight answer.', [
      300,
      '1h',
    ]),
  },
}

const url: JsonSchema = {
  description: 'Gives the function an HTTP address of its own (a function URL).',
  examples: [true, { cors: true }],
  oneOf: [
    { type: 'boolean', description: '`true`: a URL without CORS settings.' },
    {
      type: 'object',
      description: 'A URL with settings.',
      additionalProperties: false,
      properties: {
        cors: {
          description: 'Whether, and how, pages of other origins may call the URL.',
          default: false,
          oneOf: [{ type: 'boolean', description: "`true`: the Serverless Framework's defaults." }, cors],
        },
        invokeMode: {
          type: 'string',
          default: 'BUFFERED',
          description: 'How the answer is sent.',
          oneOf: [
            { const: 'BUFFERED', description: 'When the handler is done.' },
            { const: 'RESPONSE_STREAM', description: 'As the handler writes it.' },
          ],
        },
      },
    },
  ],
}

export const functionSchema: JsonSchema = {
  type: 'object',
  description: 'A function: its code, its limits, and what invokes it.',
  additionalProperties: false,
  required: ['handler'],
  properties: {
    handler: {
      type: 'string',
      description:
        'The code: path of the file without extension, a dot, and the name of the export. The file may be .js, .mjs, .cjs, .ts, .mts, .cts or .tsx.',
      minLength: 1,
      maxLength: 128,
      pattern: '^\\S+$',
      examples: ['src/checkout.handler'],
    },
    name: {
      type: 'string',
      description:
        "The function's name for the API; its key unless given. Letters, digits, `-` and `_`, at most 64.",
      minLength: 1,
      examples: ['orders-checkout'],
    },
    description: { type: 'string', description: 'What it does, for people.', maxLength: 256, default: '' },
    ...sharedProperties,
    reservedConcurrency: {
      type: 'integer',
      description:
        'Executions at once that are kept for this function, and the most it may have. 0 stops it. At least 100 of the account must stay unreserved.',
      minimum: 0,
      examples: [0, 10],
    },
    provisionedConcurrency: {
      type: 'integer',
      description:
        'Environments of the code as it is now that are kept initialised ahead, also after a reload. On AWS versions and aliases have them; for those there is the Lambda API.',
      minimum: 1,
      examples: [2],
    },
    isolation: {
      description: 'Where the handler runs.',
      type: 'string',
      default: DEFAULTS.isolation,
      oneOf: [
        {
          const: 'thread',
          description: 'A worker thread of a process that other functions share: starts fastest.',
        },
        { const: 'process', description: 'A process of its own: for native code that may crash.' },
      ],
    },
    logs: logsSchema,
    tracing: tracingSchema,
    maximumRetryAttempts: {
      type: 'integer',
      description: 'How often an asynchronous invocation that failed is tried again.',
      minimum: 0,
      maximum: 2,
      default: DEFAULTS.maximumRetryAttempts,
    },
    maximumEventAge: seconds(
      60,
      21_600,
      DEFAULTS.maximumEventAgeSeconds,
      'How long an asynchronous invocation is kept and tried.',
      [3600, '1h'],
    ),
    onError: {
      $ref: '#/definitions/deadLetterReference',
      description:
        'The dead-letter queue or topic: gets the event of an asynchronous invocation that failed for the last time.',
    },
    destinations: {
      type: 'object',
      description: 'Where the record of an asynchronous invocation goes once it is settled.',
      additionalProperties: false,
      properties: {
        onSuccess: {
          $ref: '#/definitions/destination',
          description: 'Gets the record of an invocation that succeeded.',
        },
        onFailure: {
          $ref: '#/definitions/destination',
          description: 'Gets the record of an invocation that failed for the last time.',
        },
      },
    },
    url,
    events: {
      type: 'array',
      description: 'What invokes the function: each entry has one key, the kind of event.',
      items: { $ref: '#/definitions/event' },
    },
  },
}
