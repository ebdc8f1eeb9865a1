import { functionArn, type Identity, queueUrl } from './identity.ts'
import { layerArn, logicalId } from './layers.ts'
import { didYouMean, listNames } from './nearest.ts'
import { type Entry, entryOf, type MapNode, type Node, nodeAt, textNode } from './nodes.ts'
import type { Report } from './report.ts'
import { RESOURCES } from './resourceKinds.ts'
import { narrow, type Place } from './source.ts'

type Attributes = Readonly<Record<string, string>>

interface Known {
  /** Attributes by resource; `Ref` stands for what `!Ref` gives. */
  readonly resources: ReadonlyMap<string, Attributes>
  readonly pseudo: ReadonlyMap<string, string>
  readonly report: Report
}

const SUPPORTED = '`!Ref`, `!GetAtt` and `!Sub`'

/**
 * Replaces CloudFormation's `Ref`, `Fn::GetAtt` and `Fn::Sub` of the spec's own resources and functions by their values.
 * What is under `custom:` waits until something else names it.
 */
export function resolveIntrinsics(root: Node, identity: Identity, report: Report): Node {
  const known = knownNames(root, identity, report)
  if (root.kind !== 'map') return root
  const entries = root.entries.map((entry) =>
    entry.key === 'custom' ? entry : { ...entry, value: replace(entry.value, known) },
  )
  return { ...root, entries }
}

function knownNames(root: Node, identity: Identity, report: Report): Known {
  const resources = new Map<string, Attributes>()
  for (const { key, value } of entriesAt(root, ['functions'])) {
    const given = entryOf(value, 'name')?.value
    const name = given?.kind === 'scalar' && typeof given.value === 'string' ? given.value : key
    resources.set(key, { Ref: name, Arn: functionArn(identity, name) })
  }
  for (const { key } of entriesAt(root, ['resources', 'queues'])) {
    const url = queueUrl(identity, key)
    const arn = RESOURCES.queue.arn(identity, key)
    resources.set(key, { Ref: url, Arn: arn, QueueName: key, QueueUrl: url })
  }
  for (const { key } of entriesAt(root, ['resources', 'streams'])) {
    resources.set(key, { Ref: key, Arn: RESOURCES.stream.arn(identity, key) })
  }
  for (const { key } of entriesAt(root, ['resources', 'topics'])) {
    const arn = RESOURCES.topic.arn(identity, key)
    resources.set(key, { Ref: arn, TopicArn: arn, TopicName: key })
  }
  for (const { key } of entriesAt(root, ['resources', 'buses'])) {
    resources.set(key, { Ref: key, Arn: RESOURCES.bus.arn(identity, key), Name: key })
  }
  for (const { key } of entriesAt(root, ['resources', 'buckets'])) {
    resources.set(key, { Ref: key, Arn: RESOURCES.bucket.arn(identity, key) })
  }
  for (const { key, value } of entriesAt(root, ['layers'])) {
    const given = entryOf(value, 'name')?.value
    const name = given?.kind === 'scalar' && typeof given.value === 'string' ? given.value : key
    resources.set(logicalId(key), { Ref: layerArn(identity, name) })
  }
  const pseudo = new Map([
    ['AWS::Region', identity.region],
    ['AWS::AccountId', identity.accountId],
    ['AWS::Partition', 'aws'],
    ['AWS::URLSuffix', 'amazonaws.com'],
  ])
  return { resources, pseudo, report }
}

function entriesAt(root: Node, path: readonly string[]): readonly Entry[] {
  const node = nodeAt(root, path)
  return node?.kind === 'map' ? node.entries : []
}

function replace(node: Node, known: Known): Node {
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => replace(item, known)) }
  if (node.kind !== 'map') return node
  const only = node.entries.length === 1 ? node.entries[0] : undefined
  const replaced = only && replaceIntrinsic(node, only, known)
  if (replaced !== undefined) return replaced
  return { ...node, entries: node.entries.map((entry) => ({ ...entry, value: replace(entry.value, known) })) }
}

/** `undefined` when the mapping is no intrinsic function but, say, a function that is called `Ref`. */
function replaceIntrinsic(node: MapNode, { key, keyPlace, value }: Entry, known: Known): Node | undefined {
  if (value.kind === 'broken') return value
  if (key === 'Ref' && value.kind === 'scalar')
    return asNode(node, reference(String(value.value), value.place, known))
  if (key === 'Fn::GetAtt') return asNode(node, attribute(value, known))
  if (key === 'Fn::Sub') return asNode(node, substitute(value, known))
  if (!key.startsWith('Fn::')) return undefined
  known.report.problem(
    keyPlace,
    `\`${key}\` is not supported by this version`,
    `expected a value; of CloudFormation's functions ${SUPPORTED} work`,
  )
  return { kind: 'broken', place: node.place }
}

function asNode(node: MapNode, value: string | undefined): Node {
  return value === undefined ? { kind: 'broken', place: node.place } : textNode(value, node.place)
}

function reference(name: string, place: Place, known: Known): string | undefined {
  const value = known.pseudo.get(name) ?? known.resources.get(name)?.['Ref']
  if (value === undefined) reportUnknown(name, place, known)
  return value
}

function reportUnknown(name: string, place: Place, { resources, pseudo, report }: Known): void {
  const names = [...resources.keys(), ...(name.startsWith('AWS') ? pseudo.keys() : [])]
  const guess = didYouMean(name, names)
  const hint = `expected the name of something under \`resources\` or of a function${guess && `; ${guess}`}`
  report.problem(
    place,
    `\`${name}\` is not a resource of this spec`,
    names.length > 0 ? hint : `${hint}; there are none`,
  )
}

/** `Name.Arn`, or `[Name, Arn]`. */
function attribute(value: Node, known: Known): string | undefined {
  const parts = value.kind === 'list' ? value.items : [value]
  const text = parts.map((part) => (part.kind === 'scalar' ? String(part.value) : '')).join('.')
  const dot = text.indexOf('.')
  if (dot <= 0) {
    const hint = 'expected a resource and an attribute: `!GetAtt orders.Arn`'
    known.report.problem(value.place, '`Fn::GetAtt` names no attribute', hint)
    return undefined
  }
  return attributeOf(text.slice(0, dot), text.slice(dot + 1), value.place, known)
}

function attributeOf(name: string, wanted: string, place: Place, known: Known): string | undefined {
  const attributes = known.resources.get(name)
  if (attributes === undefined) {
    reportUnknown(name, narrow(place, name), known)
    return undefined
  }
  const found = wanted === 'Ref' ? undefined : attributes[wanted]
  if (found !== undefined) return found
  const names = Object.keys(attributes).filter((key) => key !== 'Ref')
  const guess = didYouMean(wanted, names)
  const hint = `expected one of ${listNames(names)}${guess && `; ${guess}`}`
  known.report.problem(narrow(place, wanted), `\`${name}\` has no attribute \`${wanted}\``, hint)
  return undefined
}

/** `text ${Name.Arn}`, or `[text, { Name: value }]`. */
function substitute(value: Node, known: Known): string | undefined {
  const text = value.kind === 'list' ? value.items[0] : value
  const own = value.kind === 'list' ? value.items[1] : undefined
  if (text?.kind === 'broken') return undefined
  if (text?.kind !== 'scalar' || typeof text.value !== 'string') {
    known.report.problem(value.place, '`Fn::Sub` has no text', 'expected text: `!Sub "queue ${orders.Arn}"`')
    return undefined
  }
  let isComplete = true
  const result = text.value.replaceAll(/\$\{([^}]*)\}/g, (raw, inner: string) => {
    if (inner.startsWith('!')) return `\${${inner.slice(1)}}`
    const found = substituted(inner.trim(), narrow(text.place, raw), own, known)
    isComplete &&= found !== undefined
    return found ?? ''
  })
  return isComplete ? result : undefined
}

function substituted(name: string, place: Place, own: Node | undefined, known: Known): string | undefined {
  const local = entryOf(own, name)?.value
  if (local !== undefined) {
    const value = replace(local, known)
    if (value.kind === 'scalar') return String(value.value)
    if (value.kind !== 'broken')
      known.report.problem(value.place, `\`${name}\` must be text`, 'expected text or a number')
    return undefined
  }
  const dot = name.indexOf('.')
  if (dot < 0 || known.pseudo.has(name)) return reference(name, place, known)
  return attributeOf(name.slice(0, dot), name.slice(dot + 1), place, known)
}
