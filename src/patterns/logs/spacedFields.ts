import { takeComparison } from './comparison.ts'
import { Cursor, invalidPattern } from './cursor.ts'
import { takeExpression } from './expression.ts'
import type { LogPattern } from './logPattern.ts'
import { RegularExpressions } from './regularExpression.ts'

interface Field {
  readonly name: string
  readonly test: ((value: string) => boolean) | undefined
}

/** Fields before `...` and after it; `rest` is absent where there are none in between. */
interface Layout {
  readonly head: readonly Field[]
  readonly hasRest: boolean
  readonly tail: readonly Field[]
}

/** Compiles `[ip, user, ..., status = 4*, bytes > 1000]`: as many fields, in this order, between spaces. */
export function compileSpacedFields(text: string): LogPattern {
  const layout = layoutOf(text)
  return {
    matches: (message) => holds(layout, fieldsOf(message)),
    extract(message) {
      const fields = fieldsOf(message)
      return holds(layout, fields) ? extracted(layout, fields) : undefined
    },
  }
}

function layoutOf(text: string): Layout {
  const cursor = new Cursor(text)
  const expressions = new RegularExpressions()
  const parts: (Field | 'rest')[] = []
  cursor.expect('[')
  do {
    cursor.skipSpaces()
    parts.push(cursor.takeText('...') ? 'rest' : takeField(cursor, expressions))
  } while (cursor.takeText(','))
  cursor.expect(']')
  cursor.skipSpaces()
  const at = parts.indexOf('rest')
  if (!cursor.isAtEnd || at !== parts.lastIndexOf('rest')) throw invalidPattern()
  const fields = (some: readonly (Field | 'rest')[]): Field[] => some.filter((part) => part !== 'rest')
  if (at < 0) return { head: fields(parts), hasRest: false, tail: [] }
  return { head: fields(parts.slice(0, at)), hasRest: true, tail: fields(parts.slice(at)) }
}

const NAME = /[\p{L}\p{N}_-]+/uy

/** `status`, `status = 4*`, `status = 404 || status = 410`: every comparison names the field. */
function takeField(cursor: Cursor, expressions: RegularExpressions): Field {
  let name: string | undefined
  let isAlone = false
  const test = takeExpression<string>(cursor, (at) => {
    const own = at.take(NAME)
    if (own === undefined || isAlone || (name !== undefined && own !== name)) throw invalidPattern()
    const isFirst = name === undefined
    name = own
    at.skipSpaces()
    if (at.take(/(?=[=!<>])/y) !== undefined) return takeComparison(at, expressions)
    if (!isFirst) throw invalidPattern()
    isAlone = true
    return () => true
  })
  return { name: name ?? '', test: isAlone ? undefined : test }
}

function holds({ head, hasRest, tail }: Layout, fields: readonly string[]): boolean {
  const least = head.length + tail.length
  if (hasRest ? fields.length < least : fields.length !== least) return false
  const ok = (from: number) => (field: Field, index: number) =>
    field.test?.(fields[from + index] ?? '') ?? true
  return head.every(ok(0)) && tail.every(ok(fields.length - tail.length))
}

/** The fields of a message: what is between spaces, between `[` and `]`, or between quotation marks. */
const fieldsOf = (message: string): string[] =>
  Array.from(
    message.matchAll(/"((?:[^"\\]|\\.)*)"|\[([^\]]*)\]|(\S+)/gsu),
    ([, quoted, bracketed, bare]) => quoted ?? bracketed ?? bare ?? '',
  )

/** Fields by their names, those that `...` stands for by their numbers. */
const extracted = ({ head, tail }: Layout, fields: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    fields.map((value, index) => {
      const field = head[index] ?? tail[index - (fields.length - tail.length)]
      return [`$${field?.name ?? index + 1}`, value]
    }),
  )
