import { extname, resolve as resolvePath } from 'node:path'
import type { Files } from './files.ts'
import { didYouMean, listNames, nearest } from './nearest.ts'
import { entryOf, excessOf, type MapNode, type Node, type Path, type ScalarNode, textNode } from './nodes.ts'
import { parseText, parseYaml } from './parse.ts'
import type { Report } from './report.ts'
import { narrow, type Place } from './source.ts'
import { type Choice, hasVariable, parseTemplate, type Part, UnclosedVariable } from './template.ts'

export interface VariableContext {
  readonly root: Node
  /** Files are named relative to it. */
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly files: Files
  readonly report: Report
}

const SUPPORTED = '`${env:NAME}`, `${self:path}` or `${file(path)}`'
/** Sources of the Serverless Framework that mean nothing without its command line or an account. */
const FOREIGN_SOURCES = new Set(
  'opt sls ssm s3 cf aws param git strToBool output vault terraform doppler state'.split(' '),
)
const CODE_FILES = new Set(['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts'])
const MOST_NESTED = 60
const LONGEST_TEXT = 1_000_000

/** The tree with every `${...}` replaced, and the files that were read for it. */
export function resolveVariables(context: VariableContext): { root: Node; sources: readonly string[] } {
  const resolver = new Resolver(context)
  return { root: resolver.resolve(context.root, false), sources: resolver.sources }
}

/**
 * Replaces on demand, each node once: what `${self:}` names is resolved when it is asked for, wherever it stands, so
 * the order of the file does not matter and a circle is noticed.
 */
class Resolver {
  readonly sources: string[] = []
  readonly #context: VariableContext
  readonly #resolved = new Map<Node, Node>()
  readonly #documents = new Map<string, Node | undefined>()
  /** Scalars being resolved, outermost first. */
  readonly #active: ScalarNode[] = []

  constructor(context: VariableContext) {
    this.#context = context
  }

  resolve(node: Node, isSub: boolean): Node {
    const known = this.#resolved.get(node)
    if (known !== undefined) return known
    const result = this.#limit(this.#resolveNew(node, isSub))
    this.#resolved.set(node, result)
    return result
  }

  #resolveNew(node: Node, isSub: boolean): Node {
    switch (node.kind) {
      case 'scalar':
        return this.#scalar(node, isSub)
      case 'list':
        return { ...node, items: node.items.map((item) => this.resolve(item, isSub)) }
      case 'map':
        return this.#map(node)
      case 'broken':
        break
    }
    return node
  }

  #map(node: MapNode): Node {
    const isSub = node.entries.length === 1 && node.entries[0]?.key === 'Fn::Sub'
    const entries = node.entries.map((entry) => ({ ...entry, value: this.resolve(entry.value, isSub) }))
    return { ...node, entries }
  }

  #limit(node: Node): Node {
    const excess = excessOf(node)
    if (excess === undefined) return node
    return this.#broken(
      node.place,
      `this holds ${excess}`,
      'expected less: variables multiply what they name',
    )
  }

  #scalar(node: ScalarNode, isSub: boolean): Node {
    if (typeof node.value !== 'string' || !hasVariable(node.value)) return node
    if (this.#active.includes(node)) return this.#circle(node)
    if (this.#active.length >= MOST_NESTED) {
      return this.#broken(
        node.place,
        'variables name variables more than 60 deep',
        'expected a shorter chain',
      )
    }
    this.#active.push(node)
    try {
      return this.#template(node.value, node.place, isSub)
    } finally {
      this.#active.pop()
    }
  }

  #circle(node: ScalarNode): Node {
    const circle = this.#active.slice(this.#active.indexOf(node))
    const chain = [...circle, node].map((each) => `\`${String(each.value)}\``).join(' -> ')
    const message =
      circle.length === 1 ? `${chain.split(' -> ')[0]} names itself` : `variables go in a circle: ${chain}`
    return this.#broken(node.place, message, 'expected a value that does not depend on itself')
  }

  /** A text with variables. One that is nothing but a variable keeps the type of what it stands for. */
  #template(text: string, place: Place, isSub: boolean): Node {
    const parts = this.#parts(text, place, isSub)
    if (parts === undefined) return { kind: 'broken', place }
    const only = parts.length === 1 ? parts[0] : undefined
    if (only?.kind === 'variable') return this.#variable(only, place)
    let joined = ''
    for (const part of parts) {
      const piece = part.kind === 'text' ? part.text : this.#piece(part, place)
      if (piece === undefined) return { kind: 'broken', place }
      joined += piece
      if (joined.length > LONGEST_TEXT) {
        return this.#broken(place, 'this text is longer than 1,000,000 characters', 'expected less')
      }
    }
    return textNode(joined, place)
  }

  #parts(text: string, place: Place, isSub: boolean): Part[] | undefined {
    try {
      return parseTemplate(text, isSub)
    } catch (error) {
      if (!(error instanceof UnclosedVariable)) throw error
      const hint = 'expected `}` at the end of the variable, or `\\${` for a plain `${`'
      this.#context.report.problem(narrow(place, error.raw), `\`${error.raw}\` is not closed`, hint)
      return undefined
    }
  }

  /** The text of a variable inside a longer text. */
  #piece(part: Extract<Part, { kind: 'variable' }>, place: Place): string | undefined {
    const node = this.#variable(part, place)
    if (node.kind === 'scalar' && node.value !== null) return String(node.value)
    if (node.kind === 'broken') return undefined
    const what = node.kind === 'scalar' ? 'nothing' : `a ${node.kind === 'map' ? 'mapping' : 'list'}`
    const hint = 'expected text, a number, true or false; only a variable on its own may stand for more'
    this.#context.report.problem(narrow(place, part.raw), `\`${part.raw}\` is ${what}, inside a text`, hint)
    return undefined
  }

  #variable(part: Extract<Part, { kind: 'variable' }>, place: Place): Node {
    const at = narrow(place, part.raw)
    let reason: string | undefined
    for (const [index, choice] of part.choices.entries()) {
      const found = this.#choice(choice, index === 0, at)
      // Like the Serverless Framework: what is empty gives way to the default, if there is one.
      const isEmpty = found.kind === 'scalar' && found.value === null && index < part.choices.length - 1
      if (found.kind !== 'missing' && !isEmpty) return found
      if (found.kind === 'missing') reason ??= found.hint
    }
    const hint = reason ?? 'expected a value or a default: `${..., default}`'
    return this.#broken(at, `\`${part.raw}\` has no value`, hint)
  }

  #choice(choice: Choice, isFirst: boolean, place: Place): Node | Missing {
    switch (choice.kind) {
      case 'literal':
        return { ...textNode(choice.raw, place), value: choice.value }
      case 'template':
        return hasVariable(choice.text)
          ? this.#template(choice.text, place, false)
          : textNode(choice.text, place)
      case 'bare':
        return isFirst ? this.#unknown(choice.raw, place) : textNode(choice.raw, place)
      case 'file':
        return this.#file(choice, place)
      case 'source':
        break
    }
    return this.#source(choice, place)
  }

  #source(choice: Extract<Choice, { kind: 'source' }>, place: Place): Node | Missing {
    const address = this.#address(choice.address, place)
    if (address === undefined) return { kind: 'broken', place }
    if (choice.source === 'env') return this.#environmentVariable(address, place)
    if (choice.source === 'self') return this.#lookUp(this.#context.root, address, 'self:')
    return this.#unknown(choice.raw, place)
  }

  #unknown(raw: string, place: Place): Node {
    const source = /^[A-Za-z][\w-]*/.exec(raw)?.[0] ?? ''
    if (raw.startsWith('AWS::')) {
      return this.#broken(
        place,
        `\`\${${raw}}\` is known to \`!Sub\` only`,
        `expected \`!Sub "...\${${raw}}..."\``,
      )
    }
    if (FOREIGN_SOURCES.has(source)) {
      const message = `variables of the kind \`${source}\` are not supported by this version`
      return this.#broken(
        place,
        message,
        `expected ${SUPPORTED}; \`\${env:NAME, default}\` can often stand in`,
      )
    }
    const guess = didYouMean(source, ['env', 'self', 'file'])
    return this.#broken(
      place,
      `\`\${${raw}}\` is not a variable`,
      `expected ${SUPPORTED}${guess && `; ${guess}`}`,
    )
  }

  #environmentVariable(name: string, place: Place): Node | Missing {
    const value = this.#context.environment[name]
    // An empty variable counts as unset, as it does in the Serverless Framework.
    if (value !== undefined && value !== '') return { ...textNode(value, place), isFromEnvironment: true }
    const guess = didYouMean(name, Object.keys(this.#context.environment))
    const hint = `expected the environment variable \`${name}\` to be set, or a default: \`\${env:${name}, default}\``
    return { kind: 'missing', hint: guess === '' ? hint : `${hint}; ${guess}` }
  }

  #file(choice: Extract<Choice, { kind: 'file' }>, place: Place): Node | Missing {
    const name = this.#address(choice.file, place)
    const address = this.#address(choice.address, place)
    if (name === undefined || address === undefined) return { kind: 'broken', place }
    const extension = extname(name).toLowerCase()
    if (CODE_FILES.has(extension)) {
      const hint = 'expected a YAML, JSON or text file: the spec is data, and loading it runs no code'
      return this.#broken(place, `\`${choice.raw}\` names a program`, hint)
    }
    const path = resolvePath(this.#context.directory, name)
    const document = this.#document(path, extension, place)
    if (document === undefined) {
      return {
        kind: 'missing',
        hint: `expected a file \`${name}\`, relative to lambda.yml${this.#nearestFile(path)}`,
      }
    }
    return address === '' ? this.resolve(document, false) : this.#lookUp(document, address, `file(${name}):`)
  }

  #nearestFile(path: string): string {
    const folder = resolvePath(path, '..')
    const wanted = path.slice(folder.length + 1)
    const found = nearest(wanted, this.#context.files.list(folder) ?? [])
    return found === undefined ? '' : `; did you mean \`${found}\`?`
  }

  #document(path: string, extension: string, place: Place): Node | undefined {
    if (this.#documents.has(path)) return this.#documents.get(path)
    const document = this.#readDocument(path, extension, place)
    this.#documents.set(path, document)
    return document
  }

  #readDocument(path: string, extension: string, place: Place): Node | undefined {
    let text: string | undefined
    try {
      text = this.#context.files.read(path)
    } catch (error) {
      const reason =
        error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error)
      return this.#broken(place, `the file cannot be read: ${reason}`, 'expected a readable file')
    }
    if (text === undefined) return undefined
    this.sources.push(path)
    if (extension === '.yml' || extension === '.yaml') {
      return parseYaml({ file: path, text }, this.#context.report) ?? { kind: 'broken', place }
    }
    if (extension === '.json') {
      // JSON is YAML but for tabs between values; a space keeps every position.
      const source = { file: path, text: text.replaceAll('\t', ' ') }
      return parseYaml(source, this.#context.report) ?? { kind: 'broken', place }
    }
    return parseText({ file: path, text }, place)
  }

  /** The value at `a.b.0.c`; scalars on the way are resolved, so that the way may lead through a variable. */
  #lookUp(start: Node, address: string, prefix: string): Node | Missing {
    const path: Path = address === '' ? [] : address.split('.')
    let node = start
    for (const [index, step] of path.entries()) {
      if (node.kind === 'scalar') node = this.resolve(node, false)
      if (node.kind === 'broken') return node
      const entry = entryOf(node, step)
      if (entry === undefined) {
        const keys = node.kind === 'map' ? node.entries.map(({ key }) => key) : []
        return {
          kind: 'missing',
          hint: missingKeyHint(`${prefix}${path.slice(0, index).join('.')}`, String(step), keys),
        }
      }
      node = entry.value
    }
    return this.resolve(node, false)
  }

  /** An address may hold variables itself: `${self:custom.${env:STAGE}.url}`. */
  #address(text: string, place: Place): string | undefined {
    if (!hasVariable(text)) return text
    const node = this.#template(text, place, false)
    return node.kind === 'scalar' ? String(node.value) : undefined
  }

  #broken(place: Place, message: string, hint: string): Node {
    this.#context.report.problem(place, message, hint)
    return { kind: 'broken', place }
  }
}

interface Missing {
  readonly kind: 'missing'
  readonly hint: string
}

function missingKeyHint(parent: string, step: string, keys: readonly string[]): string {
  const guess = didYouMean(step, keys)
  const has = keys.length === 0 ? 'no keys' : listNames(keys, 12)
  return `expected a key \`${step}\` in \`${parent}\`, which has ${has}${guess && `; ${guess}`}`
}
