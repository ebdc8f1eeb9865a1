import { type Definitions, dereference, valuesOf } from './branches.ts'
import type { JsonSchema, JsonType } from './jsonSchema.ts'
import { listNames } from './nearest.ts'
import type { Node } from './nodes.ts'

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
