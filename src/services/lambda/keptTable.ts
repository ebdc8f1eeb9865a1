import type { Store } from '../../store/index.ts'
import type { JsonValue } from '../../system/index.ts'

/** A small table of the store, held in memory as well: what every invocation may ask for must cost nothing. */
export interface KeptTable<Value> {
  get(key: string): Value | undefined
  /** Entries whose keys start with `prefix`, in key order. */
  list(prefix: string): [string, Value][]
  /** Resolves once it is durable; readers see it then. */
  set(key: string, value: Value): Promise<void>
  remove(key: string): Promise<void>
  /** Reads the store again, after it was emptied from outside. */
  reload(): void
}

/** Opens a table; `Value` is what its only writer, this object, has put there. */
export function keptTable<Value extends JsonValue>(store: Store, table: string): KeptTable<Value> {
  const read = (): Map<string, Value> => new Map(store.list(table) as [string, Value][])
  let entries = read()
  return {
    get: (key) => entries.get(key),
    list: (prefix) =>
      [...entries].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1)),
    async set(key, value) {
      await store.set(table, key, value)
      entries.set(key, value)
    },
    async remove(key) {
      await store.remove(table, key)
      entries.delete(key)
    },
    reload() {
      entries = read()
    },
  }
}
