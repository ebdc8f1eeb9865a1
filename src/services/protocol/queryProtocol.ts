import { ServiceError } from '../operation.ts'
import type { ListShape, MapShape, OperationShapes, ScalarShape, Shape, StructureShape } from './shapes.ts'
import type { WireAnswer } from './wire.ts'
import { element, escapeXml } from './xml.ts'

/** The query protocol: `Action=SendMessage&Version=2012-11-05`, answered in XML. */
export interface QueryBinding {
  readonly version: string
  readonly xmlNamespace: string
  readonly shapes: Readonly<Record<string, OperationShapes>>
  /** The error's code in this protocol, where it differs. */
  readonly code?: (code: string) => string
  /** The error's text in this protocol, where it differs. */
  readonly message?: (code: string, message: string) => string
  /** Errors come without the empty `Detail`. */
  readonly omitsErrorDetail?: true
  /**
   * Members that the URL itself gives: the queue of a request that was posted to the queue's URL. Throws for an
   * operation that is not to be had there.
   */
  readonly inputFromPath?: (path: string, operation: string) => Readonly<Record<string, string>>
}

/** Builds an operation's input from the pairs of a form, by its shapes. */
export function readQuery(
  binding: QueryBinding,
  operation: string,
  form: URLSearchParams,
  path: string,
): object {
  const shape = binding.shapes[operation]?.input
  const input = shape ? (readStructure(shape, treeOf(form)) as Record<string, unknown>) : {}
  const fromPath = binding.inputFromPath?.(path, operation) ?? {}
  for (const [name, value] of Object.entries(fromPath)) input[name] ??= value
  return input
}

/** Writes an output as `<OpResponse><OpResult>...</OpResult><ResponseMetadata>...`. */
export function writeQuery(
  binding: QueryBinding,
  operation: string,
  output: unknown,
  requestId: string,
): WireAnswer {
  const shape = binding.shapes[operation]?.output
  const result = shape ? element(`${operation}Result`, writeMembers(shape, (output ?? {}) as Members)) : ''
  const metadata = element('ResponseMetadata', element('RequestId', requestId))
  const body = `<${operation}Response xmlns="${binding.xmlNamespace}">${result}${metadata}</${operation}Response>`
  return { status: 200, headers: xmlHeaders, body: xmlDeclaration + body }
}

/** Writes an error as the query protocol words it. */
export function writeQueryError(binding: QueryBinding, error: ServiceError, requestId: string): WireAnswer {
  const parts = [
    element('Type', error.status >= 500 ? 'Receiver' : 'Sender'),
    element('Code', escapeXml(binding.code?.(error.code) ?? error.code)),
    element('Message', escapeXml(binding.message?.(error.code, error.message) ?? error.message)),
    binding.omitsErrorDetail ? '' : element('Detail', ''),
  ]
  const inner = element('Error', parts.join('')) + element('RequestId', requestId)
  return {
    status: error.status,
    headers: [...xmlHeaders, ...Object.entries(error.headers).flat()],
    body: `${xmlDeclaration}<ErrorResponse xmlns="${binding.xmlNamespace}">${inner}</ErrorResponse>`,
  }
}

const xmlDeclaration = '<?xml version="1.0"?>'
const xmlHeaders = ['Content-Type', 'text/xml']

// ---- input -------------------------------------------------------------------------------------------------------

/** `Attribute.1.Name=x` becomes a node at Attribute, 1, Name. */
interface Node {
  value?: string
  readonly children: Map<string, Node>
}

function treeOf(form: URLSearchParams): Node {
  const root: Node = { children: new Map() }
  for (const [key, value] of form) {
    let node = root
    for (const part of key.split('.')) {
      let child = node.children.get(part)
      if (!child) {
        child = { children: new Map() }
        node.children.set(part, child)
      }
      node = child
    }
    node.value = value
  }
  return root
}

function readStructure(shape: StructureShape, node: Node): object {
  const result: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(shape.members)) {
    const isFlattened = typeof member !== 'string' && member.kind !== 'structure' && !member.isWrapped
    const child = node.children.get(isFlattened ? member.name : name)
    if (child) result[name] = readValue(member, child, name)
  }
  return result
}

function readValue(shape: Shape, node: Node, name: string): unknown {
  if (typeof shape === 'string') return readScalar(shape, node.value ?? '', name)
  if (shape.kind === 'structure') return readStructure(shape, node)
  const holder = shape.isWrapped ? node.children.get(shape.name) : node
  const numbered = [...(holder?.children ?? [])]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child)
  if (shape.kind === 'list') return numbered.map((child) => readValue(shape.of, child, shape.name))
  const result: Record<string, unknown> = {}
  for (const entry of numbered) {
    const key = entry.children.get(shape.key)?.value
    const value = entry.children.get(shape.value)
    if (key === undefined) throw malformed(`A ${shape.name} must contain a ${shape.key}.`)
    // Not assigned: a key may be called __proto__.
    if (value)
      Object.defineProperty(result, key, {
        value: readValue(shape.of, value, key),
        enumerable: true,
        configurable: true,
        writable: true,
      })
  }
  return result
}

function readScalar(shape: ScalarShape, text: string, name: string): unknown {
  if (shape === 'integer') {
    if (!/^[+-]?\d{1,15}$/.test(text)) throw malformed(`'${text}' is not a valid integer for ${name}.`)
    return Number(text)
  }
  if (shape === 'boolean') {
    if (text !== 'true' && text !== 'false') throw malformed(`'${text}' is not a valid boolean for ${name}.`)
    return text === 'true'
  }
  return text
}

const malformed = (message: string): ServiceError => new ServiceError('MalformedInput', message)

// ---- output ------------------------------------------------------------------------------------------------------

type Members = Readonly<Record<string, unknown>>

function writeMembers(shape: StructureShape, value: Members): string {
  let xml = ''
  for (const [name, member] of Object.entries(shape.members)) {
    const inner = value[name]
    if (inner !== undefined) xml += writeValue(member, inner, name)
  }
  return xml
}

function writeValue(shape: Shape, value: unknown, name: string): string {
  if (typeof shape === 'string') return element(name, escapeXml(String(value)))
  if (shape.kind === 'structure') return element(name, writeMembers(shape, value as Members))
  const items = shape.kind === 'list' ? writeItems(shape, value) : writeEntries(shape, value)
  return shape.isWrapped ? element(name, items) : items
}

const writeItems = (shape: ListShape, value: unknown): string =>
  (value as readonly unknown[]).map((item) => writeValue(shape.of, item, shape.name)).join('')

const writeEntries = (shape: MapShape, value: unknown): string =>
  Object.entries(value as Members)
    .map(([key, item]) =>
      element(shape.name, element(shape.key, escapeXml(key)) + writeValue(shape.of, item, shape.value)),
    )
    .join('')
