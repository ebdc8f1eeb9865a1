import { beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../../src/store/index.ts'
import { type Given } from './given.ts'

/** Tables: JSON values by key, in key order. */
export function describeTables(given: Given): void {
  describe('table', () => {
    let store: Store
    beforeEach(() => {
      store = given.store()
    })

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

    describe('an entry with a body', () => {
      const bodyOf = (key: string): string | undefined => {
        const bytes = store.body('t', key)
        return bytes && Buffer.from(bytes).toString('latin1')
      }

      it.each([
        ['no', ''],
        ['few', '\0\xffé'],
        ['70,000', 'x'.repeat(70_000)],
      ])('gives back its %s bytes beside its value', async (_, bytes) => {
        for (const key of ['a', 'é', long]) {
          await store.set('t', key, { of: key }, Buffer.from(bytes, 'latin1'))
          expect(bodyOf(key)).toBe(bytes)
          expect(store.get('t', key)).toEqual({ of: key })
        }
        expect(store.list('t')).toEqual(['a', long, 'é'].map((key) => [key, { of: key }]))
        expect(store.body('t', 'b')).toBeUndefined()
        expect(store.body('u', 'a')).toBeUndefined()
      })

      it('loses it when the entry is set without one, or removed', async () => {
        for (const size of [10, 70_000]) {
          await store.set('t', 'a', 1, Buffer.alloc(size))
          await store.set('t', 'a', 2)
          expect([store.get('t', 'a'), store.body('t', 'a')]).toEqual([2, undefined])
          await store.set('t', 'a', 3, Buffer.alloc(size, 'y'))
          await store.remove('t', 'a')
          await store.set('t', 'a', 4)
          expect(store.body('t', 'a')).toBeUndefined()
        }
      })

      it('takes the last of several that share a commit', async () => {
        await Promise.all(
          ['1', '2', '3'].map((digit) => store.set('t', 'a', digit, Buffer.from(digit.repeat(70_000)))),
        )
        const last = store.get('t', 'a') as string
        expect(bodyOf('a')).toBe(last.repeat(70_000))
      })

      it('can be an effect, beside others with bodies', async () => {
        const { item } = given
        const large = Buffer.alloc(70_000, 'z')
        await store.apply([
          { kind: 'put', item: item('first', { body: large }) },
          { kind: 'set', table: 't', key: 'a', value: 1, body: Buffer.from('small') },
          { kind: 'set', table: 't', key: 'none', value: 2 },
          { kind: 'put', item: item('second') },
          { kind: 'set', table: 't', key: 'b', value: 3, body: large },
        ])
        expect([bodyOf('a'), bodyOf('none'), bodyOf('b')]).toEqual(['small', undefined, large.toString()])
        const bodies = store.peek('orders', 2).map(({ body }) => Buffer.from(body).toString())
        expect(bodies).toEqual([large.toString(), 'body of second'])
      })

      it('shares no memory with its callers', async () => {
        const bytes = Buffer.from('kept')
        await store.set('t', 'a', 1, bytes)
        bytes.fill(0)
        store.body('t', 'a')!.fill(0)
        expect(bodyOf('a')).toBe('kept')
      })
    })

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
}
