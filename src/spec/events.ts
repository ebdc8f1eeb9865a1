import { check, type CheckContext } from './check.ts'
import { found } from './expectations.ts'
import { didYouMean, listNames } from './nearest.ts'
import { type Entry, type MapNode, type Node, nodeOf, type Path, pointerOf } from './nodes.ts'
import { refuseEvent } from './refusals.ts'
import type { EventFragment } from './schema/event.ts'
import type { Validators } from './validators.ts'

type Config = Readonly<Record<string, unknown>>

/** An entry of `events` after its own check; references are still as written. */
export interface CheckedEvent {
  readonly fragment: EventFragment
  readonly config: Config
  readonly path: Path
  readonly pointer: string
}

/** Checks one entry of `events`: first which event it is, then that event's own settings. */
export function checkEvent(
  node: Node,
  path: Path,
  fragments: readonly EventFragment[],
  validators: Validators,
  context: CheckContext,
): CheckedEvent | undefined {
  const names = fragments.map((fragment) => fragment.name)
  if (node.kind === 'broken') return undefined
  const entry =
    node.kind === 'map' ? soleEntry(node, names, context) : reportShape(node, names, path, context)
  if (entry === undefined) return undefined
  const fragment = fragments.find(({ name }) => name === entry.key)
  if (fragment === undefined) {
    reportUnknown(entry, names, context)
    return undefined
  }
  const eventPath = [...path, entry.key]
  const config = checkConfig(entry.value, fragment, eventPath, validators, context)
  if (config === undefined) return undefined
  return { fragment, config, path: eventPath, pointer: pointerOf(eventPath) }
}

function reportShape(node: Node, names: readonly string[], path: Path, context: CheckContext): undefined {
  // The Serverless Framework lets some events stand alone: `- alexaSkill`.
  const refusal = node.kind === 'scalar' ? refuseEvent(node.text, names) : undefined
  const isKnown = node.kind === 'scalar' && names.includes(node.text)
  const place = node.kind === 'scalar' ? node.place : context.placeAt(path)
  if (refusal !== undefined && !isKnown) context.report.problem(place, refusal.message, refusal.hint)
  else {
    const hint = `expected a mapping with one key, the kind of event: one of ${listNames(names)}`
    context.report.problem(place, `an event cannot be ${found(node)}`, hint)
  }
  return undefined
}

function soleEntry(node: MapNode, names: readonly string[], context: CheckContext): Entry | undefined {
  const [entry, second] = node.entries
  if (entry === undefined) {
    context.report.problem(
      node.place,
      'this event is empty',
      `expected one key, the kind of event: one of ${listNames(names)}`,
    )
    return undefined
  }
  if (second === undefined) return entry
  const others = node.entries.slice(1).map(({ key }) => key)
  const isLost = entry.value.kind === 'scalar' && entry.value.value === null
  const hint = isLost
    ? `expected one key, the kind of event: indent ${listNames(others)} further, so that it belongs to \`${entry.key}\``
    : `expected one key, the kind of event: begin each event with a \`-\` of its own`
  context.report.problem(
    second.keyPlace,
    `an event has ${node.entries.length} keys: ${listNames([entry.key, ...others])}`,
    hint,
  )
  return undefined
}

function reportUnknown({ key, keyPlace }: Entry, names: readonly string[], context: CheckContext): void {
  const refusal = refuseEvent(key, names)
  const guess = didYouMean(key, names)
  const hint = `expected one of ${listNames(names)}${guess && `; ${guess}`}`
  context.report.problem(keyPlace, refusal?.message ?? `unknown event \`${key}\``, refusal?.hint ?? hint)
}

function checkConfig(
  node: Node,
  fragment: EventFragment,
  path: Path,
  validators: Validators,
  outer: CheckContext,
): Config | undefined {
  const context = { ...outer, fillsDefaults: true, report: outer.report.trial() }
  const schema = { $ref: `#/definitions/${fragment.name}Event` }
  const validate = validators.event(fragment.name)
  const given = check(node, schema, validate, path, context)
  const { expand } = fragment
  const isShort = given !== undefined && node.kind === 'scalar' && expand !== undefined
  const long = isShort ? nodeOf(expand(given as string | number | boolean), node.place) : node
  const config = (isShort ? check(long, schema, validate, path, context) : given) as Config | undefined
  const isSound = context.report.complaints.every(({ severity }) => severity === 'warning')
  outer.report.add(context.report)
  // A source judges complete settings only; otherwise it would complain about what was complained about already.
  for (const complaint of (isSound && config && fragment.complaints?.(config)) || []) {
    outer.report.problem(outer.placeAt([...path, ...complaint.path]), complaint.message, complaint.hint)
  }
  return config
}
