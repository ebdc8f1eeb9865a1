import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DroppedPart, type NewItem, openStore, StoreCorruptError } from '../../src/store/index.ts'

const item = (id: string): NewItem => ({
  queue: 'q',
  id,
  body: Buffer.from(id),
  meta: {},
  enqueuedMs: 0,
  dueMs: 0,
})

describe('a damaged data folder', () => {
  let root: string
  let directory: string
  let file: string

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'lambent-damage-'))
    directory = join(root, 'data')
    file = join(directory, 'store.mdb')
    const store = await openStore({ directory })
    await store.put(Array.from({ length: 500 }, (_, index) => item(`old-${index}`)))
    await store.close()
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const damages: [string, () => void][] = [
    ['overwritten', () => writeFileSync(file, 'not a database, but long enough to be one'.repeat(1_000))],
    ['too short', () => truncateSync(file, 100)],
    ['cut off', () => truncateSync(file, 2 * 8_192)],
    [
      'overwritten behind its head',
      () => {
        const bytes = readFileSync(file)
        writeFileSync(file, bytes.fill(0xa5, 2 * 8_192))
      },
    ],
  ]

  it.each(damages)('is refused when LMDB’s file is %s, and the file is named', async (_, damage) => {
    damage()
    const refused = openStore({ directory })
    await expect(refused).rejects.toBeInstanceOf(StoreCorruptError)
    await expect(refused).rejects.toMatchObject({ path: file })
    // It can be looked at again: nothing is held.
    await expect(openStore({ directory })).rejects.toBeInstanceOf(StoreCorruptError)
  })

  it.each(damages)(
    'opens with what the journal holds when LMDB’s file is %s and that is asked for',
    async (_, damage) => {
      const store = await openStore({ directory })
      await store.put([{ ...item('new'), queue: 'young' }])
      const crashed = join(root, 'crashed')
      await cp(directory, crashed, { recursive: true, filter: (path) => !path.endsWith('lock') })
      await store.close()
      file = join(crashed, 'store.mdb')
      damage()
      const dropped: DroppedPart[] = []
      const recovered = await openStore({
        directory: crashed,
        recover: true,
        onDropped: (part) => dropped.push(part),
      })
      expect(dropped[0]).toMatchObject({ path: file, movedTo: `${file}.damaged` })
      expect(readdirSync(crashed)).toContain('store.mdb.damaged')
      const [young] = recovered.peek('young', 9)
      expect(young!.id).toBe('new')
      // Neither ids nor numbers are given twice.
      const [put] = await recovered.put([item('after')])
      expect(put!.sequence).toBeGreaterThan(young!.sequence)
      expect(recovered.peek('q', 9).map(({ id }) => id)).toEqual(['after'])
      await recovered.close()
      const again = await openStore({ directory: crashed })
      expect(again.peek('q', 9).map(({ id }) => id)).toEqual(['after'])
      await again.close()
    },
  )

  it('is refused when LMDB’s file is gone but not the journal', async () => {
    const store = await openStore({ directory })
    await store.put([item('new')])
    const crashed = join(root, 'crashed')
    await cp(directory, crashed, { recursive: true, filter: (path) => !path.endsWith('lock') })
    await store.close()
    rmSync(join(crashed, 'store.mdb'))
    await expect(openStore({ directory: crashed })).rejects.toMatchObject({
      name: 'StoreCorruptError',
      path: join(crashed, 'journal-1'),
    })
  })
})
