import { beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../../src/store/index.ts'
import { type Given, NOW } from './given.ts'

/** Items of one group are claimed in order of arrival, up to the first that is not claimable. */
export function describeGroups(given: Given): void {
  const { item, put, claim, claimIds } = given
  describe('groups of a delay queue', () => {
    let store: Store
    beforeEach(() => {
      store = given.store()
    })

    it('offers a group in order of arrival up to the first item that is not claimable', async () => {
      await put(
        item('a1', { group: 'a' }),
        item('a2', { group: 'a', dueMs: NOW + 10 }),
        item('a3', { group: 'a' }),
        item('b1', { group: 'b' }),
        item('alone'),
      )
      expect(await claimIds()).toEqual(['a1', 'b1', 'alone'])
      expect(await claimIds()).toEqual([])
      expect(await claimIds({ nowMs: NOW + 10 })).toEqual([])
    })

    it('takes several items of a group in one claim', async () => {
      await put(
        item('a1', { group: 'a' }),
        item('b1', { group: 'b' }),
        item('a2', { group: 'a' }),
        item('a3', { group: 'a' }),
      )
      expect(await claimIds({ limit: 3 })).toEqual(['a1', 'a2', 'a3'])
      expect(await claimIds()).toEqual(['b1'])
    })

    it('blocks behind a claimed head, and goes on when it is settled', async () => {
      await put(item('a1', { group: 'a' }), item('a2', { group: 'a' }), item('a3', { group: 'a' }))
      const [head] = await claim({ limit: 1 })
      expect(await claimIds()).toEqual([])
      expect(store.nextDueMs('orders')).toBe(NOW + 30_000)
      await store.settle([head!.token])
      expect(store.nextDueMs('orders')).toBe(NOW)
      expect(await claimIds()).toEqual(['a2', 'a3'])
    })

    it('offers the head again, and those behind it, when the lease ended', async () => {
      await put(item('a1', { group: 'a' }), item('a2', { group: 'a' }))
      await claim({ limit: 1, leaseMs: 10 })
      expect(await claimIds({ nowMs: NOW + 10 })).toEqual(['a1', 'a2'])
    })

    it('stays blocked by the head when a later one is settled or given back', async () => {
      await put(
        item('a1', { group: 'a' }),
        item('a2', { group: 'a' }),
        item('a3', { group: 'a' }),
        item('a4', { group: 'a' }),
      )
      const [first, second, third] = await claim({ limit: 3 })
      await store.settle([second!.token])
      await store.extend([{ token: third!.token, dueMs: NOW }])
      expect(await claimIds()).toEqual([])
      await store.extend([{ token: first!.token, dueMs: NOW }])
      expect(await claimIds()).toEqual(['a1', 'a3', 'a4'])
    })

    it('follows its head when that is extended', async () => {
      await put(item('a1', { group: 'a' }), item('a2', { group: 'a' }))
      const [head] = await claim({ limit: 1, leaseMs: 10 })
      await store.extend([{ token: head!.token, dueMs: NOW + 50 }])
      expect(await claimIds({ nowMs: NOW + 49 })).toEqual([])
      expect(store.nextDueMs('orders')).toBe(NOW + 50)
      expect(await claimIds({ nowMs: NOW + 50 })).toEqual(['a1', 'a2'])
    })

    it('is not held back by a moved head', async () => {
      await put(item('a1', { group: 'a', claims: 3 }), item('a2', { group: 'a' }))
      expect(await claimIds({ overflow: { maxClaims: 3, queue: 'dead', meta: {} } })).toEqual(['a2'])
      expect(store.peek('dead', 1)[0]).toMatchObject({ id: 'a1', group: 'a' })
    })

    it('keeps groups with look-alike names apart', async () => {
      const groups = ['a', 'a\0', 'a\0b', '', '\ud800', '\udfff', 'x'.repeat(128), `${'x'.repeat(127)}y`]
      await put(
        ...groups.flatMap((group, index) => [item(`${index}-1`, { group }), item(`${index}-2`, { group })]),
      )
      expect(await claimIds({ limit: 20 })).toHaveLength(16)
    })

    it('counts the items behind a head by their own state', async () => {
      await put(
        item('a1', { group: 'a' }),
        item('a2', { group: 'a' }),
        item('a3', { group: 'a', dueMs: NOW + 10 }),
      )
      expect(store.counts('orders', NOW)).toEqual({ ready: 2, inFlight: 0, delayed: 1 })
      await claim({ limit: 1 })
      expect(store.counts('orders', NOW)).toEqual({ ready: 1, inFlight: 1, delayed: 1 })
      expect(store.counts('orders', NOW + 10)).toEqual({ ready: 2, inFlight: 1, delayed: 0 })
    })
  })
}
