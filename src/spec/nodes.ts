import type { Place } from './source.ts'

export type Scalar = string | number | boolean | null

export interface ScalarNode {
  readonly kind: 'scalar'
  readonly value: Scalar
  /** As it was written, before `0123` became a number. */
  readonly text: string
  /** It came from an environment variable, which is always text, also where a number is meant. */
  readonly isFromEnvironment: boolean
  readonly place: Place
}

export interface ListNode {
  readonly kind: 'list'
  readonly items: readonly Node[]
  readonly place: Place
}

export interface Entry {
  readonly key: string
  readonly keyPlace: Place
  readonly value: Node
}

export interface MapNode {
  readonly kind: 'map'
  readonly entries: readonly Entry[]
  readonly place: Place
}

/** Something that was complained about already; whatever is expected, it is silently passed over. */
interface BrokenNode {
  readonly kind: 'broken'
  readonly place: Place
}

/** A YAML value that knows where it was written. */
export type Node = ScalarNode | ListNode | MapNode | BrokenNode

export type Path = readonly (string | number)[]

export function textNode(value: string, place: Place): ScalarNode {
  return { kind: 'scalar', value, text: value, isFromEnvironment: false, place }
}

/** Nodes for a value that was not read from a file, all at one place. */
export function nodeOf(value: unknown, place: Place): Node {
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => nodeOf(item, place)), place }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => {
      return { key, keyPlace: place, value: nodeOf(item, place) }
    })
    return { kind: 'map', entries, place }
  }
  const scalar = value as Scalar
  return { kind: 'scalar', value: scalar, text: String(scalar), isFromEnvironment: false, place }
}

/** The plain value of a node; what is broken is left out. */
export function plainOf(node: Node): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value
    case 'list':
      return node.items.map(plainOf)
    case 'map':
      return Object.fromEntries(node.entries.map((entry) => [entry.key, plainOf(entry.value)]))
    case 'broken':
      break
  }
  return undefined
}

export function entryOf(node: Node | undefined, key: string | number): Entry | undefined {
  if (node?.kind === 'map') return node.entries.find((entry) => entry.key === String(key))
  if (node?.kind !== 'list') return undefined
  const value = /^\d+$/.test(String(key)) ? node.items[Number(key)] : undefined
  return value && { key: String(key), keyPlace: value.place, value }
}

/** The node at a path, if there is one. */
export function nodeAt(root: Node | undefined, path: Path): Node | undefined {
  let node = root
  for (const step of path) node = entryOf(node, step)?.value
  return node
}

/** Where to point for a path: at its value, or at the key of the deepest part of it that was written. */
export function placeAt(root: Node, path: Path): Place {
  let node = root
  let keyPlace = root.place
  for (const step of path) {
    const entry = entryOf(node, step)
    if (entry === undefined) return node.kind === 'scalar' ? node.place : keyPlace
    node = entry.value
    keyPlace = entry.keyPlace
  }
  return node.kind === 'map' || node.kind === 'list' ? keyPlace : node.place
}

/** How many values a node holds and how deep they lie; shared parts count each time they are used. */
function measure(node: Node): { readonly size: number; readonly depth: number } {
  const known = measures.get(node)
  if (known !== undefined) return known
  let size = 1
  let depth = 1
  for (const child of childrenOf(node)) {
    const inner = measure(child)
    size += inner.size
    depth = Math.max(depth, inner.depth + 1)
  }
  const result = { size, depth }
  measures.set(node, result)
  return result
}

const measures = new WeakMap<Node, { readonly size: number; readonly depth: number }>()

const MOST_VALUES = 100_000
const MOST_LEVELS = 200

/** Why a node is too big to be meant: aliases and variables can multiply what they name. Or `undefined`. */
export function excessOf(node: Node): string | undefined {
  const { size, depth } = measure(node)
  if (size > MOST_VALUES) return `more than ${MOST_VALUES.toLocaleString('en')} values`
  return depth > MOST_LEVELS ? `more than ${MOST_LEVELS} levels` : undefined
}

function childrenOf(node: Node): readonly Node[] {
  if (node.kind === 'map') return node.entries.map((entry) => entry.value)
  return node.kind === 'list' ? node.items : []
}

export function pointerOf(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

export function pathOf(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}
