import type { JsonValue } from '../system/index.ts'
import type { StoredBody } from './bodies.ts'
import type { Ground } from './ground.ts'
import { compareKeys, orderedText, PREFIX_LENGTH, spacePrefix, textOf } from './keys.ts'
import type { Transaction } from './keyValue.ts'
import { setBody } from './tableBodies.ts'

/**
 * An entry is `t <table's id> <key>` with the value as JSON. Keys that are longer than this share one entry per
 * beginning, which holds them all in order, so any length works and the order stays exact.
 */
const LONGEST_PLAIN_KEY = 1_000

/** The letter t. */
const ENTRY = 116

/** Ends the key of a shared entry; occurs in no other (see `orderedText`), and sorts behind the beginning itself. */
const SHARED = '\xfe'

type Entry = [key: string, value: JsonValue]

/** The stored key under which `key` is found, and the first one at which anything not before `key` may be. */
export function entryKey(tableId: number, key: string): string {
  const ordered = orderedText(key)
  if (ordered.length <= LONGEST_PLAIN_KEY) return spacePrefix(ENTRY, tableId) + ordered
  return spacePrefix(ENTRY, tableId) + ordered.slice(0, LONGEST_PLAIN_KEY) + SHARED
}

/** The end of the stored keys at which anything that begins with `prefix` may be. */
export const endOfEntries = (tableId: number, prefix: string): string =>
  `${spacePrefix(ENTRY, tableId)}${orderedText(prefix).slice(0, LONGEST_PLAIN_KEY)}\xff`

export function setEntry(
  ground: Ground,
  tx: Transaction,
  table: string,
  key: string,
  value: JsonValue,
  body?: StoredBody,
): void {
  const tableId = ground.names.give(tx, 't', table)
  setBody(ground, tx, tableId, key, body)
  const stored = entryKey(tableId, key)
  if (!isShared(stored)) {
    tx.put(stored, encode(value))
    return
  }
  const others = sharedIn(tx.get(stored)).filter(([other]) => other !== key)
  tx.put(stored, encode([...others, [key, value] satisfies Entry].sort(byKey)))
}

export function removeEntry(ground: Ground, tx: Transaction, table: string, key: string): void {
  const tableId = ground.names.find(tx, 't', table)
  if (tableId === undefined) return
  setBody(ground, tx, tableId, key, undefined)
  const stored = entryKey(tableId, key)
  const others = isShared(stored) ? sharedIn(tx.get(stored)).filter(([other]) => other !== key) : []
  if (others.length > 0) tx.put(stored, encode(others))
  else tx.remove(stored)
}

export function valueAt(ground: Ground, table: string, key: string): JsonValue | undefined {
  const tableId = ground.names.committed('t', table)
  if (tableId === undefined) return undefined
  const stored = entryKey(tableId, key)
  const value = ground.keyValue.get(stored)
  if (!value) return undefined
  return isShared(stored) ? sharedIn(value).find(([other]) => other === key)?.[1] : decode(value)
}

/** The entries behind one stored key, in order. */
export function entriesIn(stored: string, value: Buffer): Entry[] {
  return isShared(stored) ? sharedIn(value) : [[textOf(stored.slice(PREFIX_LENGTH)), decode(value)]]
}

const isShared = (stored: string): boolean => stored.endsWith(SHARED)
const byKey = ([left]: Entry, [right]: Entry): number => compareKeys(left, right)
const encode = (value: JsonValue): Buffer => Buffer.from(JSON.stringify(value))
const decode = (value: Buffer): JsonValue => JSON.parse(value.toString()) as JsonValue

function sharedIn(value: Buffer | undefined): Entry[] {
  return value ? (JSON.parse(value.toString()) as Entry[]) : []
}
