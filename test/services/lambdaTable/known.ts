/** What later steps of a case may speak of. */
export type Known = Record<string, string>

const places: Readonly<Record<string, string>> = {
  RevisionId: 'revision',
  UUID: 'uuid',
  NextMarker: 'marker',
  CodeSha256: 'sha',
  FunctionUrl: 'url',
}

/** Remembers what an answer says. */
export function learn(known: Known, answer: Readonly<Record<string, unknown>>): void {
  for (const [member, place] of Object.entries(places)) {
    const value = answer[member]
    if (typeof value === 'string') known[place] = value
  }
}

/** Puts what is known in the places kept for it. */
export function withKnown<Value>(value: Value, known: Readonly<Known>): Value {
  let text = JSON.stringify(value)
  for (const [place, known_] of Object.entries(known)) text = text.replaceAll(`{${place}}`, known_)
  return JSON.parse(text) as Value
}

/** Stands for bytes: a text's, those of a base64 text, or a JSON text of some size. */
export const revive = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, member: unknown) => {
    if (typeof member !== 'object' || member === null) return member
    if ('$bytes' in member) return Buffer.from(String(member.$bytes))
    if ('$base64' in member) return Buffer.from(String(member.$base64), 'base64')
    if ('$size' in member) return Buffer.from(`"${'x'.repeat(Number(member.$size) - 2)}"`)
    return member
  })
