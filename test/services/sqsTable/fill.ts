/** Puts saved values into the texts of a request, and bytes where it says so. */
export const createFiller = (saved: Readonly<Record<string, string>>) => {
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') return fillText(value, saved)
    if (Array.isArray(value)) return value.map(fill)
    if (typeof value !== 'object' || value === null) return value
    if ('$base64' in value) return Buffer.from(String(value.$base64), 'base64')
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fill(member)]))
  }
  return fill
}

/** A text with saved values put in; what is not saved stays as it is. */
export const fillText = (text: string, saved: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (all, name: string) => saved[name] ?? all)

/** The text at a path such as `Messages.0.ReceiptHandle`. */
export function valueAt(answer: unknown, path: string): string {
  let at = answer
  for (const name of path.split('.')) at = (at as Record<string, unknown> | undefined)?.[name]
  if (typeof at !== 'string') throw new Error(`there is no ${path} in ${JSON.stringify(answer)}`)
  return at
}
