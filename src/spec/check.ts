import { parseDuration } from './duration.ts'
import {
  type Definitions,
  dereference,
  expectation,
  found,
  hasType,
  shortened,
  valuesOf,
} from './expectations.ts'
import type { JsonSchema, JsonType } from './jsonSchema.ts'
import { didYouMean, listNames } from './nearest.ts'
import {
  type Entry,
  type ListNode,
  type MapNode,
  type Node,
  type Path,
  plainOf,
  type ScalarNode,
} from './nodes.ts'
import { plainValue } from './parse.ts'
import type { Report } from './report.ts'
import type { Place } from './source.ts'

/** What a check needs to know beside the value and its schema. */
export interface CheckContext {
  readonly definitions: Definitions
  readonly report: Report
  /** Where to point when something is missing. */
  placeAt(path: Path): Place
  /** Definitions that are more than their schema says, by name. */
  readonly special: Readonly<Record<string, (node: Node, path: Path) => unknown>>
  /** Names what AWS or another version has, but this one has not. */
  refuseKey(path: Path, key: string): Refusal | undefined
  refuseValue(path: Path, node: ScalarNode): Refusal | undefined
  /** Fill in the schema's defaults. */
  readonly fillsDefaults: boolean
}

export interface Refusal {
  readonly message: string
  readonly hint: string
}

const DURATION = '#/definitions/duration'

/**
 * Checks a value against its schema and gives it back as a plain value, with durations in seconds. Reports everything
 * that is wrong; what is wrong is left out of the result (`undefined`).
 */
export function check(given: Node, schema: JsonSchema, path: Path, context: CheckContext): unknown {
  if (given.kind === 'broken') return undefined
  const special = schema.$ref && context.special[schema.$ref.replace('#/definitions/', '')]
  if (special) return special(given, path)
  const target = dereference(schema, context.definitions)
  const node = coerced(given, target, context.definitions)
  const refusal = node.kind === 'scalar' ? context.refuseValue(path, node) : undefined
  if (refusal !== undefined) {
    context.report.problem(node.place, refusal.message, refusal.hint)
    return undefined
  }
  if (valuesOf(target) !== undefined) return checkValues(node, target, path, context)
  if (target.oneOf !== undefined && target.type === undefined) {
    return checkAlternatives(node, target, target.oneOf, path, context)
  }
  if (schema.$ref === DURATION) return checkDuration(node, target, undefined, path, context)
  if (target.type !== undefined && !hasType(node, target.type)) return mismatch(node, target, path, context)
  if (node.kind === 'map') return checkMap(node, target, path, context)
  if (node.kind === 'list') return checkList(node, target, path, context)
  return node.kind === 'scalar' ? checkScalar(node, target, path, context) : undefined
}

function checkScalar(node: ScalarNode, schema: JsonSchema, path: Path, context: CheckContext): unknown {
  const { value } = node
  if (typeof value === 'number' && !isInRange(value, schema)) return mismatch(node, schema, path, context)
  if (typeof value === 'string' && !isTextAllowed(value, schema)) return mismatch(node, schema, path, context)
  return value
}

function isInRange(value: number, { minimum = -Infinity, maximum = Infinity }: JsonSchema): boolean {
  return value >= minimum && value <= maximum
}

function isTextAllowed(value: string, { minLength = 0, maxLength = Infinity, pattern }: JsonSchema): boolean {
  // JSON schema counts characters, not UTF-16 units.
  const length =
    value.length < minLength || value.length > maxLength ? Array.from(value).length : value.length
  if (length < minLength || length > maxLength) return false
  return pattern === undefined || expressionOf(pattern).test(value)
}

const expressions = new Map<string, RegExp>()

function expressionOf(pattern: string): RegExp {
  const known = expressions.get(pattern)
  if (known !== undefined) return known
  const expression = new RegExp(pattern, 'u')
  expressions.set(pattern, expression)
  return expression
}

function checkValues(node: Node, schema: JsonSchema, path: Path, context: CheckContext): unknown {
  const values = schema.enum ?? schema.oneOf?.map((branch) => branch.const) ?? [schema.const]
  if (node.kind === 'scalar' && values.includes(node.value)) return node.value
  return mismatch(node, schema, path, context)
}

/** `oneOf`: the type of the value decides which branch was meant, so that only its complaints are heard. */
function checkAlternatives(
  node: Node,
  schema: JsonSchema,
  branches: readonly JsonSchema[],
  path: Path,
  context: CheckContext,
): unknown {
  const meant = branches.filter((branch) => admits(branch, node, context.definitions))
  const [first] = meant
  if (first === undefined) return mismatch(node, schema, path, context)
  if (first.$ref === DURATION) {
    const inSeconds = branches.find((branch) => branch.type === 'integer')
    return checkDuration(node, schema, inSeconds, path, context)
  }
  if (meant.length === 1) {
    const isScalar = node.kind === 'scalar'
    if (!isScalar || context.special[first.$ref?.replace('#/definitions/', '') ?? '']) {
      return check(node, first, path, context)
    }
  }
  for (const branch of meant) {
    const trial = { ...context, report: context.report.trial() }
    const value = check(node, branch, path, trial)
    if (trial.report.complaints.length > 0) continue
    return value
  }
  // Scalars are explained by everything that would do; a mapping or a list by the first branch that it could be.
  return node.kind === 'scalar' ? mismatch(node, schema, path, context) : check(node, first, path, context)
}

function admits(branch: JsonSchema, node: Node, definitions: Definitions): boolean {
  const target = dereference(branch, definitions)
  if (target.type !== undefined) return hasType(node, target.type)
  if (target.oneOf !== undefined) return target.oneOf.some((inner) => admits(inner, node, definitions))
  return node.kind === 'scalar' && (valuesOf(target)?.includes(String(node.value)) ?? true)
}

function checkDuration(
  node: Node,
  schema: JsonSchema,
  inSeconds: JsonSchema | undefined,
  path: Path,
  context: CheckContext,
): unknown {
  const text = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined
  const seconds = text === undefined ? undefined : parseDuration(text)
  if (seconds === undefined) return mismatch(node, schema, path, context)
  if (inSeconds === undefined || isInRange(seconds, inSeconds)) return seconds
  return mismatch(node, schema, path, context, ` (${seconds} seconds)`)
}

function checkList(node: ListNode, schema: JsonSchema, path: Path, context: CheckContext): unknown {
  const { minItems = 0, maxItems = Infinity, items } = schema
  if (node.items.length < minItems || node.items.length > maxItems) {
    const most = maxItems === Infinity ? `at least ${minItems}` : `${minItems} to ${maxItems}`
    const message = `${label(path)} has ${node.items.length} items`
    context.report.problem(context.placeAt(path), message, `expected ${most}`)
    return undefined
  }
  if (items === undefined) return node.items.map(plainOf)
  const values = node.items.map((item, index) => check(item, items, [...path, index], context))
  if (schema.uniqueItems === true) reportRepeated(node, path, context)
  return values.filter((value) => value !== undefined)
}

function reportRepeated(node: ListNode, path: Path, context: CheckContext): void {
  const seen = new Set<unknown>()
  for (const item of node.items) {
    if (item.kind !== 'scalar') continue
    if (seen.has(item.value)) {
      context.report.problem(
        item.place,
        `\`${item.text}\` is in ${label(path)} twice`,
        'expected each value once',
      )
    }
    seen.add(item.value)
  }
}

function checkMap(node: MapNode, schema: JsonSchema, path: Path, context: CheckContext): unknown {
  const { properties = {}, additionalProperties = true } = schema
  const values: [string, unknown][] = []
  for (const entry of node.entries) {
    const inner = [...path, entry.key]
    const property = Object.hasOwn(properties, entry.key) ? properties[entry.key] : undefined
    if (property !== undefined) values.push([entry.key, check(entry.value, property, inner, context)])
    else if (additionalProperties === true) values.push([entry.key, plainOf(entry.value)])
    else if (additionalProperties === false) reportUnknownKey(entry, properties, path, context)
    else if (isNameAllowed(entry, schema, path, context)) {
      values.push([entry.key, check(entry.value, additionalProperties, inner, context)])
    }
  }
  reportMissing(node, schema, path, context)
  if (context.fillsDefaults) values.unshift(...defaultsOf(properties, node))
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

function defaultsOf(properties: Readonly<Record<string, JsonSchema>>, node: MapNode): [string, unknown][] {
  const given = new Set(node.entries.map((entry) => entry.key))
  return Object.entries(properties).flatMap(([key, { default: value }]): [string, unknown][] =>
    value === undefined || given.has(key) ? [] : [[key, value]],
  )
}

function reportUnknownKey(
  entry: Entry,
  properties: Readonly<Record<string, JsonSchema>>,
  path: Path,
  context: CheckContext,
): void {
  const refusal = context.refuseKey(path, entry.key)
  if (refusal !== undefined) {
    context.report.problem(entry.keyPlace, refusal.message, refusal.hint)
    return
  }
  const names = Object.keys(properties)
  const guess = didYouMean(entry.key, names)
  const where = path.length === 0 ? '' : ` in ${label(path)}`
  const hint = `${guess && `${guess} `}expected one of ${listNames(names)}`
  context.report.problem(entry.keyPlace, `unknown key \`${entry.key}\`${where}`, hint)
}

function isNameAllowed(entry: Entry, schema: JsonSchema, path: Path, context: CheckContext): boolean {
  const names = schema.propertyNames
  if (names === undefined || isTextAllowed(entry.key, names)) return true
  const refusal = context.refuseKey(path, entry.key)
  const hint = `expected ${expectation(names, context.definitions)}`
  const message = `\`${shortened(entry.key)}\` cannot be a name in ${label(path)}`
  context.report.problem(entry.keyPlace, refusal?.message ?? message, refusal?.hint ?? hint)
  return false
}

function reportMissing(node: MapNode, schema: JsonSchema, path: Path, context: CheckContext): void {
  const given = new Set(node.entries.map((entry) => entry.key))
  for (const key of schema.required ?? []) {
    if (given.has(key)) continue
    const property = schema.properties?.[key] ?? {}
    const hint = `expected \`${key}:\` ${expectation(property, context.definitions)}${exampleOf(property)}`
    context.report.problem(context.placeAt(path), `${label(path)} has no \`${key}\``, hint)
  }
  if (schema.minProperties !== undefined && node.entries.length < schema.minProperties) {
    context.report.problem(context.placeAt(path), `${label(path)} is empty`, 'expected at least one entry')
  }
  reportChoice(schema, given, path, context)
}

/** `oneOf` beside `type: object` means: exactly one of these keys. */
function reportChoice(schema: JsonSchema, given: Set<string>, path: Path, context: CheckContext): void {
  const keys = schema.oneOf?.flatMap((branch) => branch.required ?? []) ?? []
  const chosen = keys.filter((key) => given.has(key))
  if (keys.length === 0 || chosen.length === 1) return
  const message =
    chosen.length === 0
      ? `${label(path)} has no ${alternatives(keys)}`
      : `${label(path)} has ${listNames(chosen)}`
  const place = context.placeAt(chosen.length === 0 ? path : [...path, chosen.at(-1) ?? ''])
  context.report.problem(place, message, `expected exactly one of ${listNames(keys)}`)
}

function alternatives(keys: readonly string[]): string {
  return keys.map((key) => `\`${key}\``).join(' or ')
}

function exampleOf({ examples = [], pattern, type }: JsonSchema): string {
  // The expectation of text with a pattern shows the examples already.
  if (examples.length === 0 || (type === 'string' && pattern !== undefined)) return ''
  return `, such as \`${plainText(examples[0])}\``
}

function mismatch(
  node: Node,
  schema: JsonSchema,
  path: Path,
  context: CheckContext,
  addition = '',
): undefined {
  const text = node.kind === 'scalar' ? String(node.value) : ''
  const guess = didYouMean(text, namesOf(schema))
  const standard = schema.default === undefined ? '' : `; the default is \`${plainText(schema.default)}\``
  const hint = `expected ${expectation(schema, context.definitions)}${standard}${guess && `; ${guess}`}`
  const place = node.kind === 'scalar' ? node.place : context.placeAt(path)
  const quoted = isQuotedNumber(node, schema, context) ? '; without quotes it is a number' : ''
  context.report.problem(place, `${label(path)} cannot be ${found(node)}${addition}`, `${hint}${quoted}`)
  return undefined
}

function isQuotedNumber(node: Node, schema: JsonSchema, { definitions }: CheckContext): boolean {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return false
  return typeof plainValue(node.value) === 'number' && typesOf(schema, definitions).has('integer')
}

function plainText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function namesOf(schema: JsonSchema): string[] {
  return valuesOf(schema) ?? schema.oneOf?.flatMap((branch) => valuesOf(branch) ?? []) ?? []
}

/** How a sentence calls the value at a path: by its key. */
function label(path: Path): string {
  const last = path.at(-1)
  if (last === undefined) return 'the file'
  if (typeof last === 'string') return `\`${shortened(last)}\``
  return `item ${last + 1} of ${label(path.slice(0, -1))}`
}

/** Text from an environment variable becomes the number or truth value that is asked for. */
function coerced(node: Node, schema: JsonSchema, definitions: Definitions): Node {
  if (node.kind !== 'scalar' || !node.isFromEnvironment) return node
  const value = plainValue(node.text)
  const types = typesOf(schema, definitions)
  const isNumber = typeof value === 'number' && (types.has('integer') || types.has('number'))
  return isNumber || (typeof value === 'boolean' && types.has('boolean')) ? { ...node, value } : node
}

function typesOf(schema: JsonSchema, definitions: Definitions): Set<JsonType> {
  const target = dereference(schema, definitions)
  const inner = target.oneOf?.flatMap((branch) => [...typesOf(branch, definitions)]) ?? []
  return new Set(target.type === undefined ? inner : [target.type])
}
