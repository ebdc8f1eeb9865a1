import { plainValue } from './parse.ts'
import type { Scalar } from './nodes.ts'

/** A text with `${...}` in it, taken apart. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly raw: string; readonly choices: readonly Choice[] }

/** What a variable may stand for: the first choice that has a value counts. */
export type Choice =
  | { readonly kind: 'source'; readonly raw: string; readonly source: string; readonly address: string }
  | { readonly kind: 'file'; readonly raw: string; readonly file: string; readonly address: string }
  | { readonly kind: 'literal'; readonly raw: string; readonly value: Scalar }
  /** Quoted text, or a variable within the variable; may hold `${...}` itself. */
  | { readonly kind: 'template'; readonly raw: string; readonly text: string }
  /** Bare text, which is fine as a default only. */
  | { readonly kind: 'bare'; readonly raw: string }

/** The text ends inside `${`. */
export class UnclosedVariable extends Error {
  readonly raw: string

  constructor(raw: string) {
    super('unclosed variable')
    this.raw = raw
  }
}

/** `env:`, `self:`, `file(`: what makes a `${...}` ours rather than CloudFormation's. */
const SOURCE = /^([A-Za-z][\w-]*)(?::(?!:)|\()/

export function hasVariable(text: string): boolean {
  return text.includes('${')
}

/**
 * Takes a text apart. `\${` is a plain `${`. With `keepForSub` whatever is not a variable of ours stays text: it belongs
 * to `!Sub`.
 * @example parseTemplate('a-${env:STAGE, dev}', false)
 */
export function parseTemplate(text: string, keepForSub: boolean): Part[] {
  const parts: Part[] = []
  let pending = ''
  let position = 0
  while (position < text.length) {
    const start = text.indexOf('${', position)
    if (start < 0) break
    if (text[start - 1] === '\\') {
      pending += `${text.slice(position, start - 1)}\${`
      position = start + 2
      continue
    }
    const end = endOfVariable(text, start)
    const raw = text.slice(start, end)
    const inner = raw.slice(2, -1)
    pending += text.slice(position, start)
    position = end
    if (keepForSub && !SOURCE.test(inner.trim())) {
      pending += raw
      continue
    }
    if (pending !== '') parts.push({ kind: 'text', text: pending })
    pending = ''
    parts.push({ kind: 'variable', raw, choices: splitChoices(inner).map(parseChoice) })
  }
  pending += text.slice(position)
  if (pending !== '') parts.push({ kind: 'text', text: pending })
  return parts
}

function endOfVariable(text: string, start: number): number {
  let depth = 0
  for (let index = start; index < text.length; index++) {
    if (text.startsWith('${', index)) depth++
    else if (text[index] === '}' && --depth === 0) return index + 1
  }
  throw new UnclosedVariable(text.slice(start))
}

/** Splits at the commas that are not inside quotes, brackets or a variable within. */
function splitChoices(inner: string): string[] {
  const choices: string[] = []
  let depth = 0
  let quote: string | undefined
  let from = 0
  for (let index = 0; index < inner.length; index++) {
    const character = inner[index] ?? ''
    if (quote !== undefined) quote = character === quote ? undefined : quote
    // An apostrophe inside a bare word does not begin a quotation.
    else if ((character === "'" || character === '"') && inner.slice(from, index).trim() === '')
      quote = character
    else if (character === '{' || character === '(') depth++
    else if (character === '}' || character === ')') depth--
    else if (character === ',' && depth === 0) {
      choices.push(inner.slice(from, index).trim())
      from = index + 1
    }
  }
  return [...choices, inner.slice(from).trim()]
}

function parseChoice(raw: string): Choice {
  const quoted = /^(['"])(.*)\1$/s.exec(raw)
  if (quoted !== null) return { kind: 'template', raw, text: quoted[2] ?? '' }
  const file = /^file\(([^)]*)\)(?::(.*))?$/s.exec(raw)
  if (file !== null) {
    return { kind: 'file', raw, file: unquoted((file[1] ?? '').trim()), address: (file[2] ?? '').trim() }
  }
  const source = /^([A-Za-z][\w-]*)(?:\(.*\))?:(?!:|\/\/)(.*)$/s.exec(raw)
  if (source !== null)
    return { kind: 'source', raw, source: source[1] ?? '', address: (source[2] ?? '').trim() }
  if (raw.startsWith('${') && endOfVariable(raw, 0) === raw.length)
    return { kind: 'template', raw, text: raw }
  const value = plainValue(raw)
  return typeof value === 'string' ? { kind: 'bare', raw } : { kind: 'literal', raw, value }
}

function unquoted(text: string): string {
  return /^(['"])(.*)\1$/s.exec(text)?.[2] ?? text
}
