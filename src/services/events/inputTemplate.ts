import type { JsonValue } from '../../system/index.ts'

/** A template's parts in order: plain text, and what is to be filled in. */
type Part = string | { readonly name: string; readonly isInText: boolean }

/** A template that was taken apart. */
export interface InputTemplate {
  /** Names between `<` and `>`. */
  readonly names: readonly string[]
  /** The text with every name replaced; a value that is `undefined` leaves an empty text. */
  fill(valueOf: (name: string) => JsonValue | undefined): string
}

/**
 * Takes an input template apart (EventBridge User Guide, "Transforming target input"). Between quotation marks a value
 * is written as text, elsewhere as JSON.
 */
export function parseTemplate(template: string): InputTemplate {
  const parts = partsOf(template)
  return {
    names: parts.flatMap((part) => (typeof part === 'string' ? [] : [part.name])),
    fill: (valueOf) =>
      parts
        .map((part) => {
          if (typeof part === 'string') return part
          const value = valueOf(part.name)
          if (part.isInText) return value === undefined ? '' : asText(value)
          return value === undefined ? '""' : JSON.stringify(value)
        })
        .join(''),
  }
}

const placeholder = /<([^<>\s"]+)>/g

function partsOf(template: string): Part[] {
  const parts: Part[] = []
  let isInText = false
  let at = 0
  const addText = (text: string): void => {
    for (let index = 0; index < text.length; index++) {
      if (text[index] === '\\') index++
      else if (text[index] === '"') isInText = !isInText
    }
    if (text !== '') parts.push(text)
  }
  for (const match of template.matchAll(placeholder)) {
    addText(template.slice(at, match.index))
    parts.push({ name: match[1] ?? '', isInText })
    at = match.index + match[0].length
  }
  addText(template.slice(at))
  return parts
}

/** A value within a text: what is built of others loses its quotation marks. */
function asText(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(value).slice(1, -1)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map((inner: JsonValue) => asText(inner)).join(',')}]`
  return `{${Object.entries(value)
    .map(([key, inner]) => `${asText(key)}:${asText(inner as JsonValue)}`)
    .join(',')}}`
}
