import { beforeEach, describe, expect, it } from 'vitest'
import { type Store, StoreClosedError } from '../../../src/store/index.ts'
import { type Given, NOW } from './given.ts'

/** Emptying and closing a store. */
export function describeLife(given: Given): void {
  const { item, put, claim } = given
  describe('its life', () => {
    let store: Store
    beforeEach(() => {
      store = given.store()
    })

    it('removes everything with clear, and gives no number twice', async () => {
      const [sequence] = await put(
        item('a', { deduplication: { key: 'k', untilMs: NOW + 1e6 } }),
        item('big', { body: Buffer.alloc(70_000) }),
      )
      const [claimed] = await claim()
      await store.append('l', 's', [{ key: 'k', data: Buffer.from('d'), atMs: NOW }])
      await store.set('t', 'k', 1)
      await store.clear()
      expect(store.queueNames('')).toEqual([])
      expect(store.counts('orders', NOW)).toEqual({ ready: 0, inFlight: 0, delayed: 0 })
      expect(store.read('l', 's', 0, 1)).toEqual([])
      expect(store.list('t')).toEqual([])
      const [again] = await store.put([item('a', { deduplication: { key: 'k', untilMs: NOW + 1e6 } })])
      expect(again?.kind).toBe('stored')
      expect(again!.sequence).toBeGreaterThan(sequence!)
      expect((await claim())[0]!.token.fence).toBeGreaterThan(claimed!.token.fence)
      expect(await store.settle([claimed!.token])).toEqual(['gone'])
    })

    it('finishes what was asked for before it closes, and refuses what comes after', async () => {
      const pending = store.put([item('a')])
      await store.close()
      expect((await pending)[0]?.kind).toBe('stored')
      await expect(store.put([item('b')])).rejects.toBeInstanceOf(StoreClosedError)
      await expect(store.clear()).rejects.toThrow('The store is closed')
      expect(() => store.peek('orders', 1)).toThrow('The store is closed')
      await store.close()
    })
  })
}
