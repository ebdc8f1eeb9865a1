/** Stand in an expected answer for any text of a form. */
const forms: Readonly<Record<string, RegExp>> = {
  '<uuid>': /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  '<time>': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/,
  '<text>': /./s,
}

/** What came, with the name of a form in place of each value that has the form that is wanted there. */
export function shaped(came: unknown, wanted: unknown): unknown {
  if (typeof came === 'string' && typeof wanted === 'string') return isOfForm(came, wanted) ? wanted : came
  if (typeof came === 'number' && (wanted === '<number>' || wanted === '<seconds>')) return wanted
  if (Array.isArray(came) && Array.isArray(wanted))
    return came.map((member, index) => shaped(member, wanted[index]))
  if (!isRecord(came) || !isRecord(wanted)) return came
  return Object.fromEntries(
    Object.entries(came).map(([name, member]) => [name, shaped(member, wanted[name])]),
  )
}

/** A message may end in anything. */
const isOfForm = (came: string, wanted: string): boolean =>
  forms[wanted]?.test(came) ?? (wanted.endsWith('<text>') && came.startsWith(wanted.slice(0, -6)))

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
