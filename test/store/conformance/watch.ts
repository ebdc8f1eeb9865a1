import { beforeEach, describe, expect, it } from 'vitest'
import type { ClaimedItem, Effect, Store } from '../../../src/store/index.ts'
import { type Given, tokens, NOW } from './given.ts'

/** Who watches a queue hears of every change that may bring its next due time forward. */
export function describeWatch(given: Given): void {
  const { item, put, claim, claimIds } = given
  describe('watching a delay queue', () => {
    let store: Store
    beforeEach(() => {
      store = given.store()
    })

    let calls: string[]
    const watch = (queue: string): (() => void) => store.watch(queue, () => calls.push(queue))
    const callsOf = async (change: () => Promise<unknown>): Promise<string[]> => {
      calls = []
      await change()
      return [...new Set(calls)]
    }

    it('calls after put, extend, release, settle of a head, and overflow, on the right queue', async () => {
      watch('orders')
      watch('dead')
      expect(await callsOf(() => put(item('a', { group: 'g' }), item('b', { group: 'g' })))).toEqual([
        'orders',
      ])
      const [first] = await claim({ limit: 1 })
      expect(await callsOf(() => store.extend([{ token: first!.token, dueMs: NOW }]))).toEqual(['orders'])
      const [again] = await claim({ limit: 1 })
      expect(await callsOf(() => store.release('orders', NOW))).toEqual(['orders'])
      expect(await callsOf(() => store.settle([again!.token]))).toEqual(['orders'])
      const overflow = { maxClaims: 0, queue: 'dead', meta: {} }
      expect(await callsOf(() => claim({ overflow }))).toEqual(['dead'])
      const effect: Effect = { kind: 'put', item: item('c') }
      expect(await callsOf(() => store.apply([effect]))).toEqual(['orders'])
    })

    it('stays silent where nothing can have come forward', async () => {
      await put(item('a'), item('b'))
      watch('orders')
      let claimed: ClaimedItem[] = []
      expect(await callsOf(async () => (claimed = await claim()))).toEqual([])
      expect(await callsOf(() => store.extend([{ token: claimed[0]!.token, dueMs: NOW + 1e6 }]))).toEqual([])
      expect(await callsOf(() => store.settle(tokens(claimed)))).toEqual([])
      expect(await callsOf(() => store.put([item('x', { queue: 'other' })]))).toEqual([])
      expect(
        await callsOf(() => store.put([item('bad', { meta: { big: 1n as never } })]).catch(() => {})),
      ).toEqual([])
    })

    it('sees the change that it is called for, and may change the store itself', async () => {
      const seen = new Promise<string[]>((resolve) => {
        store.watch('orders', () => {
          expect(store.counts('orders', NOW).ready).toBe(1)
          resolve(claimIds())
        })
      })
      await put(item('a'))
      expect(await seen).toEqual(['a'])
    })

    it('lets everybody hear, also when a listener throws, until they stop listening', async () => {
      const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
      calls = []
      const stop = store.watch('orders', () => {
        calls.push('thrower')
        throw new Error('listener broke')
      })
      const listener = (): void => void calls.push('listener')
      const stopOne = store.watch('orders', listener)
      const stopOther = store.watch('orders', listener)
      await put(item('a'))
      expect(calls).toEqual(['thrower', 'listener', 'listener'])
      expect((await warned).message).toBe('listener broke')
      stop()
      stopOne()
      stopOne()
      await put(item('b'))
      expect(calls).toEqual(['thrower', 'listener', 'listener', 'listener'])
      stopOther()
      await put(item('c'))
      expect(calls).toHaveLength(4)
    })
  })
}
