/** A file's text, as it was read. */
export interface SourceText {
  /** Absolute path. */
  readonly file: string
  readonly text: string
}

/** A stretch of a file: what an error points at. */
export interface Place {
  readonly source: SourceText
  readonly start: number
  /** Exclusive. */
  readonly end: number
}

const LINE_BREAK = /\r\n|\n|\r/g
const LINES_AROUND = 2
const WIDEST_LINE = 110

/** Line and column of a place, both from 1. */
export function lineAndColumn(place: Place): { line: number; column: number } {
  const lines = linesOf(place.source.text)
  const index = lineIndexAt(lines, place.start)
  return { line: index + 1, column: place.start - (lines[index]?.start ?? 0) + 1 }
}

/** The lines around a place, numbered, with a marker under it, as a compiler prints them. */
export function frameOf(place: Place): string {
  const lines = linesOf(place.source.text)
  const at = lineIndexAt(lines, place.start)
  const first = Math.max(0, at - LINES_AROUND)
  const last = Math.min(lines.length - 1, at + LINES_AROUND)
  const column = place.start - (lines[at]?.start ?? 0)
  // A very long line is shown from a little before the place; its neighbours are shifted alike.
  const from = column > WIDEST_LINE - 30 ? column - 30 : 0
  const numberWidth = String(last + 1).length
  const printed: string[] = []
  for (let index = first; index <= last; index++) {
    const text = lines[index]?.text ?? ''
    // An empty last line is only the line break that ends the file.
    if (index === lines.length - 1 && text === '' && index !== at) continue
    const shown = text.slice(from, from + WIDEST_LINE)
    const number = String(index + 1).padStart(numberWidth)
    printed.push(`${index === at ? '>' : ' '} ${number} | ${shown}`.trimEnd())
    if (index === at) printed.push(marker(text, from, column, place.end - place.start, numberWidth))
  }
  return printed.join('\n')
}

function marker(text: string, from: number, column: number, length: number, numberWidth: number): string {
  // Tabs stay tabs, so that the marker stands under its text however wide the terminal draws them.
  const before = text.slice(from, column).replaceAll(/[^\t]/g, ' ')
  const width = Math.max(1, Math.min(length, text.length - column, from + WIDEST_LINE - column))
  return `  ${' '.repeat(numberWidth)} | ${before}${'^'.repeat(width)}`
}

interface Line {
  readonly start: number
  readonly text: string
}

function linesOf(text: string): Line[] {
  const lines: Line[] = []
  let start = 0
  for (const match of text.matchAll(LINE_BREAK)) {
    lines.push({ start, text: text.slice(start, match.index) })
    start = match.index + match[0].length
  }
  lines.push({ start, text: text.slice(start) })
  return lines
}

function lineIndexAt(lines: readonly Line[], offset: number): number {
  const after = lines.findIndex((line) => line.start > offset)
  return after < 0 ? lines.length - 1 : after - 1
}

/** The part of a place that holds `text`, or the whole place when it is not written there literally. */
export function narrow(place: Place, text: string): Place {
  const found = place.source.text.slice(place.start, place.end).indexOf(text)
  if (found < 0 || text === '') return place
  const start = place.start + found
  return { source: place.source, start, end: start + text.length }
}
