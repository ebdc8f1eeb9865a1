import type { StoredBody } from './bodies.ts'
import type { Ground } from './ground.ts'
import { safeName, spacePrefix } from './keys.ts'
import type { Transaction } from './keyValue.ts'

/**
 * The binary body of a table's entry is `o <table's id> <key>`, beside the entry: so a list reads none of them. Its
 * first byte says whether the rest is the body itself or the name of its file.
 */
const BODY = 111
const INLINE = 0
const IN_FILE = 1

const bodyKey = (tableId: number, key: string): string => spacePrefix(BODY, tableId) + safeName(key)

/** Gives an entry another body, or none; the one before goes with the commit. */
export function setBody(
  ground: Ground,
  tx: Transaction,
  tableId: number,
  key: string,
  body: StoredBody | undefined,
): void {
  const at = bodyKey(tableId, key)
  const before = tx.get(at)
  if (before?.[0] === IN_FILE) ground.bodies.release(tx, before.toString('latin1', 1))
  if (body) {
    ground.bodies.keep(tx, body)
    tx.put(at, encode(body))
  } else if (before) tx.remove(at)
}

/** An entry's body: a copy. */
export function bodyAt(ground: Ground, table: string, key: string): Uint8Array | undefined {
  const tableId = ground.names.committed('t', table)
  if (tableId === undefined) return undefined
  const record = ground.keyValue.get(bodyKey(tableId, key))
  return record && ground.bodies.read(record.subarray(1), record[0] === IN_FILE)
}

function encode(body: StoredBody): Buffer {
  const tail = 'inline' in body ? body.inline : Buffer.from(body.file, 'latin1')
  const record = Buffer.allocUnsafe(1 + tail.length)
  record[0] = 'inline' in body ? INLINE : IN_FILE
  record.set(tail, 1)
  return record
}
