import { beforeEach, describe, expect, it } from 'vitest'
import type { Effect, NewRecord, Store } from '../../../src/store/index.ts'
import { type Given, ids, text, NOW } from './given.ts'

/** Logs: sequences, trimming, leases and checkpoints. */
export function describeLogs(given: Given): void {
  const { item } = given
  describe('log', () => {
    let store: Store
    beforeEach(() => {
      store = given.store()
    })

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

    it('reads up to a number of bytes, and always the first record', async () => {
      await append(...Array.from({ length: 200 }, (_, index) => String(index).padStart(100, '0')))
      const count = (mostBytes: number, limit = 1_000): number =>
        store.read('clicks', 'shard-0', 0, limit, mostBytes).length
      expect([count(0), count(100), count(299), count(300), count(15_000)]).toEqual([1, 1, 2, 3, 150])
      expect([count(20_000), count(1e9), count(15_000, 70)]).toEqual([200, 200, 70])
    })

    it('knows the sequence given last, trimmed or not', async () => {
      expect(store.lastSequence('clicks', 'shard-0')).toBe(0)
      await append('a', 'b')
      expect(store.lastSequence('clicks', 'shard-0')).toBe(2)
      await store.trim('clicks', 'shard-0', 2)
      expect(store.lastSequence('clicks', 'shard-0')).toBe(2)
    })

    it('removes a shard with its readers, and goes on counting', async () => {
      await append('a', 'b')
      const taken = {
        log: 'clicks',
        shard: 'shard-0',
        reader: 'r',
        owner: 'o',
        nowMs: NOW,
        untilMs: Infinity,
      }
      const { lease } = (await store.lease(taken))!
      await store.checkpoint(lease, 2)
      await store.removeShard('clicks', 'shard-0')
      expect(read()).toEqual([])
      expect(await store.checkpoint(lease, 2)).toBe(false)
      expect(await append('c')).toEqual([3])
      expect((await store.lease(taken))?.checkpoint).toBe(0)
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
}
