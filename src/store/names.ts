import { endOfPrefix, safeName } from './keys.ts'
import type { KeyValue, Transaction } from './keyValue.ts'
import { numberIn, numberValue } from './numberValue.ts'

export const NAMES_COUNTER = 'm-names'

/** What has a name: a queue, a shard of a log, a table. */
export type NameKind = 'q' | 's' | 't'

/**
 * Gives every queue, shard and table a short id, which is what keys are made of: a name may have any length and any
 * characters. The ids seen by transactions are remembered, and forgotten when one is undone.
 */
export class Names {
  readonly #committed: KeyValue
  readonly #known = new Map<string, number>()

  constructor(committed: KeyValue) {
    this.#committed = committed
  }

  /** The id, made now if there is none. */
  give(tx: Transaction, kind: NameKind, name: string): number {
    return this.find(tx, kind, name) ?? this.renew(tx, kind, name)
  }

  /** The id, or `undefined` if the name was never used. */
  find(tx: Transaction, kind: NameKind, name: string): number | undefined {
    const known = this.#known.get(kind + name)
    if (known) return known
    const id = idIn(tx.get(nameKey(kind, name)))
    if (id) this.#known.set(kind + name, id)
    return id
  }

  /** A new id for the name: whatever lies under the old one is no longer its. */
  renew(tx: Transaction, kind: NameKind, name: string): number {
    const id = numberIn(tx.get(NAMES_COUNTER)) + 1
    tx.put(NAMES_COUNTER, numberValue(id))
    tx.put(nameKey(kind, name), Buffer.from(JSON.stringify([id, name])))
    this.#known.set(kind + name, id)
    return id
  }

  /**
   * The id for reading what is committed. Not remembered here: it may be about to change in a transaction whose commit
   * is on its way.
   */
  committed(kind: NameKind, name: string): number | undefined {
    return this.#known.get(kind + name) ?? idIn(this.#committed.get(nameKey(kind, name)))
  }

  /** All names of a kind that start with `prefix`, sorted, with their ids. */
  list(kind: NameKind, prefix: string): [name: string, id: number][] {
    const start = `n${kind}`
    return this.#committed
      .entries(start, endOfPrefix(start), Infinity)
      .map(([, value]): [string, number] => {
        const [id, name] = named(value)
        return [name, id]
      })
      .filter(([name]) => name.startsWith(prefix))
      .sort(([left], [right]) => (left < right ? -1 : 1))
  }

  /** What must outlive a clear: an id is never given twice, since what lay under an old one may still be cleared. */
  reservation(): [string, Buffer][] {
    const counter = this.#committed.get(NAMES_COUNTER)
    return counter ? [[NAMES_COUNTER, Buffer.from(counter)]] : []
  }

  /** Writes were undone: what was learned from them may be wrong. */
  forget(): void {
    this.#known.clear()
  }
}

const nameKey = (kind: NameKind, name: string): string => `n${kind}${safeName(name)}`

const named = (value: Buffer): [id: number, name: string] => JSON.parse(value.toString()) as [number, string]

/** The id that a name's value holds. */
export const idInName = (value: Buffer): number => named(value)[0]

const idIn = (value: Buffer | undefined): number | undefined => value && idInName(value)
