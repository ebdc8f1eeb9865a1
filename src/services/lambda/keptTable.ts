import type { Effect, Store } from '../../store/index.ts'
import type { JsonValue } from '../../system/index.ts'

/** A small table of the store, held in memory as well: what every invocation may ask for must cost nothing. */
export interface KeptTable<Value> {
  get(key: string): Value | undefined
  /** Entries whose keys start with `prefix`, in key order. */
  list(prefix: string): [string, Value][]
  /** Changes for {@link makeChanges}. */
  setting(key: string, value: Value): Change
  removing(key: string): Change
  /** Of all entries whose keys start with `prefix`. */
  removingAll(prefix: string): Change[]
  /** Resolves once it is durable; readers see it then. */
  set(key: string, value: Value): Promise<void>
  remove(key: string): Promise<void>
  /** Reads the store again, after it was emptied from outside. */
  reload(): void
}

/** A change that is not made yet: what the store is told, and what readers see once that is durable. */
export interface Change {
  readonly effect: Effect
  readonly show: () => void
}

/** Makes changes of any tables of a store, all or none; resolves once they are durable. */
export async function makeChanges(store: Store, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return
  await store.apply(changes.map(({ effect }) => effect))
  for (const { show } of changes) show()
}

/** Opens a table; `Value` is what its only writer, this object, has put there. */
export function keptTable<Value extends JsonValue>(store: Store, table: string): KeptTable<Value> {
  const read = (): Map<string, Value> => new Map(store.list(table) as [string, Value][])
  let entries = read()

  const list = (prefix: string): [string, Value][] =>
    [...entries].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1))
  const setting = (key: string, value: Value): Change => ({
    effect: { kind: 'set', table, key, value },
    show: () => void entries.set(key, value),
  })
  const removing = (key: string): Change => ({
    effect: { kind: 'remove', table, key },
    show: () => void entries.delete(key),
  })

  return {
    get: (key) => entries.get(key),
    list,
    setting,
    removing,
    removingAll: (prefix) => list(prefix).map(([key]) => removing(key)),
    set: (key, value) => makeChanges(store, [setting(key, value)]),
    remove: (key) => makeChanges(store, [removing(key)]),
    reload() {
      entries = read()
    },
  }
}
