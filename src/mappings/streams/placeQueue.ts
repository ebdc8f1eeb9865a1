type Subscribe = (listener: () => void) => () => void

/**
 * Lets those who wait for a free place know one by one, the first that came first: a place that becomes free is for one,
 * and all others would be refused again. `onPlaceFreed` is listened to while somebody waits.
 */
export function placeQueue(onPlaceFreed: Subscribe): Subscribe {
  const waiting = new Set<() => void>()
  let unsubscribe: (() => void) | undefined

  function wakeFirst(): void {
    const [first] = waiting
    if (first && waiting.delete(first)) first()
  }

  return (listener) => {
    const wait = (): void => listener()
    waiting.add(wait)
    unsubscribe ??= onPlaceFreed(wakeFirst)
    return () => {
      waiting.delete(wait)
      if (waiting.size > 0) return
      unsubscribe?.()
      unsubscribe = undefined
    }
  }
}
