import type { JsonSchema } from '../jsonSchema.ts'

/** AWS's limit for one function. */
const MOST_LAYERS = 5

/** The layers that a function is given, in order: a later one comes over an earlier one. */
export const layerList: JsonSchema = {
  type: 'array',
  description:
    'Layers, in order: a later one comes over an earlier one. A key of `layers:`, a folder (`./layers/common`), `!Ref CommonLambdaLayer`, or the ARN of a layer of this file. Node.js finds their packages by `require`, as on AWS.',
  items: { $ref: '#/definitions/layerReference' },
  maxItems: MOST_LAYERS,
  examples: [['common']],
}

/** `layers:` of the file. */
export const layersSchema: JsonSchema = {
  type: 'object',
  description:
    "Layers, by key, in the Serverless Framework's grammar: folders that are laid out as `/opt` is (`nodejs/node_modules`, `python`, `bin`, `lib`).",
  propertyNames: {
    title: 'letters, digits, `-` and `_`',
    type: 'string',
    pattern: '^[a-zA-Z0-9-_]{1,140}$',
  },
  additionalProperties: { $ref: '#/definitions/layer' },
  examples: [{ common: { path: 'layers/common' } }],
}

export const layerDefinitions: Readonly<Record<string, JsonSchema>> = {
  layer: {
    type: 'object',
    description: 'A layer: a folder that stands for `/opt`.',
    additionalProperties: false,
    required: ['path'],
    properties: {
      path: {
        type: 'string',
        description: 'The folder, from the folder of `lambda.yml`.',
        minLength: 1,
        examples: ['layers/common'],
      },
      name: {
        title: 'letters, digits, `-` and `_`',
        type: 'string',
        description: "The layer's name in its ARN; its key unless given.",
        pattern: '^[a-zA-Z0-9-_]{1,140}$',
        examples: ['orders-common'],
      },
      description: { type: 'string', description: 'What it holds, for people.', maxLength: 256, default: '' },
    },
  },
  layerReference: {
    title: 'a layer: a key of `layers:`, a folder such as `./layers/common`, or its ARN',
    description:
      'A layer: a key of `layers:`, a folder (its path begins with `.` or `/`), or the ARN of a layer of this file.',
    type: 'string',
    minLength: 1,
    examples: ['common', './layers/common'],
  },
}

/** How a function's log is written; the same keys at a function and at the provider. */
export const logsSchema: JsonSchema = {
  type: 'object',
  description: "How the log is written. A function's own keys come over the provider's.",
  additionalProperties: false,
  properties: {
    logFormat: {
      type: 'string',
      description: 'Plain lines, or one JSON object for each line.',
      default: 'Text',
      enum: ['Text', 'JSON'],
    },
    applicationLogLevel: {
      type: 'string',
      description: 'With JSON: what the handler writes below this level is left out.',
      default: 'INFO',
      enum: ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'],
    },
    systemLogLevel: {
      type: 'string',
      description: 'With JSON: what the platform writes below this level is left out.',
      default: 'INFO',
      enum: ['DEBUG', 'INFO', 'WARN'],
    },
    logGroup: {
      title: 'the name of a log group: letters, digits and `.-_/#`',
      type: 'string',
      description: 'The log group; functions may share one. `/aws/lambda/<name>` unless given.',
      pattern: '^[.\\-_/#A-Za-z0-9]{1,512}$',
      examples: ['/orders/all'],
    },
  },
}

export const providerLogs: JsonSchema = {
  type: 'object',
  description: 'How logs are written.',
  additionalProperties: false,
  properties: { lambda: logsSchema },
}

/** X-Ray tracing, as the Serverless Framework spells it. */
export const tracingSchema: JsonSchema = {
  title: '`Active`, `PassThrough`, `true` or `false`',
  description:
    'X-Ray tracing. `Active` (or `true`): invocations are sampled unless their caller decided otherwise, and `REPORT` names the trace. Traces are sent nowhere.',
  default: 'PassThrough',
  examples: ['Active'],
  oneOf: [
    { type: 'string', description: 'The mode.', enum: ['Active', 'PassThrough'] },
    { type: 'boolean', description: '`true`: `Active`.' },
  ],
}

export const providerTracing: JsonSchema = {
  type: 'object',
  description: 'X-Ray tracing of all functions.',
  additionalProperties: false,
  properties: { lambda: tracingSchema },
}
