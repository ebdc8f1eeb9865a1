/** An element of a document: its children by name, in order, or its text. */
export interface XmlElement {
  readonly [name: string]: readonly (XmlElement | string)[]
}

/**
 * Reads a document whose root is `root`: elements become lists by name, text stays as it is written, attributes and
 * namespaces are left out. `undefined` for what is not well-formed, has another root, or defines entities of its own.
 */
export async function readXml(bytes: Uint8Array, root: string): Promise<XmlElement | undefined> {
  // Loaded by the few requests that need it.
  const { XMLParser, XMLValidator } = await import('fast-xml-parser')
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  if (text.includes('<!DOCTYPE') || hasForbiddenReference(text) || XMLValidator.validate(text) !== true)
    return undefined
  const parser = new XMLParser({
    parseTagValue: false,
    trimValues: false,
    // Without it, references by number stay as they are.
    htmlEntities: true,
    removeNSPrefix: true,
    isArray: () => true,
  })
  const { '?xml': _, ...roots } = parser.parse(text) as Record<string, [XmlElement | string]>
  const found = Object.keys(roots).length === 1 ? roots[root] : undefined
  if (found?.length !== 1) return undefined
  return typeof found[0] === 'string' ? {} : found[0]
}

/** A character that XML cannot hold would be lost, and another key be meant. */
function hasForbiddenReference(text: string): boolean {
  for (const [, hex, decimal] of text.matchAll(/&#(?:x([0-9a-f]+)|(\d+));/gi)) {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    const isKnown =
      code >= 0x20 ? code <= 0x10ffff && code !== 0xfffe && code !== 0xffff : [9, 10, 13].includes(code)
    if (!isKnown) return true
  }
  return false
}
