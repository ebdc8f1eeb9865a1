import { ANY, type Case, type Got } from './case.ts'
import { fillText } from './fill.ts'

/** A case that went otherwise than the table says. */
export interface Difference {
  readonly title: string
  readonly wanted: unknown
  readonly told: unknown
}

/** What the table says a client sees, and what it saw, in one form. */
export function compare(
  one: Case,
  got: Got | undefined,
  protocol: 'json' | 'query',
): Omit<Difference, 'title'> {
  if (!got) return { wanted: one, told: undefined }
  const { saved } = got
  if (!one.error) {
    if ('error' in got) return { wanted: one.answer, told: got.error }
    return { wanted: settled(one.answer, got.answer, saved), told: withoutEmptyResults(got.answer) }
  }
  if ('answer' in got) return { wanted: one.error, told: got.answer }
  const { type, code, message, queryMessage } = one.error
  const wording = protocol === 'query' ? (queryMessage ?? message) : message
  // Not every client shows the type.
  return {
    wanted: { type: got.error.type && type, code, message: wordingFor(wording, got.error.message, saved) },
    told: { type: got.error.type, code: got.error.code, message: got.error.message },
  }
}

/** The JSON protocol shows that nothing failed by an empty list; the query protocol cannot show one. */
const withoutEmptyResults = (answer: unknown): unknown =>
  Object.fromEntries(
    Object.entries(answer as object).filter(
      ([name, value]) => !['Failed', 'Results'].includes(name) || (value as unknown[]).length > 0,
    ),
  )

function wordingFor(
  wording: string | undefined,
  told: string,
  saved: Readonly<Record<string, string>>,
): string {
  if (wording === undefined) return told
  if (!wording.startsWith('…')) return fillText(wording, saved)
  const end = fillText(wording.slice(1), saved)
  return told.endsWith(end) ? told : wording
}

/** The answer that the table has, with what a client got wherever anything will do. */
function settled(wanted: unknown, got: unknown, saved: Readonly<Record<string, string>>): unknown {
  if (wanted === ANY) return got ?? 'something'
  if (typeof wanted === 'string') return fillText(wanted, saved)
  if (Array.isArray(wanted)) return wanted.map((one, index) => settled(one, memberOf(got, index), saved))
  if (typeof wanted !== 'object' || wanted === null) return wanted
  return Object.fromEntries(
    Object.entries(wanted).map(([name, value]) => [name, settled(value, memberOf(got, name), saved)]),
  )
}

const memberOf = (value: unknown, name: string | number): unknown =>
  (value as Readonly<Record<string | number, unknown>> | undefined)?.[name]
