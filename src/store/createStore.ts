import { join } from 'node:path'
import { createIds } from '../system/index.ts'
import { type Bodies, createFileBodies, createInlineBodies } from './bodies.ts'
import { createDelayQueues } from './delayQueue.ts'
import { applyEffects, withStagedEffects } from './effects.ts'
import { lockFolder } from './folderLock.ts'
import type { Ground } from './ground.ts'
import { createKeyValue } from './groupCommit.ts'
import type { Backing, CommittedReader } from './keyValue.ts'
import { createLogs } from './log.ts'
import { createMemoryBacking } from './memoryKeyValue.ts'
import { Names } from './names.ts'
import { Numbers } from './numbers.ts'
import { openBacking, type OpenOptions } from './openBacking.ts'
import { resumePurges } from './purge.ts'
import { Signals } from './signals.ts'
import { createTables } from './table.ts'
import type { Store } from './types.ts'

/** A store in this process's memory, gone with it. */
export function createMemoryStore(): Store {
  return createStore(createMemoryBacking(), createInlineBodies, () => {})
}

/**
 * Opens the durable store in a folder, which is created if need be. Rejects with a `StoreInUseError` when another
 * live process uses it, and with a `StoreCorruptError` when a file in it is damaged.
 * @example
 * const store = await openStore({ directory: '.lambent' })
 */
export async function openStore(options: OpenOptions): Promise<Store> {
  const { directory } = options
  const unlock = lockFolder(directory)
  let backing: Backing | undefined
  try {
    backing = await openBacking(options)
    const openBodies = (committed: CommittedReader): Bodies =>
      createFileBodies(join(directory, 'bodies'), createIds(), committed)
    return createStore(backing, openBodies, unlock)
  } catch (error) {
    await backing?.close()
    unlock()
    throw error
  }
}

function createStore(
  backing: Backing,
  openBodies: (committed: CommittedReader) => Bodies,
  onClosed: () => void,
): Store {
  const keyValue = createKeyValue(backing, () => {
    names.forget()
    numbers.forget()
  })
  const names = new Names(keyValue)
  const numbers = new Numbers(keyValue)
  const bodies = openBodies(keyValue)
  const ground: Ground = { keyValue, names, numbers, bodies, signals: new Signals() }
  resumePurges(ground)

  return {
    ...createDelayQueues(ground),
    ...createLogs(ground),
    ...createTables(ground),
    apply: (effects) =>
      withStagedEffects(ground, effects, (staged) =>
        keyValue.transact((tx) => applyEffects(ground, tx, staged)),
      ),
    async clear() {
      await keyValue.clear(() => [numbers.reservation(), ...names.reservation()])
      bodies.sweep()
    },
    async close() {
      await bodies.idle()
      await keyValue.close()
      await bodies.idle()
      onClosed()
    },
  }
}
