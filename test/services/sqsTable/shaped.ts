/** Stand in an expected answer for any text of a form. */
const forms: Readonly<Record<string, RegExp>> = {
  '<uuid>': /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  '<md5>': /^[0-9a-f]{32}$/,
  '<digits>': /^\d+$/,
  '<sequence>': /^\d{20}$/,
  '<text>': /./,
  '<56 digits>': /^495\d{53}$/,
}

/** What came, with the name of a form in place of each text that has the form that is wanted there. */
export function shaped(came: unknown, wanted: unknown): unknown {
  if (typeof came === 'string' && typeof wanted === 'string') return forms[wanted]?.test(came) ? wanted : came
  if (typeof came === 'number' && wanted === '<seconds>') return wanted
  if (Array.isArray(came) && Array.isArray(wanted))
    return came.map((member, index) => shaped(member, wanted[index]))
  if (!isRecord(came) || !isRecord(wanted)) return came
  return Object.fromEntries(
    Object.entries(came).map(([name, member]) => [name, shaped(member, wanted[name])]),
  )
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
