import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ClaimedItem, ClaimOptions, Effect, NewItem, NewRecord, Store } from '../../src/store/index.ts'

const NOW = 1_700_000_000_000

/** What every store keeps, sentence by sentence of `types.ts`; run for each implementation. */
export function describeStore(
  name: string,
  openEmpty: () => Promise<{ store: Store; end: () => Promise<void> }>,
): void {
  describe(`${name} store`, () => {
    let store: Store
    let end: () => Promise<void>

    beforeEach(async () => {
      ;({ store, end } = await openEmpty())
    })
    afterEach(() => end())

    const item = (id: string, more: Partial<NewItem> = {}): NewItem => ({
      queue: 'orders',
      id,
      body: Buffer.from(`body of ${id}`),
      meta: {},
      enqueuedMs: NOW,
      dueMs: NOW,
      ...more,
    })
    const put = async (...items: NewItem[]): Promise<number[]> =>
      (await store.put(items)).map((result) => result.sequence)
    const claim = (more: Partial<ClaimOptions> = {}, queue = 'orders'): Promise<ClaimedItem[]> =>
      store.claim(queue, { nowMs: NOW, limit: 10, leaseMs: 30_000, ...more })
    const ids = (items: readonly { id: string }[]): string[] => items.map(({ id }) => id)
    const claimIds = async (more: Partial<ClaimOptions> = {}, queue = 'orders'): Promise<string[]> =>
      ids(await claim(more, queue))
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()
    const tokens = (items: readonly ClaimedItem[]): ClaimedItem['token'][] => items.map(({ token }) => token)

    describe('delay queue', () => {
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

      it('drops thousands of old items to find one to claim', async () => {
        await put(...Array.from({ length: 2_500 }, (_, index) => item(`old-${index}`, { enqueuedMs: 0 })))
        await put(item('young'))
        expect(await claimIds({ expiredBeforeMs: NOW })).toEqual(['young'])
        expect(store.counts('orders', NOW)).toEqual({ ready: 0, inFlight: 1, delayed: 0 })
      })

      it('moves items that were claimed too often to another queue, as they are, due at once', async () => {
        await put(
          item('a', { meta: { kind: 'x', from: 'a' }, enqueuedMs: NOW - 7, group: 'g' }),
          item('b', { claims: 2 }),
        )
        await claim({ leaseMs: 0, limit: 1 })
        await claim({ leaseMs: 0, limit: 1 })
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

      describe('groups', () => {
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
            ...groups.flatMap((group, index) => [
              item(`${index}-1`, { group }),
              item(`${index}-2`, { group }),
            ]),
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

      describe('deduplication', () => {
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

      describe('watch', () => {
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
          expect(await callsOf(() => store.extend([{ token: claimed[0]!.token, dueMs: NOW + 1e6 }]))).toEqual(
            [],
          )
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
    })

    describe('log', () => {
      const record = (data: string, more: Partial<NewRecord> = {}): NewRecord => ({
        key: 'k',
        data: Buffer.from(data),
        atMs: NOW,
        ...more,
      })
      const append = (...data: string[]): Promise<number[]> =>
        store.append(
          'clicks',
          'shard-0',
          data.map((each) => record(each)),
        )
      const read = (after = 0, limit = 10): string[] =>
        store.read('clicks', 'shard-0', after, limit).map(({ sequence, data }) => `${sequence} ${text(data)}`)

      it('numbers records from 1 in each shard', async () => {
        expect(await append('a', 'b')).toEqual([1, 2])
        expect(await store.append('clicks', 'shard-1', [record('x')])).toEqual([1])
        expect(await store.append('other', 'shard-0', [record('y')])).toEqual([1])
        expect(await append('c')).toEqual([3])
        expect(await append()).toEqual([])
        expect(read()).toEqual(['1 a', '2 b', '3 c'])
      })

      it('keeps the order of concurrent appends', async () => {
        const sequences = await Promise.all(Array.from({ length: 50 }, (_, index) => append(`${index}`)))
        expect(sequences.flat()).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
      })

      it('gives back what was appended', async () => {
        const odd = 'é \0 \ud800'
        const large = Buffer.alloc(150_000, 'q')
        await store.append('l', 's', [
          record('a', { key: odd, meta: { a: [1] } }),
          { key: '', data: large, atMs: NOW + 0.5 },
        ])
        const [first, second] = store.read('l', 's', 0, 10)
        expect(first).toEqual({ sequence: 1, key: odd, data: Buffer.from('a'), atMs: NOW, meta: { a: [1] } })
        expect(second).toMatchObject({ sequence: 2, key: '', atMs: NOW + 0.5 })
        expect(Object.keys(second!)).not.toContain('meta')
        expect(Buffer.compare(second!.data, large)).toBe(0)
      })

      it('reads after a sequence, up to a limit', async () => {
        await append('a', 'b', 'c')
        expect(read(1)).toEqual(['2 b', '3 c'])
        expect(read(0, 2)).toEqual(['1 a', '2 b'])
        expect(read(3)).toEqual([])
        expect(store.read('clicks', 'nowhere', 0, 10)).toEqual([])
      })

      it('trims old records and never gives their sequences again', async () => {
        await append('a', 'b', 'c')
        await store.trim('clicks', 'shard-0', 2)
        expect(read()).toEqual(['3 c'])
        await store.trim('clicks', 'shard-0', 1_000_000)
        expect(read()).toEqual([])
        expect(await append('d')).toEqual([4])
        expect(read()).toEqual(['4 d'])
        await store.trim('clicks', 'nowhere', 5)
      })

      it('trims thousands', async () => {
        await append(...Array.from({ length: 2_500 }, (_, index) => `${index}`))
        await store.trim('clicks', 'shard-0', 2_400)
        expect(store.read('clicks', 'shard-0', 0, 1_000)).toHaveLength(100)
      })

      it('tells watchers of the shard about appends, however they came', async () => {
        const calls: string[] = []
        const stop = store.watchLog('clicks', 'shard-0', () => calls.push('shard-0'))
        store.watchLog('clicks', 'shard-1', () => calls.push('shard-1'))
        await append('a')
        expect(calls).toEqual(['shard-0'])
        await store.apply([{ kind: 'append', log: 'clicks', shard: 'shard-1', records: [record('b')] }])
        expect(calls).toEqual(['shard-0', 'shard-1'])
        stop()
        await append('c')
        await append()
        expect(calls).toHaveLength(2)
      })

      describe('leases', () => {
        const lease = (owner: string, nowMs = NOW, more = {}): ReturnType<Store['lease']> =>
          store.lease({ log: 'l', shard: 's', reader: 'r', owner, nowMs, untilMs: nowMs + 100, ...more })

        it('gives a shard to one owner at a time', async () => {
          expect(await lease('one')).toMatchObject({
            lease: { log: 'l', shard: 's', reader: 'r' },
            checkpoint: 0,
          })
          expect(await lease('two', NOW + 99)).toBeUndefined()
          expect(await lease('two', NOW + 100)).toBeDefined()
          expect(await lease('one', NOW + 101)).toBeUndefined()
        })

        it('keeps readers and shards apart', async () => {
          await lease('one')
          expect(await lease('two', NOW, { reader: 'r2' })).toBeDefined()
          expect(await lease('two', NOW, { shard: 's2' })).toBeDefined()
          expect(await lease('two', NOW, { log: 'l2' })).toBeDefined()
        })

        it('renews for the same owner, and a lease without an end stays', async () => {
          await lease('one')
          expect(await lease('one', NOW + 50, { untilMs: Infinity })).toBeDefined()
          expect(await lease('two', NOW + 1e12)).toBeUndefined()
        })

        it('continues where the last checkpoint was, and refuses a stale lease', async () => {
          const first = (await lease('one'))!.lease
          expect(await store.checkpoint(first, 7)).toBe(true)
          const second = (await lease('two', NOW + 100))!
          expect(second.checkpoint).toBe(7)
          expect(second.lease.fence).not.toBe(first.fence)
          expect(await store.checkpoint(first, 9)).toBe(false)
          expect((await lease('two', NOW + 101))!.checkpoint).toBe(7)
          expect(await store.checkpoint({ ...first, shard: 'nowhere' }, 9)).toBe(false)
        })

        it('applies effects with the checkpoint, all or nothing', async () => {
          const effects: Effect[] = [
            { kind: 'put', item: item('from stream') },
            { kind: 'set', table: 'state', key: 'window', value: 1 },
          ]
          const first = (await lease('one'))!.lease
          expect(await store.checkpoint(first, 1, effects)).toBe(true)
          const second = (await lease('one'))!.lease
          expect(await store.checkpoint(first, 2, effects)).toBe(false)
          const bad: Effect = { kind: 'set', table: 'state', key: 'bad', value: 1n as never }
          await expect(store.checkpoint(second, 3, [...effects, bad])).rejects.toThrow('BigInt')
          expect(ids(store.peek('orders', 10))).toEqual(['from stream'])
          expect((await lease('one'))!.checkpoint).toBe(1)
        })
      })
    })

    describe('table', () => {
      it('keeps JSON values by key', async () => {
        const values = [null, true, 0, -1.5, '', 'é\ud800', [1, [2]], { a: { b: null } }]
        for (const [index, value] of values.entries()) await store.set('t', `${index}`, value)
        expect(store.list('t').map(([, value]) => value)).toEqual(values)
        expect(store.get('t', '7')).toEqual({ a: { b: null } })
        expect(store.get('t', 'nothing')).toBeUndefined()
        expect(store.get('nowhere', '0')).toBeUndefined()
        expect(store.list('nowhere')).toEqual([])
      })

      it('replaces and removes', async () => {
        await store.set('t', 'a', 1)
        await store.set('t', 'a', 2)
        expect(store.get('t', 'a')).toBe(2)
        await store.remove('t', 'a')
        await store.remove('t', 'never there')
        await store.remove('nowhere', 'a')
        expect(store.list('t')).toEqual([])
      })

      it('shares no memory with its callers', async () => {
        const value = { list: [1] }
        await store.set('t', 'a', value)
        value.list.push(2)
        ;(store.get('t', 'a') as { list: number[] }).list.push(3)
        expect(store.get('t', 'a')).toEqual({ list: [1] })
      })

      const long = 'l'.repeat(1_500)
      const keys = [
        '',
        '\0',
        'a',
        'a\0',
        'a/1',
        'a/2',
        'aé',
        'b',
        'é',
        '\u07ff',
        '\u0800',
        '🎉',
        '\ud800',
        '\udfff',
        '\uffff',
        long,
        `${long}a`,
        `${long}b`,
        long.slice(0, 1_000),
        long.slice(0, 999),
        long.slice(0, 1_001),
        `${long.slice(0, 999)}z`,
        'é'.repeat(2_000),
        `${'é'.repeat(2_000)}a`,
      ]

      it('lists entries in key order, whatever the keys are', async () => {
        for (const key of keys) await store.set('t', key, key)
        await store.set('u', 'a', 'another table')
        const sorted = keys.toSorted()
        expect(store.list('t')).toEqual(sorted.map((key) => [key, key]))
        for (const key of keys) expect(store.get('t', key)).toBe(key)
        for (const prefix of ['a', 'a/', 'l', long.slice(0, 1_200), 'é', '\ud83c', 'zz']) {
          expect(store.list('t', { prefix }).map(([key]) => key)).toEqual(
            sorted.filter((key) => key.startsWith(prefix)),
          )
        }
        for (const after of keys) {
          expect(store.list('t', { after }).map(([key]) => key)).toEqual(sorted.filter((key) => key > after))
          expect(store.list('t', { after, prefix: 'l', limit: 2 }).map(([key]) => key)).toEqual(
            sorted.filter((key) => key > after && key.startsWith('l')).slice(0, 2),
          )
        }
        for (let limit = 0; limit <= keys.length; limit++)
          expect(store.list('t', { limit })).toHaveLength(limit)
        for (const key of keys) await store.remove('t', key)
        expect(store.list('t')).toEqual([])
      })
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
      await expect(store.put([item('b')])).rejects.toThrow('The store is closed')
      await expect(store.clear()).rejects.toThrow('The store is closed')
      expect(() => store.peek('orders', 1)).toThrow('The store is closed')
      await store.close()
    })
  })
}
