import { PatternError } from '../patternError.ts'

/** AWS gives no other reason. */
export const invalidPattern = (): PatternError => new PatternError('Invalid filter pattern')

/** Reads a pattern from left to right. */
export class Cursor {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length
  }

  skipSpaces(): void {
    this.take(/\s*/y)
  }

  /** Takes what matches here (the expression is sticky), or nothing. */
  take(expression: RegExp): string | undefined {
    expression.lastIndex = this.#at
    const found = expression.exec(this.#text)?.[0]
    if (found !== undefined) this.#at += found.length
    return found
  }

  /** Takes a text if it comes next, spaces before it left out. */
  takeText(text: string): boolean {
    this.skipSpaces()
    if (!this.#text.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  /** Takes a text; throws a PatternError when something else comes. */
  expect(text: string): void {
    if (!this.takeText(text)) throw invalidPattern()
  }

  /** Takes `"a \"quoted\" text"` and answers what is between the marks, escapes as they are. */
  takeQuoted(): string | undefined {
    return this.take(/"(?:[^"\\]|\\.)*"/suy)?.slice(1, -1)
  }

  /** Takes `%regular%` and answers what is between the marks. */
  takeRegularExpression(): string | undefined {
    return this.take(/%(?:[^%\\]|\\.)+%/suy)?.slice(1, -1)
  }
}
