import { beforeEach, describe, expect, it } from 'vitest'
import type { NewItem, Store } from '../../../src/store/index.ts'
import { type Given, ids, tokens, NOW } from './given.ts'

/** A second item with the same key is dropped as long as the key holds. */
export function describeDeduplication(given: Given): void {
  const { item, claim } = given
  describe('deduplication', () => {
    let store: Store
    beforeEach(() => {
      store = given.store()
    })

    const keyed = (id: string, atMs: number, more: Partial<NewItem> = {}): NewItem =>
      item(id, { enqueuedMs: atMs, deduplication: { key: 'k', untilMs: atMs + 300 }, ...more })

    it('drops a second item with the same key and answers with the first', async () => {
      const [first] = await store.put([keyed('a', NOW)])
      expect(first).toEqual({ kind: 'stored', sequence: first!.sequence })
      expect(await store.put([keyed('b', NOW + 299), keyed('c', NOW + 299)])).toEqual([
        { kind: 'duplicate', id: 'a', sequence: first!.sequence },
        { kind: 'duplicate', id: 'a', sequence: first!.sequence },
      ])
      expect(ids(store.peek('orders', 10))).toEqual(['a'])
    })

    it('does so within one call, and after the first was settled', async () => {
      const [first, second] = await store.put([keyed('a', NOW), keyed('b', NOW)])
      expect(second).toEqual({ kind: 'duplicate', id: 'a', sequence: first!.sequence })
      await store.settle(tokens(await claim()))
      expect(await store.put([keyed('c', NOW + 1)])).toEqual([second])
      expect(store.counts('orders', NOW)).toEqual({ ready: 0, inFlight: 0, delayed: 0 })
    })

    it('ends at its time, counted from the first item', async () => {
      await store.put([keyed('a', NOW)])
      await store.put([keyed('b', NOW + 299)])
      const [third] = await store.put([keyed('c', NOW + 300)])
      expect(third?.kind).toBe('stored')
      expect((await store.put([keyed('d', NOW + 599)]))[0]).toMatchObject({ kind: 'duplicate', id: 'c' })
    })

    it('counts per queue and per key', async () => {
      const results = await store.put([
        keyed('a', NOW),
        keyed('b', NOW, { queue: 'other' }),
        keyed('c', NOW, { deduplication: { key: 'K', untilMs: NOW + 1 } }),
        keyed('d', NOW, { deduplication: { key: 'k'.repeat(128), untilMs: NOW + 1 } }),
      ])
      expect(results.map(({ kind }) => kind)).toEqual(['stored', 'stored', 'stored', 'stored'])
    })

    it('forgets all keys with a purge', async () => {
      await store.put([keyed('a', NOW)])
      await store.purge('orders')
      expect((await store.put([keyed('b', NOW)]))[0]?.kind).toBe('stored')
    })

    it('keeps keys that hold while many others end', async () => {
      await store.put([keyed('long', NOW, { deduplication: { key: 'long', untilMs: NOW + 1e9 } })])
      for (let round = 0; round < 20; round++) {
        await store.put([
          keyed(`m-${round}`, NOW + round * 1_000, {
            deduplication: { key: `${round}`, untilMs: NOW + round * 1_000 + 1 },
          }),
        ])
      }
      const late = keyed('late', NOW + 30_000, { deduplication: { key: 'long', untilMs: NOW + 2e9 } })
      expect((await store.put([late]))[0]).toMatchObject({ kind: 'duplicate', id: 'long' })
      // The same key again and again: an old end must not take the new key with it.
      await store.put([keyed('x', NOW + 40_000), keyed('x', NOW + 40_300)])
      expect((await store.put([keyed('y', NOW + 40_301)]))[0]?.kind).toBe('duplicate')
    })
  })
}
