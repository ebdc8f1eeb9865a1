import type { JsonSchema, JsonType } from './jsonSchema.ts'
import { listNames } from './nearest.ts'
import type { Node } from './nodes.ts'

export type Definitions = Readonly<Record<string, JsonSchema>>

/** Follows `$ref`; only definitions of the same schema are referred to. */
export function dereference(schema: JsonSchema, definitions: Definitions): JsonSchema {
  if (schema.$ref === undefined) return schema
  const target = definitions[schema.$ref.replace('#/definitions/', '')]
  if (target === undefined) throw new TypeError(`the schema refers to ${schema.$ref}, which does not exist`)
  return dereference(target, definitions)
}

const TYPE_NAMES: Readonly<Record<JsonType, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: '`true` or `false`',
  object: 'a mapping (`key: value`)',
  array: 'a list',
  null: 'nothing',
}

/** What a schema wants, as a part of a sentence: `a whole number from 1 to 900, or a duration such as "5m"`. */
export function expectation(schema: JsonSchema, definitions: Definitions): string {
  const target = dereference(schema, definitions)
  if (target.title !== undefined) return target.title
  const values = valuesOf(target)
  if (values !== undefined) return values.length === 1 ? listNames(values) : `one of ${listNames(values)}`
  if (target.oneOf !== undefined && target.type === undefined) {
    return [...new Set(target.oneOf.map((branch) => expectation(branch, definitions)))].join(', or ')
  }
  if (target.type === 'integer' || target.type === 'number')
    return `${TYPE_NAMES[target.type]}${rangeOf(target)}`
  if (target.type === 'string') return `text${lengthOf(target)}${exampleOf(target)}`
  if (target.type === 'array' && target.items !== undefined) {
    return `a list, each ${expectation(target.items, definitions)}`
  }
  return target.type === undefined ? 'another value' : TYPE_NAMES[target.type]
}

function rangeOf({ minimum, maximum }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`
  if (minimum !== undefined) return ` of at least ${minimum}`
  return maximum === undefined ? '' : ` of at most ${maximum}`
}

function lengthOf({ minLength = 0, maxLength }: JsonSchema): string {
  if (maxLength !== undefined) return ` of ${minLength} to ${maxLength} characters`
  return minLength > 0 ? ' that is not empty' : ''
}

function exampleOf({ pattern, examples = [] }: JsonSchema): string {
  return pattern === undefined || examples.length === 0 ? '' : ` such as ${listNames(examples.map(String))}`
}

/** The closed list of values that a schema allows, if it is one. */
export function valuesOf(schema: JsonSchema): string[] | undefined {
  if (schema.const !== undefined) return [schema.const].map(String)
  if (schema.enum !== undefined) return schema.enum.map(String)
  if (schema.oneOf === undefined || !schema.oneOf.every((branch) => branch.const !== undefined))
    return undefined
  return schema.oneOf.map((branch) => String(branch.const))
}

/** What was found instead, as a part of a sentence. */
export function found(node: Node): string {
  switch (node.kind) {
    case 'map':
      return 'a mapping'
    case 'list':
      return 'a list'
    case 'broken':
      return 'something broken'
    case 'scalar':
      break
  }
  if (node.value === null) return 'nothing'
  return typeof node.value === 'string' ? `the text \`${shortened(node.value)}\`` : `\`${node.text}\``
}

export function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > 60 ? `${line.slice(0, 57)}...` : line
}

/** Does a node have the type that a schema asks for? A whole number is a number, too. */
export function hasType(node: Node, type: JsonType): boolean {
  if (node.kind === 'map') return type === 'object'
  if (node.kind === 'list') return type === 'array'
  if (node.kind === 'broken') return true
  const { value } = node
  if (type === 'null') return value === null
  if (type === 'integer') return Number.isInteger(value)
  // Not `typeof null === 'object'`: a mapping is no scalar.
  return value !== null && typeof value === type && (typeof value !== 'number' || Number.isFinite(value))
}
