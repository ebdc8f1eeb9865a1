import { branchFor, type Definitions, dereference, typesOf } from './branches.ts'
import { parseDuration } from './duration.ts'
import type { JsonSchema } from './jsonSchema.ts'
import {
  type ListNode,
  type MapNode,
  type Node,
  type Path,
  plainOf,
  type Scalar,
  type ScalarNode,
} from './nodes.ts'
import { plainValue } from './parse.ts'
import { refuseValue } from './refusals.ts'
import type { Report } from './report.ts'

export interface ReadContext {
  readonly definitions: Definitions
  readonly report: Report
  /** Fill in the schema's defaults. */
  readonly fillsDefaults: boolean
  /** An entry of `events` is checked by itself. */
  readEvent(node: Node, path: Path): unknown
  /** Told of what was complained about already: it has no value (`undefined`) and is not to be checked. */
  passOver(path: Path): void
}

const DURATION = '#/definitions/duration'
const EVENT = '#/definitions/event'
const ACCOUNT_ID = '#/definitions/accountId'
const ENVIRONMENT_VALUE = '#/definitions/environmentValue'

/**
 * The plain value that is meant, to be checked against the schema: durations in seconds, text of the environment as
 * the number or truth value that is asked for. What this version does not support is reported on the way.
 */
export function read(node: Node, schema: JsonSchema, path: Path, context: ReadContext): unknown {
  const value = schema.$ref === EVENT ? context.readEvent(node, path) : valueOf(node, schema, path, context)
  if (value === undefined) context.passOver(path)
  return value
}

function valueOf(node: Node, schema: JsonSchema, path: Path, context: ReadContext): unknown {
  if (node.kind === 'broken') return undefined
  if (node.kind === 'scalar') return scalarOf(node, schema, path, context)
  const branch = branchFor(node, schema, context.definitions)
  if (branch === undefined) return plainOf(node)
  return node.kind === 'map' ? mapOf(node, branch, path, context) : listOf(node, branch, path, context)
}

function mapOf(node: MapNode, schema: JsonSchema, path: Path, context: ReadContext): unknown {
  const { properties = {}, additionalProperties } = schema
  const given = node.entries.map(({ key, value }): [string, unknown] => {
    const property = Object.hasOwn(properties, key) ? properties[key] : additionalProperties
    return [
      key,
      typeof property === 'object' ? read(value, property, [...path, key], context) : plainOf(value),
    ]
  })
  if (!context.fillsDefaults) return Object.fromEntries(given)
  const defaults = Object.entries(properties).flatMap(([key, { default: value }]): [string, unknown][] =>
    value === undefined ? [] : [[key, value]],
  )
  return Object.fromEntries([...defaults, ...given])
}

function listOf(node: ListNode, { items }: JsonSchema, path: Path, context: ReadContext): unknown {
  if (items === undefined) return node.items.map(plainOf)
  return node.items.map((item, index) => read(item, items, [...path, index], context))
}

function scalarOf(node: ScalarNode, schema: JsonSchema, path: Path, context: ReadContext): unknown {
  const refusal = refuseValue(path, node)
  if (refusal !== undefined) {
    context.report.problem(node.place, refusal.message, refusal.hint)
    return undefined
  }
  // Twelve digits, quoted or not: YAML makes a number of them and loses the leading zeros.
  if (schema.$ref === ACCOUNT_ID) return node.text
  if (schema.$ref === ENVIRONMENT_VALUE) return environmentText(node, path, context.report)
  const target = dereference(schema, context.definitions)
  const value = node.isFromEnvironment ? asAskedFor(node, target, context.definitions) : node.value
  const isDuration = target.oneOf?.some((branch) => branch.$ref === DURATION) === true
  return isDuration && typeof value === 'string' ? (parseDuration(value) ?? value) : value
}

/** Text from an environment variable becomes the number or truth value that is asked for. */
function asAskedFor(node: ScalarNode, schema: JsonSchema, definitions: Definitions): Scalar {
  const value = plainValue(node.text)
  const types = typesOf(schema, definitions)
  const isNumber = typeof value === 'number' && (types.has('integer') || types.has('number'))
  return isNumber || (typeof value === 'boolean' && types.has('boolean')) ? value : node.value
}

function environmentText(node: ScalarNode, path: Path, report: Report): string {
  const text = String(node.value)
  if (typeof node.value !== 'string' && text !== node.text) {
    const hint = `expected quotes, if \`${node.text}\` is meant: \`${String(path.at(-1))}: '${node.text}'\``
    report.warning(node.place, `YAML reads \`${node.text}\` as \`${text}\`, and so does the handler`, hint)
  }
  return text
}
