import { beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../../src/store/index.ts'
import { type Given, ids, text, tokens, NOW } from './given.ts'

/** What becomes of items: put, claim, release, peek, purge, counts. */
export function describeItems(given: Given): void {
  const { item, put, claim, claimIds } = given
  describe('delay queue', () => {
    let store: Store
    beforeEach(() => {
      store = given.store()
    })

    it('gives back what was put, with all it was put with', async () => {
      const [sequence] = await put(
        item('m-1', {
          meta: { sender: 'me', nested: { list: [1, null] } },
          enqueuedMs: NOW - 5,
          claims: 3,
          firstClaimedMs: NOW - 2,
        }),
      )
      const [claimed] = await claim()
      expect(claimed).toMatchObject({
        queue: 'orders',
        id: 'm-1',
        sequence,
        meta: { sender: 'me', nested: { list: [1, null] } },
        enqueuedMs: NOW - 5,
        dueMs: NOW + 30_000,
        claims: 4,
        firstClaimedMs: NOW - 2,
        token: { queue: 'orders', sequence },
      })
      expect(claimed?.group).toBeUndefined()
      expect(text(claimed!.body)).toBe('body of m-1')
    })

    it('counts claims and remembers the first one', async () => {
      await put(item('a'))
      expect(store.peek('orders', 1)[0]).toMatchObject({ claims: 0, firstClaimedMs: undefined })
      await claim({ leaseMs: 10 })
      const [again] = await claim({ nowMs: NOW + 10 })
      expect(again).toMatchObject({ claims: 2, firstClaimedMs: NOW })
    })

    it('numbers items in order of arrival, ascending over put calls, and never gives a number twice', async () => {
      const first = await put(item('a'), item('b'))
      await store.settle(tokens(await claim()))
      const second = await put(item('c'))
      await store.purge('orders')
      const third = await put(item('d'))
      const all = [...first, ...second, ...third]
      expect(all).toEqual(all.toSorted((left, right) => left - right))
      expect(new Set(all).size).toBe(4)
    })

    it('takes due items only, earliest due first, in order of arrival among equals', async () => {
      await put(
        item('later', { dueMs: NOW + 1 }),
        item('second', { dueMs: NOW - 10 }),
        item('first', { dueMs: NOW - 20 }),
        item('third', { dueMs: NOW - 10 }),
      )
      expect(await claimIds()).toEqual(['first', 'second', 'third'])
      expect(await claimIds({ nowMs: NOW + 1 })).toEqual(['later'])
    })

    it('orders claimed items that are due again among the others by their due time', async () => {
      await put(item('a', { dueMs: NOW - 5 }))
      await claim({ nowMs: NOW, leaseMs: 10 })
      await put(item('b', { dueMs: NOW + 5 }), item('c', { dueMs: NOW + 15 }))
      expect(await claimIds({ nowMs: NOW + 20 })).toEqual(['b', 'a', 'c'])
    })

    it('takes up to the limit', async () => {
      await put(item('a'), item('b'), item('c'))
      expect(await claimIds({ limit: 2 })).toEqual(['a', 'b'])
      expect(await claimIds({ limit: 0 })).toEqual([])
      expect(await claimIds({ limit: 2 })).toEqual(['c'])
    })

    it('hands an item to one claimant only, however many ask at once', async () => {
      await put(...Array.from({ length: 100 }, (_, index) => item(`m-${index}`)))
      const claims = await Promise.all(Array.from({ length: 30 }, () => claimIds({ limit: 7 })))
      const all = claims.flat()
      expect(all).toHaveLength(100)
      expect(new Set(all).size).toBe(100)
    })

    it('hides a claimed item until its lease ends', async () => {
      await put(item('a'))
      await claim()
      expect(await claimIds({ nowMs: NOW + 29_999 })).toEqual([])
      expect(await claimIds({ nowMs: NOW + 30_000 })).toEqual(['a'])
    })

    it('leaves items claimable with a lease of 0, and takes each once per claim', async () => {
      await put(item('a'), item('b'), item('g1', { group: 'g' }), item('g2', { group: 'g' }))
      expect(await claimIds({ leaseMs: 0 })).toEqual(['a', 'b', 'g1', 'g2'])
      expect(await claimIds({ leaseMs: 0, limit: 3 })).toEqual(['a', 'b', 'g1'])
      expect(store.counts('orders', NOW)).toEqual({ ready: 4, inFlight: 0, delayed: 0 })
    })

    it('keeps an item with an infinite lease until it is released', async () => {
      await put(item('a'))
      const [claimed] = await claim({ leaseMs: Infinity })
      expect(claimed?.dueMs).toBe(Infinity)
      expect(store.nextDueMs('orders')).toBe(Infinity)
      expect(await claimIds({ nowMs: NOW + 1e12 })).toEqual([])
      expect(store.counts('orders', NOW)).toEqual({ ready: 0, inFlight: 1, delayed: 0 })
      await store.release('orders', NOW + 5)
      expect(store.nextDueMs('orders')).toBe(NOW + 5)
      const [again] = await claim({ nowMs: NOW + 5 })
      expect(again).toMatchObject({ id: 'a', claims: 2, firstClaimedMs: NOW })
    })

    it('drops items that are too old instead of claiming them', async () => {
      await put(
        item('old', { enqueuedMs: NOW - 100 }),
        item('kept', { enqueuedMs: NOW - 50 }),
        item('old in group', { enqueuedMs: NOW - 100, group: 'g' }),
        item('next in group', { enqueuedMs: NOW, group: 'g' }),
      )
      expect(await claimIds({ expiredBeforeMs: NOW - 50 })).toEqual(['kept', 'next in group'])
      expect(ids(store.peek('orders', 10))).toEqual(['kept', 'next in group'])
    })

    it('offers what was given back after what waits, when both are due at once', async () => {
      await put(item('a'), item('b'))
      await claim({ leaseMs: 0, limit: 1 })
      expect(await claimIds({})).toEqual(['b', 'a'])
    })

    it('removes the oldest items when told to, also claimed ones, and frees their groups', async () => {
      await put(
        item('old', { enqueuedMs: NOW - 9, group: 'g' }),
        item('old too', { enqueuedMs: NOW - 8 }),
        item('young', { enqueuedMs: NOW, group: 'g' }),
      )
      await claim({ limit: 2, leaseMs: 1_000 })
      expect(await store.expire('orders', NOW - 9)).toBe(NOW - 9)
      expect(await store.expire('orders', NOW)).toBe(NOW)
      expect(ids(store.peek('orders', 10))).toEqual(['young'])
      expect(await store.expire('orders', NOW + 1)).toBeUndefined()
      expect(await store.expire('nowhere', NOW)).toBeUndefined()
      expect(store.counts('orders', NOW)).toEqual({ ready: 0, inFlight: 0, delayed: 0 })
    })

    it('drops thousands of old items to find one to claim', async () => {
      await put(...Array.from({ length: 2_500 }, (_, index) => item(`old-${index}`, { enqueuedMs: 0 })))
      await put(item('young'))
      expect(await claimIds({ expiredBeforeMs: NOW })).toEqual(['young'])
      expect(store.counts('orders', NOW)).toEqual({ ready: 0, inFlight: 1, delayed: 0 })
    })

    it('moves items that were claimed too often to another queue, as they are, due at once', async () => {
      await put(item('a', { meta: { kind: 'x', from: 'a' }, enqueuedMs: NOW - 7, group: 'g' }))
      await claim({ leaseMs: 0 })
      await claim({ leaseMs: 0 })
      await put(item('b', { claims: 2 }))
      const overflow = { maxClaims: 2, queue: 'dead', meta: { from: 'orders' } }
      expect(await claimIds({ nowMs: NOW + 9, overflow })).toEqual([])
      expect(store.peek('orders', 10)).toEqual([])
      expect(store.counts('dead', NOW + 9)).toEqual({ ready: 2, inFlight: 0, delayed: 0 })
      const moved = store.peek('dead', 10).find(({ id }) => id === 'a')
      expect(moved).toMatchObject({
        queue: 'dead',
        meta: { kind: 'x', from: 'orders' },
        enqueuedMs: NOW - 7,
        dueMs: NOW + 9,
        group: 'g',
        claims: 2,
        firstClaimedMs: NOW,
      })
      expect(text(moved!.body)).toBe('body of a')
      expect(await claimIds({ nowMs: NOW + 9 }, 'dead')).toHaveLength(2)
    })

    it('moves and claims in the same call', async () => {
      await put(item('spent', { claims: 5 }), item('fresh'))
      const overflow = { maxClaims: 5, queue: 'dead', meta: {} }
      expect(await claimIds({ limit: 1, overflow })).toEqual(['fresh'])
      expect(ids(store.peek('dead', 10))).toEqual(['spent'])
    })

    it('refuses to move items into the queue they come from', async () => {
      const overflow = { maxClaims: 1, queue: 'orders', meta: {} }
      await expect(claim({ overflow })).rejects.toThrow('cannot overflow into the same queue')
    })

    it('makes the old token useless when an item moved', async () => {
      await put(item('a'))
      const [claimed] = await claim({ leaseMs: 0 })
      await claim({ overflow: { maxClaims: 1, queue: 'dead', meta: {} } })
      expect(await store.settle([claimed!.token])).toEqual(['gone'])
      expect(ids(store.peek('dead', 1))).toEqual(['a'])
    })

    it('keeps queues apart, whatever their names are', async () => {
      const names = [
        'a',
        'a/b',
        'a\0b',
        'é',
        '\ud800',
        '\ud801',
        '=x',
        '#x',
        'x'.repeat(64),
        'x'.repeat(65),
        'x'.repeat(600),
        '',
      ]
      await store.put(names.map((queue, index) => item(`m-${index}`, { queue })))
      for (const [index, queue] of names.entries()) {
        expect(await claimIds({}, queue)).toEqual([`m-${index}`])
      }
      expect(store.queueNames('').toSorted()).toEqual(names.toSorted())
    })

    it('keeps the id, the group and the meta of any text', async () => {
      const odd = `\ud800 \0 é 🎉 ${'y'.repeat(300)}`
      await put(item(odd, { group: odd, meta: { [odd]: odd }, body: new Uint8Array([0, 255, 128]) }))
      const [claimed] = await claim()
      expect(claimed).toMatchObject({ id: odd, group: odd, meta: { [odd]: odd } })
      expect([...claimed!.body]).toEqual([0, 255, 128])
    })

    it('keeps bodies of any size', async () => {
      const large = Buffer.alloc(300_000, 'large')
      await put(item('empty', { body: new Uint8Array() }), item('large', { body: large }), item('small'))
      expect(store.peek('orders', 10).map(({ body }) => body.length)).toEqual([0, 300_000, 13])
      const claimed = await claim()
      expect(Buffer.compare(claimed[1]!.body, large)).toBe(0)
      expect(await store.settle(tokens(claimed))).toEqual(['done', 'done', 'done'])
    })

    it('keeps a large body when the item moves', async () => {
      const large = Buffer.alloc(200_000, 'large')
      await put(item('a', { body: large, claims: 1 }))
      await claim({ overflow: { maxClaims: 1, queue: 'dead', meta: {} } })
      const [moved] = await claim({}, 'dead')
      expect(Buffer.compare(moved!.body, large)).toBe(0)
    })

    it('shares no memory with its callers', async () => {
      const body = Buffer.from('mine')
      const meta = { list: ['a'] }
      await put(item('a', { body, meta }))
      body.fill('x')
      meta.list.push('b')
      const [peeked] = store.peek('orders', 1)
      peeked!.body.fill(0)
      const [claimed] = await claim({ leaseMs: 0 })
      expect(text(claimed!.body)).toBe('mine')
      expect(claimed!.meta).toEqual({ list: ['a'] })
      claimed!.body.fill(0)
      expect(text((await claim())[0]!.body)).toBe('mine')
    })

    it('stores nothing of a put that fails, and everything of those beside it', async () => {
      const circular: Record<string, unknown> = {}
      circular['self'] = circular
      const results = await Promise.allSettled([
        store.put([item('a')]),
        store.put([item('b', { group: 'g' }), item('bad', { meta: circular as never })]),
        store.put([item('c', { group: 'g' })]),
      ])
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      expect(await claimIds()).toEqual(['a', 'c'])
      expect(store.counts('orders', NOW)).toEqual({ ready: 0, inFlight: 2, delayed: 0 })
    })

    it('releases the claimed items of one queue, and leaves delayed ones alone', async () => {
      await put(
        item('a'),
        item('b', { group: 'g' }),
        item('c', { group: 'g' }),
        item('delayed', { dueMs: NOW + 100 }),
      )
      await put(item('other', { queue: 'other' }))
      await claim()
      await claim({}, 'other')
      await store.release('orders', NOW + 1)
      expect(store.counts('orders', NOW + 1)).toEqual({ ready: 3, inFlight: 0, delayed: 1 })
      expect(store.counts('other', NOW + 1)).toEqual({ ready: 0, inFlight: 1, delayed: 0 })
      expect(await claimIds({ nowMs: NOW + 1 })).toEqual(['a', 'b', 'c'])
      await store.release('nowhere', NOW)
    })

    it('peeks in order of arrival, claimed or not, without touching', async () => {
      const sequences = await put(item('a', { dueMs: NOW + 10 }), item('b'), item('c', { group: 'g' }))
      await claim({ limit: 1 })
      expect(ids(store.peek('orders', 10))).toEqual(['a', 'b', 'c'])
      expect(ids(store.peek('orders', 1))).toEqual(['a'])
      expect(ids(store.peek('orders', 10, sequences[0]))).toEqual(['b', 'c'])
      expect(ids(store.peek('orders', 10, sequences[2]))).toEqual([])
      expect(store.peek('orders', 10)[1]).toMatchObject({ claims: 1 })
      expect(store.peek('nowhere', 10)).toEqual([])
    })

    it('purges a queue and says how many items went', async () => {
      await put(item('a'), item('b', { group: 'g' }), item('c', { body: Buffer.alloc(80_000) }))
      await put(item('other', { queue: 'other' }))
      const [claimed] = await claim({ limit: 1 })
      expect(await store.purge('orders')).toBe(3)
      expect(await store.purge('orders')).toBe(0)
      expect(await store.purge('nowhere')).toBe(0)
      expect(store.counts('orders', NOW)).toEqual({ ready: 0, inFlight: 0, delayed: 0 })
      expect(store.nextDueMs('orders')).toBeUndefined()
      expect(await store.settle([claimed!.token])).toEqual(['gone'])
      expect(ids(store.peek('other', 10))).toEqual(['other'])
      await put(item('d', { group: 'g' }))
      expect(await claimIds()).toEqual(['d'])
    })

    it('counts ready, in flight and delayed', async () => {
      await put(
        item('a'),
        item('b'),
        item('c', { dueMs: NOW + 10 }),
        item('d', { dueMs: NOW + 10, claims: 2 }),
      )
      expect(store.counts('orders', NOW)).toEqual({ ready: 2, inFlight: 0, delayed: 2 })
      await claim({ limit: 1, leaseMs: 5 })
      expect(store.counts('orders', NOW)).toEqual({ ready: 1, inFlight: 1, delayed: 2 })
      expect(store.counts('orders', NOW + 5)).toEqual({ ready: 2, inFlight: 0, delayed: 2 })
      expect(store.counts('orders', NOW + 10)).toEqual({ ready: 4, inFlight: 0, delayed: 0 })
      expect(store.counts('nowhere', NOW)).toEqual({ ready: 0, inFlight: 0, delayed: 0 })
    })

    it('knows when the next item falls due', async () => {
      expect(store.nextDueMs('orders')).toBeUndefined()
      await put(item('a', { dueMs: NOW + 20 }), item('b', { dueMs: NOW + 10 }))
      expect(store.nextDueMs('orders')).toBe(NOW + 10)
      const claimed = await claim({ nowMs: NOW + 10, leaseMs: 5 })
      expect(store.nextDueMs('orders')).toBe(NOW + 15)
      await store.settle(tokens(claimed))
      expect(store.nextDueMs('orders')).toBe(NOW + 20)
    })

    it('names the queues that hold items', async () => {
      await put(
        item('a', { queue: 'async/one' }),
        item('b', { queue: 'async/two' }),
        item('c', { queue: 'sqs/one' }),
      )
      expect(store.queueNames('async/')).toEqual(['async/one', 'async/two'])
      await store.settle(tokens(await claim({}, 'async/one')))
      expect(store.queueNames('async/')).toEqual(['async/two'])
      expect(store.queueNames('')).toEqual(['async/two', 'sqs/one'])
      expect(store.queueNames('x')).toEqual([])
    })
  })
}
