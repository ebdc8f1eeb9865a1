import { beforeEach, describe, expect, it } from 'vitest'
import type { Effect, Store } from '../../../src/store/index.ts'
import { type Given, ids, tokens, NOW } from './given.ts'

/** What a token allows: settling, with effects or without, and extending. */
export function describeTokens(given: Given): void {
  const { item, put, claim, claimIds } = given
  describe('tokens of a delay queue', () => {
    let store: Store
    beforeEach(() => {
      store = given.store()
    })

    describe('settle', () => {
      it('removes items, each token for itself', async () => {
        await put(item('a'), item('b'))
        const [a, b] = await claim({ leaseMs: 0 })
        await claim({ limit: 1 })
        expect(await store.settle([a!.token, b!.token, { ...b!.token, sequence: 999_999 }])).toEqual([
          'stale',
          'done',
          'gone',
        ])
        expect(await store.settle([b!.token, { ...b!.token, queue: 'nowhere' }])).toEqual(['gone', 'gone'])
        expect(ids(store.peek('orders', 10))).toEqual(['a'])
      })

      it('makes a new fence with every claim, so that an earlier token is stale', async () => {
        await put(item('a'))
        const fences = []
        for (let round = 0; round < 3; round++) fences.push((await claim({ leaseMs: 0 }))[0]!.token)
        expect(new Set(fences.map(({ fence }) => fence)).size).toBe(3)
        expect(await store.settle(fences)).toEqual(['stale', 'stale', 'done'])
      })

      it('accepts a token whose lease ended as long as nobody claimed again', async () => {
        await put(item('a'))
        const [claimed] = await claim({ leaseMs: 1 })
        await store.release('orders', NOW + 5_000)
        expect(await store.settle([claimed!.token])).toEqual(['done'])
      })

      it('counts the same token once', async () => {
        await put(item('a'))
        const [claimed] = await claim()
        expect(await store.settle([claimed!.token, claimed!.token])).toEqual(['done', 'gone'])
        expect(store.counts('orders', NOW)).toEqual({ ready: 0, inFlight: 0, delayed: 0 })
      })

      const effects: readonly Effect[] = [
        { kind: 'put', item: item('retry', { queue: 'retries', dueMs: NOW + 60_000 }) },
        { kind: 'put', item: item('again') },
        { kind: 'set', table: 'state', key: 'k', value: { done: true } },
        { kind: 'remove', table: 'state', key: 'old' },
        {
          kind: 'append',
          log: 'l',
          shard: 's',
          records: [{ key: 'r', data: Buffer.from('d'), atMs: NOW }],
        },
      ]

      it('applies effects with the removals when all tokens are valid', async () => {
        await store.set('state', 'old', 1)
        await put(item('a'), item('b'))
        expect(await store.settle(tokens(await claim()), effects)).toEqual(['done', 'done'])
        expect(ids(store.peek('orders', 10))).toEqual(['again'])
        expect(ids(store.peek('retries', 10))).toEqual(['retry'])
        expect(store.list('state')).toEqual([['k', { done: true }]])
        expect(store.read('l', 's', 0, 10)).toHaveLength(1)
      })

      it('does nothing at all when one token is not', async () => {
        await store.set('state', 'old', 1)
        await put(item('a'), item('b'))
        const [a, b] = await claim({ leaseMs: 0 })
        await claim({ limit: 1 })
        const outcomes = await store.settle([b!.token, a!.token], effects)
        expect(outcomes[1]).toBe('stale')
        expect(ids(store.peek('orders', 10))).toEqual(['a', 'b'])
        expect(store.peek('retries', 10)).toEqual([])
        expect(store.list('state')).toEqual([['old', 1]])
        expect(store.read('l', 's', 0, 10)).toEqual([])
      })

      it('does nothing at all when an effect fails', async () => {
        await put(item('a'))
        const bad: Effect = { kind: 'put', item: item('bad', { meta: { big: 1n as never } }) }
        const claimed = await claim()
        await expect(store.settle(tokens(claimed), [...effects, bad])).rejects.toThrow('BigInt')
        expect(ids(store.peek('orders', 10))).toEqual(['a'])
        expect(store.list('state')).toEqual([])
        expect(await store.settle(tokens(claimed))).toEqual(['done'])
      })

      it('applies effects alone, and large bodies among them', async () => {
        const large = Buffer.alloc(100_000, 'z')
        await store.apply([...effects, { kind: 'put', item: item('large', { queue: 'big', body: large }) }])
        expect(ids(store.peek('orders', 10))).toEqual(['again'])
        expect(Buffer.compare(store.peek('big', 1)[0]!.body, large)).toBe(0)
      })
    })

    describe('extend', () => {
      it('moves the due time and keeps the token valid', async () => {
        await put(item('a'))
        const [claimed] = await claim({ leaseMs: 10 })
        expect(await store.extend([{ token: claimed!.token, dueMs: NOW + 50 }])).toEqual(['done'])
        expect(await claimIds({ nowMs: NOW + 49 })).toEqual([])
        expect(await store.extend([{ token: claimed!.token, dueMs: 0 }])).toEqual(['done'])
        expect(store.counts('orders', NOW)).toEqual({ ready: 1, inFlight: 0, delayed: 0 })
        expect(await store.settle([claimed!.token])).toEqual(['done'])
      })

      it('refuses stale and gone tokens, each for itself', async () => {
        await put(item('a'), item('b'), item('c'))
        const [a, b, c] = await claim({ leaseMs: 0 })
        await claim({ limit: 1 })
        await store.settle([b!.token])
        const changes = [a!, b!, c!].map(({ token }) => ({ token, dueMs: NOW + 9 }))
        expect(await store.extend(changes)).toEqual(['stale', 'gone', 'done'])
        expect(store.peek('orders', 10).map(({ dueMs }) => dueMs)).toEqual([NOW + 30_000, NOW + 9])
      })
    })
  })
}
