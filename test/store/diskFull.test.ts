import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isCommitFailure, openStore, StoreWriteError } from '../../src/store/index.ts'
import { createKeyValue } from '../../src/store/groupCommit.ts'
import type { Backing } from '../../src/store/keyValue.ts'
import { createMemoryBacking } from '../../src/store/memoryKeyValue.ts'

const FILLER = new URL('children/filler.mjs', import.meta.url).pathname

interface Report {
  readonly acknowledged: { id: string; sequence: number }[]
  readonly failedFile: string[]
  readonly failures: string[]
  readonly refusedTogether: number
  readonly counted: number
  readonly before: number
  readonly removed: string[]
  readonly again: number
  readonly unhandled: string[]
}

describe('a disk that takes no more', () => {
  let directory: string

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lambent-full-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  // A limit on the size of files stands in for a full disk: the system refuses the same writes.
  it.skipIf(process.platform === 'win32')(
    'refuses what it cannot keep, keeps what it took, and goes on when there is room',
    async () => {
      const { stdout } = await promisify(execFile)('sh', [
        '-c',
        `ulimit -f 4000; exec "$0" "$@"`,
        process.execPath,
        FILLER,
        directory,
      ])
      const report = JSON.parse(stdout) as Report
      expect(report.before).toBeGreaterThan(20)
      expect(report.failedFile).toEqual(['StoreWriteError'])
      expect(await readdir(join(directory, 'bodies'))).toEqual([])
      // Both that shared the failed commit were told.
      expect(report.refusedTogether).toBe(2)
      expect(new Set(report.failures)).toEqual(new Set(['StoreWriteError']))
      expect(report.counted).toBe(report.before)
      expect(report.removed.length).toBeGreaterThan(0)
      expect(report.again).toBeGreaterThan(0)
      expect(report.unhandled).toEqual([])

      const store = await openStore({ directory })
      const kept = report.acknowledged.map(({ id }) => id).filter((id) => !report.removed.includes(id))
      expect(store.peek('q', Infinity).map(({ id }) => id)).toEqual(kept)
      const sequences = report.acknowledged.map(({ sequence }) => sequence)
      expect(sequences).toEqual([...new Set(sequences)].toSorted((left, right) => left - right))
      await store.close()
    },
  )
})

describe('a commit that fails', () => {
  it('rejects all that shared it, changes nothing, and lets the next one through', async () => {
    const memory = createMemoryBacking()
    let isFull = true
    const backing: Backing = {
      ...memory,
      commit: (changes) =>
        isFull ? Promise.reject(new Error('Input/output error')) : memory.commit(changes),
    }
    let rollbacks = 0
    const keyValue = createKeyValue(backing, () => rollbacks++)
    const ran: string[] = []
    const write = (key: string): Promise<void> =>
      keyValue.transact((tx) => {
        tx.put(key, Buffer.from(key))
        tx.afterCommit(() => ran.push(key))
      })
    const results = await Promise.allSettled([write('a'), write('b')])
    for (const result of results) {
      expect(result.status === 'rejected' && result.reason).toBeInstanceOf(StoreWriteError)
    }
    isFull = false
    await write('c')
    expect(keyValue.keys('a', 'z', 10)).toEqual(['c'])
    expect(ran).toEqual(['c'])
    expect(rollbacks).toBe(1)
  })

  it('is told apart from other rejections', () => {
    const fromLmdb = Object.assign(new Error('Input/output error'), { code: 5 })
    fromLmdb.stack = 'Error: Input/output error\n    at file:///app/node_modules/lmdb/write.js:516:7'
    expect(isCommitFailure(fromLmdb)).toBe(true)
    expect(isCommitFailure(new Error('Commit failed (see commitError for details)'))).toBe(true)
    expect(isCommitFailure(new StoreWriteError(fromLmdb))).toBe(true)
    expect(isCommitFailure(new Error('Input/output error'))).toBe(false)
    expect(isCommitFailure(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }))).toBe(false)
    expect(isCommitFailure('Commit failed')).toBe(false)
  })
})
