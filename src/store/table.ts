import type { JsonValue } from '../system/index.ts'
import { withStagedBodies } from './bodies.ts'
import type { Ground } from './ground.ts'
import { bodyAt } from './tableBodies.ts'
import { endOfEntries, entriesIn, entryKey, removeEntry, setEntry, valueAt } from './tableEntries.ts'
import type { Tables } from './types.ts'

/** How many stored entries a list reads at once. */
const CHUNK = 1_000

/** Tables: JSON values by key, some with a binary body. */
export function createTables(ground: Ground): Tables {
  const { keyValue, names } = ground

  return {
    get: (table, key) => valueAt(ground, table, key),
    body: (table, key) => bodyAt(ground, table, key),
    set: (table, key, value, body) =>
      withStagedBodies(ground.bodies, body ? [body] : [], ([staged]) =>
        keyValue.transact((tx) => setEntry(ground, tx, table, key, value, staged)),
      ),
    remove: (table, key) => keyValue.transact((tx) => removeEntry(ground, tx, table, key)),

    list(table, { prefix = '', after, limit = Infinity } = {}) {
      const tableId = names.committed('t', table)
      const found: [string, JsonValue][] = []
      if (tableId === undefined) return found
      const end = endOfEntries(tableId, prefix)
      let start = entryKey(tableId, after !== undefined && after > prefix ? after : prefix)
      while (found.length < limit) {
        const size = Math.min(limit - found.length + 1, CHUNK)
        const chunk = keyValue.entries(start, end, size)
        for (const [stored, value] of chunk) {
          for (const entry of entriesIn(stored, value)) {
            const isWanted = entry[0].startsWith(prefix) && (after === undefined || entry[0] > after)
            if (isWanted && found.length < limit) found.push(entry)
          }
        }
        if (chunk.length < size) break
        start = `${chunk.at(-1)?.[0]}\0`
      }
      return found
    },
  }
}
