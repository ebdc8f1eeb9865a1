import type { Ground } from './ground.ts'
import { fileOf } from './itemRecord.ts'
import { endOfPrefix } from './keys.ts'
import type { Transaction } from './keyValue.ts'
import { NOTHING, numberIn } from './numberValue.ts'
import { SPACE, spaceOf, totalKey } from './queueKeys.ts'

/** What lies under the id of a purged queue, still to be cleared away. */
const MARK = 'm-purged-'

/** How many keys one transaction clears away. */
const CHUNK = 1_000

/**
 * Empties a queue at once, however long it is: its name gets a new id, and what lies under the old one is cleared
 * away afterwards, or after the next start. Answers how many items went.
 */
export async function purgeQueue(ground: Ground, queue: string): Promise<number> {
  const purged = await ground.keyValue.transact((tx) => {
    const id = ground.names.find(tx, 'q', queue)
    if (id === undefined) return undefined
    ground.names.renew(tx, 'q', queue)
    tx.put(MARK + id, NOTHING)
    return { id, total: numberIn(tx.get(totalKey(id))) }
  })
  if (!purged) return 0
  clearInBackground(ground, purged.id)
  return purged.total
}

/** Goes on where an earlier process ended. */
export function resumePurges(ground: Ground): void {
  for (const key of ground.keyValue.keys(MARK, endOfPrefix(MARK), Infinity)) {
    clearInBackground(ground, Number(key.slice(MARK.length)))
  }
}

function clearInBackground(ground: Ground, id: number): void {
  // Closed or out of disk space meanwhile: nobody can see these keys any more, and the mark makes the next start go on.
  clearId(ground, id).catch(() => {})
}

async function clearId(ground: Ground, id: number): Promise<void> {
  for (const space of Object.values(SPACE)) {
    let cleared: number
    do {
      cleared = await ground.keyValue.transact((tx) => clearSome(ground, tx, space, id))
    } while (cleared === CHUNK)
  }
  await ground.keyValue.transact((tx) => tx.remove(MARK + id))
}

function clearSome(ground: Ground, tx: Transaction, space: number, id: number): number {
  const { start, end } = spaceOf(space, id)
  const keys = tx.keys(start, end, CHUNK)
  for (const key of keys) {
    const record = space === SPACE.item ? tx.get(key) : undefined
    const file = record && fileOf(record)
    if (file !== undefined) ground.bodies.release(tx, file)
    tx.remove(key)
  }
  return keys.length
}
