import { SortedMap } from '../system/index.ts'
import type { Backing } from './keyValue.ts'
import { compareKeys } from './keys.ts'

/** Holds everything in this process's memory: for tests and `--ephemeral`. */
export function createMemoryBacking(): Backing {
  const entries = new SortedMap<string, Buffer>(undefined, compareKeys)

  function visit(
    start: string,
    end: string,
    limit: number,
    onEntry: (key: string, value: Buffer) => void,
  ): void {
    let left = limit
    if (left <= 0) return
    entries.forRange(start, end, false, (key, value) => {
      onEntry(key, value)
      left--
      return left > 0 ? undefined : { break: true }
    })
  }

  return {
    get: (key) => entries.get(key),
    keys(start, end, limit, from = start) {
      const keys: string[] = []
      visit(from, end, limit, (key) => keys.push(key))
      return keys
    },
    entries(start, end, limit) {
      const found: [string, Buffer][] = []
      visit(start, end, limit, (key, value) => found.push([key, Buffer.from(value)]))
      return found
    },
    count: (start, end) => entries.forRange(start, end, false),
    async commit({ added, changed }) {
      for (const [key, value] of added) entries.set(key, value)
      for (const [key, value] of changed) {
        if (value) entries.set(key, value)
        else entries.delete(key)
      }
    },
    async clear(keep) {
      entries.clear()
      for (const [key, value] of keep) entries.set(key, value)
    },
    async close() {
      entries.clear()
    },
  }
}
