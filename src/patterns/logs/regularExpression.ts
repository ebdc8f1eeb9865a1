import { invalidPattern } from './cursor.ts'

/** `\d \D \s \S \w \W`, `\x41`, and an escape of anything that is no letter or digit. */
const UNKNOWN_ESCAPE = /\\(?:[^dDsSwWx\W_]|x(?![\da-fA-F]{2}))/

/**
 * Compiles what stands between two `%`: classes, `^ $ . | ? * +` and counts, without groups. So none nests a repetition
 * in another, and a search takes no more than polynomial time. Throws a PatternError.
 */
export function compileRegularExpression(text: string): (value: string) => boolean {
  const unescaped = text.replaceAll(/\\./gsu, '').replaceAll(/\[[^\]]*\]/g, '')
  if (/[()]/.test(unescaped) || UNKNOWN_ESCAPE.test(text.replaceAll('\\\\', ''))) throw invalidPattern()
  try {
    const expression = new RegExp(text)
    return (value) => expression.test(value)
  } catch {
    throw invalidPattern()
  }
}

/** AWS takes two of them in one pattern. */
export class RegularExpressions {
  #left = 2

  compile(text: string): (value: string) => boolean {
    if (this.#left-- === 0) throw invalidPattern()
    return compileRegularExpression(text)
  }
}
