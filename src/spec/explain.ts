import type { ErrorObject } from 'ajv'
import { branchFor, type Definitions, typesOf, valuesOf } from './branches.ts'
import { parseDuration } from './duration.ts'
import { expectation, found, shortened } from './expectations.ts'
import type { JsonSchema } from './jsonSchema.ts'
import { label } from './label.ts'
import { didYouMean, listNames } from './nearest.ts'
import { entryOf, type MapNode, type Node, nodeAt, type Path, pathOf } from './nodes.ts'
import { plainValue } from './parse.ts'
import { refuseKey } from './refusals.ts'
import type { Report } from './report.ts'
import type { Place } from './source.ts'

export interface ExplainContext {
  readonly definitions: Definitions
  readonly report: Report
  /** Where to point when something is missing. */
  placeAt(path: Path): Place
}

/** One value that is wrong, and all that ajv says about it. */
interface Fault {
  readonly node: Node
  readonly path: Path
  readonly errors: readonly ErrorObject[]
}

/**
 * Says what ajv found in the words of the file: where it is written, what was expected, what was likely meant. Gives
 * the paths of what is wrong.
 */
export function explain(
  errors: readonly ErrorObject[],
  checked: { readonly node: Node; readonly path: Path },
  context: ExplainContext,
): Path[] {
  const faults = new Map<string, ErrorObject[]>()
  for (const error of errors) {
    // Without a value: complained about already. With a property's name: `propertyNames` follows, which says it.
    if (error.data === undefined || error.propertyName !== undefined) continue
    const about = faults.get(error.instancePath) ?? []
    faults.set(error.instancePath, about)
    about.push(error)
  }
  return [...faults].flatMap(([pointer, about]) => {
    const inner = stepsTo(checked.node, pointer)
    const node = nodeAt(checked.node, inner)
    if (node === undefined) return []
    return explainFault({ node, path: [...checked.path, ...inner], errors: about }, context)
  })
}

/** A pointer as a path, in which positions in lists are numbers. */
function stepsTo(root: Node, pointer: string): Path {
  const path: (string | number)[] = []
  for (const step of pathOf(pointer)) {
    const parent = nodeAt(root, path)
    path.push(parent?.kind === 'list' ? Number(step) : String(step))
  }
  return path
}

/** Either the value as a whole is wrong, which is said once, or some of what a mapping or list holds. */
function explainFault(fault: Fault, context: ExplainContext): Path[] {
  const { node, errors } = fault
  const isScalar = node.kind === 'scalar'
  const whole =
    errors.findLast(({ keyword, parentSchema }) => keyword === 'oneOf' && !isChoice(parentSchema ?? {})) ??
    errors.find(({ keyword }) => isScalar || keyword === 'type' || keyword === 'enum' || keyword === 'const')
  if (whole === undefined) return errors.flatMap((error) => explainContent(error, fault, context))
  const schema: JsonSchema = whole.parentSchema ?? {}
  // Of the alternatives, the type of the value decides which was meant, so that only its complaints are heard.
  const meant = schema.type === undefined ? branchFor(node, schema, context.definitions) : undefined
  if (meant === undefined) return mismatch(fault, schema, whole.data, context)
  return errors
    .filter(({ parentSchema = {} }) => parentSchema['type'] === meant.type)
    .flatMap((error) => explainContent(error, fault, context))
}

/** `oneOf` beside `type: object` means: exactly one of these keys. */
function isChoice(schema: JsonSchema): boolean {
  return schema.type === 'object' && valuesOf(schema) === undefined
}

function explainContent(error: ErrorObject, fault: Fault, context: ExplainContext): Path[] {
  const { node, path } = fault
  const schema: JsonSchema = error.parentSchema ?? {}
  const params = error.params as Readonly<Record<string, unknown>>
  const complain = (message: string, hint: string): void =>
    context.report.problem(context.placeAt(path), message, hint)
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(String(params['additionalProperty']), schema, fault, context)
    case 'propertyNames':
      return refusedName(String(params['propertyName']), schema, fault, context)
    case 'required':
      reportMissing(String(params['missingProperty']), schema, fault, context)
      return []
    case 'minProperties':
      complain(`${label(path)} is empty`, 'expected at least one entry')
      return []
    case 'minItems':
    case 'maxItems': {
      const { minItems = 0, maxItems } = schema
      const count = node.kind === 'list' ? node.items.length : 0
      const most = maxItems === undefined ? `at least ${minItems}` : `${minItems} to ${maxItems}`
      complain(`${label(path)} has ${count} items`, `expected ${most}`)
      return [path]
    }
    case 'uniqueItems':
      return repeatedItem(Math.max(Number(params['i']), Number(params['j'])), fault, context)
    case 'oneOf':
      reportChoice(schema, fault, context)
      return []
    default:
      complain(
        `${label(path)} ${error.message ?? 'is not allowed'}`,
        `expected ${expectation(schema, context.definitions)}`,
      )
      return [path]
  }
}

function unknownKey(key: string, schema: JsonSchema, { node, path }: Fault, context: ExplainContext): Path[] {
  const names = Object.keys(schema.properties ?? {})
  const guess = didYouMean(key, names)
  const where = path.length === 0 ? '' : ` in ${label(path)}`
  const hint = `${guess && `${guess} `}expected one of ${listNames(names)}`
  const said = refuseKey(path, key) ?? { message: `unknown key \`${key}\`${where}`, hint }
  context.report.problem(keyPlaceOf(node, key), said.message, said.hint)
  return [[...path, key]]
}

function refusedName(
  key: string,
  schema: JsonSchema,
  { node, path }: Fault,
  context: ExplainContext,
): Path[] {
  const hint = `expected ${expectation(schema.propertyNames ?? {}, context.definitions)}`
  const message = `\`${shortened(key)}\` cannot be a name in ${label(path)}`
  const said = refuseKey(path, key) ?? { message, hint }
  context.report.problem(keyPlaceOf(node, key), said.message, said.hint)
  return [[...path, key]]
}

function keyPlaceOf(node: Node, key: string): Place {
  return entryOf(node, key)?.keyPlace ?? node.place
}

function repeatedItem(index: number, { node, path }: Fault, context: ExplainContext): Path[] {
  const item = node.kind === 'list' ? node.items[index] : undefined
  const name = item?.kind === 'scalar' ? `\`${item.text}\`` : `item ${index + 1}`
  const place = item?.kind === 'scalar' ? item.place : context.placeAt(path)
  context.report.problem(place, `${name} is in ${label(path)} twice`, 'expected each value once')
  return []
}

function reportMissing(key: string, schema: JsonSchema, fault: Fault, context: ExplainContext): void {
  const { node, path, errors } = fault
  const choices = errors.filter(
    ({ keyword, parentSchema }) => keyword === 'oneOf' && isChoice(parentSchema ?? {}),
  )
  const isChosen = choices.some(({ parentSchema }) => choiceOf(parentSchema ?? {}).includes(key))
  // What is there without a value was complained about already.
  if (isChosen || entryOf(node, key) !== undefined) return
  const property = schema.properties?.[key] ?? {}
  const hint = `expected \`${key}:\` ${expectation(property, context.definitions)}${exampleOf(property)}`
  context.report.problem(context.placeAt(path), `${label(path)} has no \`${key}\``, hint)
}

function choiceOf({ oneOf = [] }: JsonSchema): string[] {
  return oneOf.flatMap((branch) => branch.required ?? [])
}

function reportChoice(schema: JsonSchema, { node, path }: Fault, context: ExplainContext): void {
  const keys = choiceOf(schema)
  const given = new Set((node as MapNode).entries.map(({ key }) => key))
  const chosen = keys.filter((key) => given.has(key))
  // One, but itself wrong, which is said elsewhere.
  if (chosen.length === 1) return
  const message =
    chosen.length === 0
      ? `${label(path)} has no ${keys.map((key) => `\`${key}\``).join(' or ')}`
      : `${label(path)} has ${listNames(chosen)}`
  const place = context.placeAt(chosen.length === 0 ? path : [...path, chosen.at(-1) ?? ''])
  context.report.problem(place, message, `expected exactly one of ${listNames(keys)}`)
}

function exampleOf({ examples = [], pattern, type }: JsonSchema): string {
  // The expectation of text with a pattern shows the examples already.
  if (examples.length === 0 || (type === 'string' && pattern !== undefined)) return ''
  return `, such as \`${plainText(examples[0])}\``
}

function mismatch({ node, path }: Fault, schema: JsonSchema, data: unknown, context: ExplainContext): Path[] {
  const seen = seenAs(node, data)
  const text = seen.kind === 'scalar' ? String(seen.value) : ''
  const guess = didYouMean(text, namesOf(schema))
  const standard = schema.default === undefined ? '' : `; the default is \`${plainText(schema.default)}\``
  const hint = `expected ${expectation(schema, context.definitions)}${standard}${guess && `; ${guess}`}`
  const quoted = isQuotedNumber(seen, schema, context.definitions) ? '; without quotes it is a number' : ''
  const place = node.kind === 'scalar' ? node.place : context.placeAt(path)
  const inSeconds = typeof data === 'number' && isDuration(seen) ? ` (${data} seconds)` : ''
  context.report.problem(place, `${label(path)} cannot be ${found(seen)}${inSeconds}`, `${hint}${quoted}`)
  return [path]
}

/** Text of the environment is shown as what it was taken for; a duration stays as it is written. */
function seenAs(node: Node, data: unknown): Node {
  const isTaken = node.kind === 'scalar' && node.isFromEnvironment && !isDuration(node)
  return isTaken && (typeof data === 'number' || typeof data === 'boolean') ? { ...node, value: data } : node
}

function isDuration(node: Node): boolean {
  return node.kind === 'scalar' && typeof node.value === 'string' && parseDuration(node.value) !== undefined
}

function isQuotedNumber(node: Node, schema: JsonSchema, definitions: Definitions): boolean {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return false
  return typeof plainValue(node.value) === 'number' && typesOf(schema, definitions).has('integer')
}

function plainText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function namesOf(schema: JsonSchema): string[] {
  return valuesOf(schema) ?? schema.oneOf?.flatMap((branch) => valuesOf(branch) ?? []) ?? []
}
