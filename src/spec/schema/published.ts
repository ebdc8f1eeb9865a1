import type { JsonSchema } from '../jsonSchema.ts'

/** A schema as it is written to a file. */
export type PublishedSchema = Readonly<Record<string, unknown>>

/** What the loader replaces before it checks anything, so that the grammar itself need not know of it. */
const computed: PublishedSchema = {
  description:
    'A variable of the Serverless Framework, or one of the functions of CloudFormation that are supported.',
  anyOf: [
    {
      type: 'string',
      description: '`${env:NAME, default}`, `${self:path}` or `${file(path):key}`.',
      pattern: '^\\$\\{[\\s\\S]+\\}$',
      examples: ['${env:STAGE, dev}', '${self:custom.stage}', '${file(config.yml):url}'],
    },
    intrinsic('Ref', { type: 'string', description: 'Name of a queue or function.', examples: ['orders'] }),
    intrinsic('Fn::GetAtt', {
      description: 'Name of a queue or function, and one of its attributes.',
      examples: ['orders.Arn'],
      anyOf: [
        { type: 'string', description: '`Name.Attribute`.' },
        { type: 'array', description: 'Name and attribute.', items: { type: 'string' }, minItems: 2 },
      ],
    }),
    intrinsic('Fn::Sub', {
      description: 'Text with `${Name.Arn}` or `${AWS::Region}` in it.',
      examples: ['${AWS::Region}-orders'],
      anyOf: [
        { type: 'string', description: 'Text.' },
        { type: 'array', description: 'Text, and names of your own.', minItems: 1 },
      ],
    }),
  ],
}

function intrinsic(name: string, value: PublishedSchema): PublishedSchema {
  return {
    type: 'object',
    description: `CloudFormation's \`${name}\`.`,
    additionalProperties: false,
    required: [name],
    properties: { [name]: value },
  }
}

const GENERATED = 'Generated from src/spec/schema and src/sources by `npm run schema`: do not edit.'

/** The grammar for editors: wherever a value may stand, a variable may stand as well. */
export function publish(grammar: JsonSchema): PublishedSchema {
  const { definitions = {} } = grammar
  const published = Object.entries(definitions).map(([name, definition]) => [name, inner(definition)])
  const definitionsOf = { ...Object.fromEntries(published), computed }
  return { $comment: GENERATED, ...inner(grammar), definitions: definitionsOf }
}

/** A schema whose inner values may be computed. */
function inner(schema: JsonSchema): PublishedSchema {
  const { properties, additionalProperties, items, oneOf, ...rest } = schema
  return {
    ...rest,
    ...(properties === undefined ? {} : { properties: valuesOf(properties) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: valueOf(additionalProperties) }),
    ...(items === undefined ? {} : { items: valueOf(items) }),
    ...(oneOf === undefined ? {} : { oneOf: oneOf.map(inner) }),
  }
}

function valuesOf(properties: Readonly<Record<string, JsonSchema>>): PublishedSchema {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, valueOf(schema)]))
}

/** A value, or what it is computed from; what describes it stays outside, where editors look for it. */
function valueOf(schema: JsonSchema | boolean): PublishedSchema | boolean {
  if (typeof schema === 'boolean') return schema
  const { description, default: standard, examples } = schema
  const about = {
    ...(description === undefined ? {} : { description }),
    ...(standard === undefined ? {} : { default: standard }),
    ...(examples === undefined ? {} : { examples }),
  }
  return { ...about, anyOf: [inner(schema), { $ref: '#/definitions/computed' }] }
}
