/**
 * The names in `batchItemFailures` of a function's answer (JSON text), or a sentence saying why the answer means
 * "everything failed". An answer that names no failures is a success (Lambda Developer Guide, "Reporting batch item
 * failures").
 */
export function reportedFailures(response: string): readonly string[] | string {
  let parsed: unknown
  try {
    parsed = response === '' ? null : JSON.parse(response)
  } catch {
    return 'the response is not JSON'
  }
  if (typeof parsed !== 'object' || parsed === null || !('batchItemFailures' in parsed)) return []
  const items = parsed.batchItemFailures
  if (items === null || items === undefined) return []
  if (!Array.isArray(items)) return 'batchItemFailures is not a list'
  const names: string[] = []
  for (const item of items as unknown[]) {
    const name =
      typeof item === 'object' && item !== null && 'itemIdentifier' in item ? item.itemIdentifier : undefined
    if (typeof name !== 'string' || name === '') return 'an entry of batchItemFailures has no itemIdentifier'
    names.push(name)
  }
  return names
}
