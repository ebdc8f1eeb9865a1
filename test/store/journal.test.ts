import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DroppedPart, StoreCorruptError } from '../../src/store/index.ts'
import { openJournaledBacking } from '../../src/store/journaledBacking.ts'
import type { Backing } from '../../src/store/keyValue.ts'
import { type Files, filesIn, folderWith, removeFolder, SlowLower } from './journalGround.ts'

const LIMITS = { keys: 4, bytes: 100_000, portionKeys: 2, portionBytes: 100_000 }

describe('the journal', () => {
  let lower: SlowLower
  let directories: string[]

  beforeEach(() => {
    lower = SlowLower.create()
    directories = []
  })
  afterEach(() => {
    for (const directory of directories) removeFolder(directory)
  })

  const folder = (files?: Files): string => {
    const directory = folderWith(files)
    directories.push(directory)
    return directory
  }
  const open = (directory: string, options = {}): Backing =>
    openJournaledBacking(directory, lower.backing, { limits: LIMITS, ...options })
  /** What the next process finds when this one ends now. */
  const openAfterCrash = (files: Files, options = {}): Backing => {
    lower = lower.afterCrash()
    return open(folder(files), options)
  }
  const put = (backing: Backing, ...keys: string[]): Promise<void> =>
    backing.commit({
      added: new Map(keys.map((key) => [key, Buffer.from(`value of ${key}`)])),
      changed: new Map(),
    })
  const remove = (backing: Backing, key: string): Promise<void> =>
    backing.commit({ added: new Map(), changed: new Map([[key, null]]) })
  const keysIn = (backing: Backing): string[] => backing.keys('k', 'l', Infinity)
  const only = (files: Files): [string, Buffer] => [...files][0]!
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  }

  it('makes a commit durable before LMDB has any of it', async () => {
    const directory = folder()
    const backing = open(directory)
    await put(backing, 'k1')
    await put(backing, 'k2')
    expect(lower.size).toBe(0)
    expect(keysIn(openAfterCrash(filesIn(directory)))).toEqual(['k1', 'k2'])
  })

  it('is gone after a clean end, with all of it in LMDB', async () => {
    const directory = folder()
    const backing = open(directory)
    lower.open()
    await put(backing, 'k1')
    await remove(backing, 'k1')
    await put(backing, 'k2')
    await backing.close()
    expect(readdirSync(directory)).toEqual([])
    expect(lower.backing.keys('k', 'l', 9)).toEqual(['k2'])
  })

  it('writes nothing to LMDB of what came and went', async () => {
    const backing = open(folder())
    for (let count = 0; count < 50; count++) {
      await put(backing, `k${count}`)
      await remove(backing, `k${count}`)
    }
    expect(lower.isPending).toBe(false)
  })

  it('drops a record of which any number of bytes is missing at the end, and nothing else', async () => {
    const directory = folder()
    const backing = open(directory)
    await put(backing, 'k1')
    const [name, before] = only(filesIn(directory))
    await put(backing, 'k2')
    const [, after] = only(filesIn(directory))
    for (let length = before.length; length <= after.length; length++) {
      const reopened = openAfterCrash(new Map([[name, after.subarray(0, length)]]))
      expect(keysIn(reopened)).toEqual(length < after.length ? ['k1'] : ['k1', 'k2'])
      await put(reopened, 'k3')
      expect(keysIn(openAfterCrash(filesIn(directories.at(-1)!)))).toContain('k3')
    }
  })

  it('never takes what a file held before for what it holds now', async () => {
    const directory = folder()
    const backing = open(directory)
    lower.open()
    for (let count = 0; count < 30; count++) await put(backing, `k${count}`)
    await turns()
    for (let count = 0; count < 29; count++) await remove(backing, `k${count}`)
    await turns()
    const files = filesIn(directory)
    // Files were used again, each for the second time at least.
    expect(files.size).toBeLessThanOrEqual(2)
    expect(keysIn(openAfterCrash(files))).toEqual(['k29'])
  })

  it('brings back a layer of which LMDB has a part', async () => {
    const directory = folder()
    const backing = open(directory)
    for (let count = 0; count < 6; count++) await put(backing, `k${count}`)
    lower.step()
    await turns()
    expect(lower.size).toBe(2)
    await remove(backing, 'k0')
    const reopened = openAfterCrash(filesIn(directory))
    const left = ['k1', 'k2', 'k3', 'k4', 'k5']
    expect(keysIn(reopened)).toEqual(left)
    expect(reopened.count('k', 'l')).toBe(5)
    lower.open()
    await reopened.close()
    expect(lower.backing.keys('k', 'l', 9)).toEqual(left)
  })

  it('clears all or nothing when the process ends meanwhile', async () => {
    const directory = folder()
    const backing = open(directory)
    await put(backing, 'k1')
    await put(backing, 'k2')
    const clearing = backing.clear([['kept', Buffer.from('kept')]])
    await turns()
    const before = filesIn(directory)
    expect(keysIn(openAfterCrash(before))).toEqual(['k1', 'k2'])

    // This time LMDB is done, and nothing after that.
    lower = SlowLower.create()
    const second = folder()
    const other = open(second)
    await put(other, 'k1')
    void other.clear([['kept', Buffer.from('kept')]])
    await turns()
    const files = filesIn(second)
    lower.step()
    await turns()
    expect(keysIn(openAfterCrash(files))).toEqual(['kept'])
    void clearing
  })

  describe('with damage before its end', () => {
    let files: Files
    let ends: number[]

    beforeEach(async () => {
      const directory = folder()
      const backing = open(directory)
      ends = [0]
      for (const key of ['k1', 'k2', 'k3']) {
        await put(backing, key)
        ends.push(only(filesIn(directory))[1].length)
      }
      files = filesIn(directory)
    })

    const damaged = (at: number): Files => {
      const [name, bytes] = only(files)
      const copy = Buffer.from(bytes)
      copy[at]! ^= 0x40
      return new Map([[name, copy]])
    }

    it('is refused, naming the file and the place, whichever byte it is', () => {
      for (let at = 0; at < ends[2]!; at++) {
        const start = at < ends[1]! ? 0 : ends[1]!
        const error = thrownBy(() => openAfterCrash(damaged(at)))
        expect(error).toBeInstanceOf(StoreCorruptError)
        const { path, offset, message } = error as StoreCorruptError
        expect([path, offset]).toEqual([join(directories.at(-1)!, 'journal-1'), start])
        expect(message).toContain(`${path} cannot be read at byte ${start}`)
        expect(message).toContain('recover')
        expect(existsSync(path)).toBe(true)
      }
    })

    it('is passed over on demand, and what was dropped is told', () => {
      const dropped: DroppedPart[] = []
      const onDropped = (part: DroppedPart): unknown => dropped.push(part)
      const backing = openAfterCrash(damaged(ends[1]! + 10), { recover: true, onDropped })
      expect(keysIn(backing)).toEqual(['k1', 'k3'])
      const path = join(directories.at(-1)!, 'journal-1')
      expect(dropped).toEqual([{ path, offset: ends[1], bytes: ends[2]! - ends[1]! }])
    })

    it('is refused when a whole file is missing', async () => {
      const directory = folder()
      const backing = open(directory)
      for (let count = 0; count < 8; count++) await put(backing, `k${count}`)
      const [first, ...others] = filesIn(directory)
      expect(others).toHaveLength(1)
      expect(() => openAfterCrash(new Map(others))).toThrow(StoreCorruptError)
      expect(keysIn(openAfterCrash(new Map([first!, ...others])))).toHaveLength(8)
    })
  })

  describe('when LMDB takes no more', () => {
    it('keeps the layer and its file, and tries again with the next commit', async () => {
      const directory = folder()
      const backing = open(directory)
      lower.isFull = true
      for (let count = 0; count < 5; count++) await put(backing, `k${count}`)
      lower.step()
      await turns()
      expect(lower.isPending).toBe(false)
      expect(keysIn(backing)).toHaveLength(5)
      expect(keysIn(openAfterCrash(filesIn(directory)))).toHaveLength(5)

      lower = lower.afterCrash()
      const next = open(folder(filesIn(directory)))
      lower.isFull = true
      lower.step()
      await turns()
      lower.isFull = false
      lower.open()
      await put(next, 'k5')
      await turns()
      expect(lower.backing.keys('k', 'l', 9)).toHaveLength(5)
      expect(keysIn(next)).toHaveLength(6)
    })

    it('refuses commits once too much has gathered, and keeps what it took through a restart', async () => {
      const directory = folder()
      const backing = open(directory)
      lower.isFull = true
      lower.isOpen = true
      const taken: string[] = []
      for (let count = 100; count < 140; count++) {
        const key = `k${count}`
        await put(backing, key).then(
          () => taken.push(key),
          (error: unknown) => expect(String(error)).toContain('No space left'),
        )
      }
      expect(taken.length).toBeGreaterThan(16)
      expect(taken.length).toBeLessThan(30)
      expect(keysIn(backing)).toEqual(taken)
      await backing.close()
      expect(keysIn(openAfterCrash(filesIn(directory)))).toEqual(taken)
    })

    it('waits for it when it is only slow', async () => {
      const backing = open(folder())
      const commits = (async () => {
        for (let count = 100; count < 140; count++) await put(backing, `k${count}`)
      })()
      await turns()
      await turns()
      lower.open()
      await commits
      expect(keysIn(backing)).toHaveLength(40)
    })
  })
})

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}
