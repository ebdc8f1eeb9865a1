import { PatternError } from './patternError.ts'

/** A wildcard that was understood: the texts between its asterisks. */
export interface Wildcard {
  readonly parts: readonly string[]
  matches(text: string): boolean
}

/** Compiles the value of `wildcard`: `*` stands for any text, `\*` and `\\` for themselves. */
export function compileWildcard(wildcard: string): Wildcard {
  const parts = partsOf(wildcard)
  return { parts, matches: (text) => matchesParts(parts, text) }
}

function partsOf(wildcard: string): string[] {
  const parts = ['']
  for (let index = 0; index < wildcard.length; index++) {
    const character = wildcard[index] ?? ''
    const next = wildcard[index + 1]
    if (character === '*') {
      if (next === '*')
        throw new PatternError(`Consecutive wildcard characters at pos ${position(wildcard, index)}`)
      parts.push('')
    } else if (character === '\\') {
      if (next !== '*' && next !== '\\')
        throw new PatternError(`Invalid escape character at pos ${position(wildcard, index)}`)
      parts[parts.length - 1] += next
      index++
    } else parts[parts.length - 1] += character
  }
  return parts
}

/** AWS counts bytes, and the quotation mark in front. */
const position = (wildcard: string, index: number): number => Buffer.byteLength(wildcard.slice(0, index)) + 1

/** Whether a text is these parts with anything in between. Each is taken where it comes first: what lies behind has the most room then. */
export function matchesParts(parts: readonly string[], text: string): boolean {
  const first = parts[0] ?? ''
  if (parts.length === 1) return text === first
  const last = parts.at(-1) ?? ''
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false
  let from = first.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, from)
    if (found < 0) return false
    from = found + part.length
  }
  return from <= text.length - last.length
}

/** How many beginnings of a field's wildcards one text may match at once; AWS's limit is not published. */
const mostBeginnings = 10

/** Beyond this many situations the search ends; a pattern's length bounds it well below in practice. */
const mostSituations = 2_000

/**
 * Refuses wildcards of one field that are too complex together: AWS counts how many of their beginnings a text could
 * match at once, in the worst case.
 */
export function refuseComplexity(wildcards: readonly Wildcard[]): void {
  const machines = wildcards.map(({ parts }) => tokensOf(parts))
  const letters = new Set(machines.flat().filter((token) => token !== anything))
  const start = machines.map(() => [0])
  const seen = new Set<string>()
  const waiting = [start]
  for (let situation = waiting.pop(); situation; situation = waiting.pop()) {
    for (const letter of letters) {
      const next = situation.map((states, index) => advance(machines[index] ?? [], states, letter))
      const beginnings = next.reduce((sum, states) => sum + states.length, 0)
      if (beginnings > mostBeginnings)
        throw new PatternError(
          'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
        )
      const key = next.map((states) => states.join()).join(';')
      if (beginnings === 0 || seen.has(key) || seen.size >= mostSituations) continue
      seen.add(key)
      waiting.push(next)
    }
  }
}

const anything = '\0*'

const tokensOf = (parts: readonly string[]): string[] =>
  parts.flatMap((part, index) => (index === 0 ? Array.from(part) : [anything, ...Array.from(part)]))

/** The states after one more letter; a state is how many tokens are matched. */
function advance(tokens: readonly string[], states: readonly number[], letter: string): number[] {
  const next = new Set<number>()
  for (const state of states) {
    if (tokens[state - 1] === anything) next.add(state)
    if (tokens[state] === anything) next.add(state + 1)
    if (tokens[state] === letter) next.add(state + 1)
    // An asterisk may stand for nothing.
    if (tokens[state] === anything && tokens[state + 1] === letter) next.add(state + 2)
  }
  return [...next].sort((a, b) => a - b)
}
