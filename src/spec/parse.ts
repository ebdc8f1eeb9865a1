import {
  boolCoreTag,
  EVENT_ID,
  type Event,
  floatCoreTag,
  getScalarValue,
  intCoreTag,
  NOT_RESOLVED,
  nullCoreTag,
  parseEvents,
  type ScalarEvent,
  SCALAR_STYLE,
  YAMLException,
} from 'js-yaml'
import { didYouMean } from './nearest.ts'
import { type Entry, excessOf, type Node, type Scalar, type ScalarNode, textNode } from './nodes.ts'
import type { Report } from './report.ts'
import { lineAndColumn, type Place, type SourceText } from './source.ts'

/** CloudFormation's short tags and the long form each stands for. */
const INTRINSIC_TAGS: Readonly<Record<string, string>> = {
  '!Ref': 'Ref',
  '!GetAtt': 'Fn::GetAtt',
  '!Sub': 'Fn::Sub',
}
const IMPLICIT_TAGS = [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag]
const EXPLICIT_TAGS = new Map(
  IMPLICIT_TAGS.map((tag) => [tag.tagName.replace('tag:yaml.org,2002:', '!!'), tag]),
)

/** A YAML text as nodes that know their places; `undefined` when the text is no YAML, which is then reported. */
export function parseYaml(source: SourceText, report: Report): Node | undefined {
  const events = readEvents(source, report)
  return events && new TreeBuilder(source, report).build(events)
}

function readEvents(source: SourceText, report: Report): Event[] | undefined {
  try {
    return parseEvents(source.text, { filename: source.file })
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    // An error at the very end of the text is better shown on the last line that has something on it.
    const position = Math.min(error.mark?.position ?? 0, source.text.trimEnd().length)
    const place = { source, start: position, end: position + 1 }
    report.problem(place, `YAML: ${error.reason}`, syntaxHint(source.text, position, error.reason))
    return undefined
  }
}

function syntaxHint(text: string, position: number, reason: string): string {
  // What a line misses is often noticed only at the beginning of the next.
  const [before = '', line = ''] = linesUpTo(text, position)
  if (/[{[,]\s*([\w-]+:\s+)?[^"'{[]*\$\{/.test(line)) {
    return 'expected quotes: inside `{ }` and `[ ]` a variable is written `"${...}"`'
  }
  if (reason === 'deficient indentation') {
    return 'expected the closing `}` or `]` of what was opened above, or deeper indentation'
  }
  if (/^ *\t/.test(line)) return 'expected spaces: YAML does not allow tabs for indentation'
  const glued = [before, line].find((each) => /^\s*(- )?[\w-]+:[^\s:/]/.test(each))
  if (glued !== undefined) return `expected a space after the colon: \`${glued.trim().replace(':', ': ')}\``
  return 'expected the end of what was begun: check the indentation, the quotes and the brackets above'
}

/** The line before a position, and the whole line it is on. */
function linesUpTo(text: string, position: number): string[] {
  const index = text.slice(0, position).split(/\r\n|[\r\n]/).length - 1
  const lines = text.split(/\r\n|[\r\n]/)
  return [lines[index - 1] ?? '', lines[index] ?? '']
}

interface MapFrame {
  readonly kind: 'map'
  readonly opening: Opening
  readonly entries: Map<string, Entry>
  readonly merged: Entry[]
  key: { readonly node: Node; readonly isMerge: boolean } | undefined
}

interface ListFrame {
  readonly kind: 'list'
  readonly opening: Opening
  readonly items: Node[]
}

interface Opening {
  readonly start: number
  readonly tag: { readonly text: string; readonly place: Place } | undefined
  readonly anchor: string | undefined
}

type TaggedEvent = Extract<Event, { tagStart: number }>

/** Turns the parser's flat events into a tree. */
class TreeBuilder {
  readonly #source: SourceText
  readonly #report: Report
  readonly #frames: (MapFrame | ListFrame)[] = []
  readonly #anchors = new Map<string, Node>()
  #lastEnd = 0
  #documents = 0
  #root: Node | undefined

  constructor(source: SourceText, report: Report) {
    this.#source = source
    this.#report = report
  }

  build(events: readonly Event[]): Node | undefined {
    for (const event of events) this.#take(event)
    return this.#root
  }

  #take(event: Event): void {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        this.#documents++
        return
      case EVENT_ID.SCALAR:
        this.#scalar(event)
        return
      case EVENT_ID.ALIAS:
        this.#alias(event.anchorStart, event.anchorEnd)
        return
      case EVENT_ID.SEQUENCE:
        this.#frames.push({ kind: 'list', opening: this.#opening(event, event.start), items: [] })
        return
      case EVENT_ID.MAPPING:
        this.#frames.push({
          kind: 'map',
          opening: this.#opening(event, event.start),
          entries: new Map(),
          merged: [],
          key: undefined,
        })
        return
      case EVENT_ID.POP: {
        // The last pop of a document closes the document itself.
        const frame = this.#frames.pop()
        if (frame !== undefined) this.#close(frame)
        return
      }
      default:
        event satisfies never
    }
  }

  #opening(event: TaggedEvent, start: number): Opening {
    const anchor = event.anchorStart < 0 ? undefined : this.#text(event.anchorStart, event.anchorEnd)
    if (event.tagStart < 0) return { start, tag: undefined, anchor }
    const place = this.#place(event.tagStart, event.tagEnd)
    return { start, tag: { text: this.#text(event.tagStart, event.tagEnd), place }, anchor }
  }

  #scalar(event: ScalarEvent): void {
    const opening = this.#opening(event, event.valueStart)
    const isMerge = event.style === SCALAR_STYLE.PLAIN && opening.tag === undefined
    if (event.valueStart < 0) {
      this.#add(this.#tagged(opening, this.#empty()), opening.anchor, false)
      return
    }
    const text = getScalarValue(this.#source.text, event)
    const place = this.#place(event.valueStart, event.valueEnd)
    this.#lastEnd = event.valueEnd
    const value = event.style === SCALAR_STYLE.PLAIN ? plainValue(text) : text
    const node: ScalarNode = { kind: 'scalar', value, text, isFromEnvironment: false, place }
    this.#add(this.#tagged(opening, node), opening.anchor, isMerge && text === '<<')
  }

  /** Nothing was written; the key (or else the end of what came before) is the best place to point at. */
  #empty(): ScalarNode {
    const frame = this.#frames.at(-1)
    const key = frame?.kind === 'map' ? frame.key?.node : undefined
    const place = key?.place ?? this.#place(this.#lastEnd, this.#lastEnd + 1)
    return { kind: 'scalar', value: null, text: '', isFromEnvironment: false, place }
  }

  #alias(start: number, end: number): void {
    const name = this.#text(start, end)
    const place = this.#place(start, end)
    this.#lastEnd = end
    const target = this.#anchors.get(name)
    if (target === undefined) {
      const hint =
        didYouMean(name, this.#anchors.keys()) || 'expected an anchor (`&name`) further up in this file'
      this.#report.problem(place, `there is no anchor \`&${name}\` before this alias`, hint)
    }
    this.#add(target ?? { kind: 'broken', place }, undefined, false)
  }

  #close(frame: MapFrame | ListFrame): void {
    const place = this.#toLineEnd(frame.opening.start)
    const node: Node =
      frame.kind === 'list'
        ? { kind: 'list', items: frame.items, place }
        : { kind: 'map', entries: withMerged(frame.entries, frame.merged), place }
    const excess = excessOf(node)
    if (excess !== undefined) {
      const hint = 'expected a file that a person could read: YAML aliases multiply what they name'
      this.#report.problem(place, `this holds ${excess}`, hint)
    }
    const kept: Node = excess === undefined ? this.#tagged(frame.opening, node) : { kind: 'broken', place }
    this.#add(kept, frame.opening.anchor, false)
  }

  #tagged(opening: Opening, node: Node): Node {
    const tag = opening.tag
    if (tag === undefined) return node
    const intrinsic = INTRINSIC_TAGS[tag.text]
    if (intrinsic !== undefined) {
      const place = {
        source: this.#source,
        start: tag.place.start,
        end: Math.max(tag.place.end, node.place.end),
      }
      return { kind: 'map', entries: [{ key: intrinsic, keyPlace: tag.place, value: node }], place }
    }
    if ((tag.text === '!!map' && node.kind === 'map') || (tag.text === '!!seq' && node.kind === 'list'))
      return node
    if (node.kind === 'scalar') {
      if (tag.text === '!!str' || tag.text === '!') return { ...node, value: node.text }
      const standard = EXPLICIT_TAGS.get(tag.text)
      const value = standard?.resolve(node.text, true, standard.tagName) ?? NOT_RESOLVED
      if (value !== NOT_RESOLVED) return { ...node, value: value as Scalar }
    }
    this.#report.problem(
      tag.place,
      `the tag \`${tag.text}\` is not supported`,
      'expected `!Ref`, `!GetAtt` or `!Sub`',
    )
    return { kind: 'broken', place: tag.place }
  }

  #add(node: Node, anchor: string | undefined, isMerge: boolean): void {
    if (anchor !== undefined) this.#anchors.set(anchor, node)
    const frame = this.#frames.at(-1)
    if (frame === undefined) this.#addRoot(node)
    else if (frame.kind === 'list') frame.items.push(node)
    else if (frame.key === undefined) frame.key = { node, isMerge }
    else {
      const { key } = frame
      frame.key = undefined
      if (key.isMerge) this.#merge(frame, key.node.place, node)
      else this.#addEntry(frame, key.node, node)
    }
  }

  #addRoot(node: Node): void {
    if (this.#documents === 1) this.#root = node
    else if (this.#documents === 2) {
      const hint = 'expected one document: remove the `---` line, or move what follows into a file of its own'
      this.#report.problem(node.place, 'a second YAML document begins here', hint)
    }
  }

  #addEntry(frame: MapFrame, key: Node, value: Node): void {
    if (key.kind === 'broken') return
    if (key.kind !== 'scalar' || key.text === '') {
      const message = key.kind === 'scalar' ? 'a key is missing before the colon' : 'a key must be plain text'
      this.#report.problem(key.place, message, 'expected `key: value`')
      return
    }
    const earlier = frame.entries.get(key.text)
    if (earlier === undefined) {
      frame.entries.set(key.text, { key: key.text, keyPlace: key.place, value })
      return
    }
    const { line } = lineAndColumn(earlier.keyPlace)
    const hint = `expected each key once: the first \`${key.text}\` is on line ${line}`
    this.#report.problem(key.place, `duplicate key \`${key.text}\``, hint)
  }

  /** `<<: *defaults`: keys that the mapping does not have itself; earlier sources win over later ones. */
  #merge(frame: MapFrame, place: Place, value: Node): void {
    for (const source of value.kind === 'list' ? value.items : [value]) {
      if (source.kind === 'map') frame.merged.push(...source.entries)
      else if (source.kind !== 'broken') {
        this.#report.problem(
          place,
          '`<<` merges mappings only',
          'expected an alias of a mapping, such as `<<: *defaults`',
        )
      }
    }
  }

  #text(start: number, end: number): string {
    return this.#source.text.slice(start, end)
  }

  #place(start: number, end: number): Place {
    return { source: this.#source, start, end }
  }

  #toLineEnd(start: number): Place {
    const { text } = this.#source
    const found = text.slice(start).search(/[\r\n]/)
    return this.#place(start, found < 0 ? text.length : start + found)
  }
}

function withMerged(own: ReadonlyMap<string, Entry>, merged: readonly Entry[]): readonly Entry[] {
  const all = new Map(own)
  for (const entry of merged) if (!all.has(entry.key)) all.set(entry.key, entry)
  return [...all.values()]
}

/** The value of an unquoted scalar by YAML's core schema: `5` is a number, `yes` is text. */
export function plainValue(text: string): Scalar {
  for (const tag of IMPLICIT_TAGS) {
    if (tag.implicitFirstChars !== null && !tag.implicitFirstChars.includes(text.charAt(0))) continue
    const value = tag.resolve(text, false, tag.tagName)
    if (value !== NOT_RESOLVED) return value
  }
  return text
}

/** A whole file as one text value. */
export function parseText(source: SourceText, place: Place): Node {
  return textNode(source.text.replace(/\r?\n$/, ''), place)
}
