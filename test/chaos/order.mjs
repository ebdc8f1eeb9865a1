/**
 * Where the ledger's entries of one event do not make a life in order: accepted before it ran, attempts counted
 * upwards, delivered after it ended, each delivery once, nothing after the end. Entries that a kill swallowed are no
 * disorder; an attempt that a kill interrupted may be there again under the same number.
 * @param {{ sequence: number, kind: string, requestId?: string, attempt?: number, role?: string }[]} entries
 * @returns {string[]}
 */
export function disorderIn(entries) {
  /** @type {Map<string, { attempt: number, delivered: Set<string>, hasRun: boolean }>} */
  const lives = new Map()
  /** @type {string[]} */
  const disorder = []
  let sequence = 0
  for (const entry of entries) {
    if (entry.sequence <= sequence) disorder.push(`entry ${entry.sequence} comes after entry ${sequence}`)
    sequence = entry.sequence
    if (entry.requestId === undefined) continue
    const life = lives.get(entry.requestId) ?? { attempt: 0, delivered: new Set(), hasRun: false }
    lives.set(entry.requestId, life)
    const complain = (/** @type {string} */ what) =>
      disorder.push(`${entry.requestId}: ${what} (entry ${entry.sequence})`)
    switch (entry.kind) {
      case 'invocationAccepted':
        if (life.hasRun) complain('accepted after it had run')
        break
      case 'invocationEnded':
        if (life.delivered.size > 0) complain('ran after it was settled')
        if ((entry.attempt ?? 0) < life.attempt) complain(`attempt ${entry.attempt} after ${life.attempt}`)
        life.attempt = entry.attempt ?? 0
        life.hasRun = true
        break
      case 'delivered':
        if (life.delivered.has(entry.role ?? '')) complain(`delivered twice to ${entry.role}`)
        life.delivered.add(entry.role ?? '')
        break
    }
  }
  return disorder
}
