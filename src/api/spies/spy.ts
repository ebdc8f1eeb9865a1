import { afterRealMs } from '../../system/index.ts'
import { NotSettledError, type Spy } from '../types.ts'
import type { Watched } from './recordings.ts'

const DEFAULT_WAIT_MS = 5_000

/** Makes a spy of something watched; each has its own place in the row for `next()` and `none()`. */
export function createSpy<Item>(watched: Watched<Item>, settle: () => Promise<void>): Spy<Item> {
  let position = 0

  function take(): Item | undefined {
    const found = watched.after(position)
    if (!found) return undefined
    position = found.position
    return found.item
  }

  return {
    messages: () => watched.all(),
    next: ({ timeoutMs = DEFAULT_WAIT_MS } = {}) =>
      new Promise((resolve, reject) => {
        const look = (): boolean => {
          const item = take()
          if (item === undefined) return false
          unsubscribe()
          cancel()
          resolve(item)
          return true
        }
        const unsubscribe = watched.subscribe(look)
        const cancel = afterRealMs(timeoutMs, () => {
          unsubscribe()
          reject(new Error(nothingCame(watched, position, timeoutMs)))
        })
        look()
      }),
    async none() {
      try {
        await settle()
      } catch (error) {
        // What waits for a clock that stands still has not come.
        if (!(error instanceof NotSettledError && error.waitsForClock)) throw error
      }
      const found = watched.after(position)
      if (found)
        throw new Error(`expected nothing more in ${watched.label}, but there is ${shown(found.item)}`)
    },
  }
}

function nothingCame(watched: Watched<unknown>, position: number, timeoutMs: number): string {
  const seen = watched.all().length
  const before = position === 0 ? '' : `; ${seen} came before`
  return `nothing${position === 0 ? '' : ' more'} came to ${watched.label} within ${timeoutMs} ms${before}`
}

const shown = (item: unknown): string => {
  const text = JSON.stringify(item) ?? String(item)
  return text.length > 500 ? `${text.slice(0, 500)} ...` : text
}
