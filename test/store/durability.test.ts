import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type NewItem, openStore, type Store, StoreInUseError } from '../../src/store/index.ts'

const NOW = 1_700_000_000_000

describe('a store on disk', () => {
  let directory: string
  let store: Store

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lambent-durable-'))
    store = await openStore({ directory })
  })
  afterEach(async () => {
    await store.close()
    await rm(directory, { recursive: true, force: true })
  })

  const reopen = async (): Promise<void> => {
    await store.close()
    store = await openStore({ directory })
  }
  const item = (id: string, more: Partial<NewItem> = {}): NewItem => ({
    queue: 'q',
    id,
    body: Buffer.from(id),
    meta: {},
    enqueuedMs: NOW,
    dueMs: NOW,
    ...more,
  })
  const claim = (more = {}): ReturnType<Store['claim']> =>
    store.claim('q', { nowMs: NOW, limit: 10, leaseMs: 1_000, ...more })

  describe('after a restart', () => {
    it('has its items, their claims and tokens, groups and deduplication keys', async () => {
      const deduplication = { key: 'k', untilMs: NOW + 100 }
      const [first] = await store.put([item('a', { group: 'g', deduplication }), item('b', { group: 'g' })])
      const [claimed] = await claim({ limit: 1 })
      await reopen()
      expect(store.counts('q', NOW)).toEqual({ ready: 1, inFlight: 1, delayed: 0 })
      expect(await claim()).toEqual([])
      expect(await store.put([item('c', { deduplication })])).toEqual([
        { kind: 'duplicate', id: 'a', sequence: first!.sequence },
      ])
      expect(await store.settle([claimed!.token])).toEqual(['done'])
      expect((await claim()).map(({ id, claims }) => [id, claims])).toEqual([['b', 1]])
    })

    it('goes on with new sequences and fences', async () => {
      const used = new Set<number>()
      for (let round = 0; round < 3; round++) {
        const [put] = await store.put([item(`m-${round}`)])
        const [claimed] = await claim({ leaseMs: 0, limit: 1 })
        used.add(put!.sequence).add(claimed!.token.fence)
        await reopen()
      }
      expect(used.size).toBe(6)
      expect(store.peek('q', 10).map(({ id }) => id)).toEqual(['m-0', 'm-1', 'm-2'])
    })

    it('has its logs, checkpoints and leases', async () => {
      const record = { key: 'k', data: Buffer.from('d'), atMs: NOW }
      const request = { log: 'l', shard: 's', reader: 'r', owner: 'o', nowMs: NOW, untilMs: NOW + 100 }
      await store.append('l', 's', [record, record])
      await store.trim('l', 's', 2)
      const { lease } = (await store.lease(request))!
      await store.checkpoint(lease, 2)
      await reopen()
      expect(await store.append('l', 's', [record])).toEqual([3])
      expect(await store.lease({ ...request, owner: 'other' })).toBeUndefined()
      expect(await store.checkpoint(lease, 3)).toBe(true)
      const again = await store.lease(request)
      expect(again!.checkpoint).toBe(3)
      expect(again!.lease.fence).not.toBe(lease.fence)
    })

    it('has its tables', async () => {
      await store.set('t', 'k', { a: 1 })
      await reopen()
      expect(store.get('t', 'k')).toEqual({ a: 1 })
    })

    it('goes on clearing away what was purged', async () => {
      await store.put([item('a', { body: Buffer.alloc(70_000), group: 'g' }), item('b')])
      expect(await store.purge('q')).toBe(2)
      await reopen()
      await reopen()
      expect(store.peek('q', 10)).toEqual([])
      expect(await readdir(join(directory, 'bodies'))).toEqual([])
    })
  })

  describe('bodies above 64 KB', () => {
    const files = (): Promise<string[]> => readdir(join(directory, 'bodies'))
    const large = Buffer.alloc(70_000, 'x')

    it('are files as long as something names them', async () => {
      await store.put([item('a', { body: large }), item('b', { body: large }), item('small')])
      await store.append('l', 's', [{ key: 'k', data: large, atMs: NOW }])
      expect(await files()).toHaveLength(3)
      await store.settle((await claim()).map(({ token }) => token))
      await store.trim('l', 's', 1)
      await reopen()
      expect(await files()).toEqual([])
    })

    it('move with their item', async () => {
      await store.put([item('a', { body: large, claims: 1 })])
      const before = await files()
      await claim({ overflow: { maxClaims: 1, queue: 'dead', meta: {} } })
      await reopen()
      expect(await files()).toEqual(before)
      const [moved] = await store.claim('dead', { nowMs: NOW, limit: 1, leaseMs: 1 })
      expect(Buffer.compare(moved!.body, large)).toBe(0)
      await store.settle([moved!.token])
      await reopen()
      expect(await files()).toEqual([])
    })

    it('leave no file behind when their item is not stored', async () => {
      const deduplication = { key: 'k', untilMs: NOW + 100 }
      await store.put([item('a', { deduplication })])
      await store.put([item('duplicate', { deduplication, body: large })])
      await expect(store.put([item('bad', { body: large, meta: { big: 1n as never } })])).rejects.toThrow(
        'BigInt',
      )
      const [claimed] = await claim()
      const effect = { kind: 'put' as const, item: item('effect', { body: large }) }
      await store.settle([claimed!.token, { ...claimed!.token, fence: 0 }], [effect])
      const lease = { log: 'l', shard: 's', reader: 'r', fence: 1 }
      expect(await store.checkpoint(lease, 1, [effect])).toBe(false)
      await reopen()
      expect(await files()).toEqual([])
    })

    it('go with expiry, purge and clear', async () => {
      await store.put([item('old', { body: large, enqueuedMs: 0 })])
      await claim({ expiredBeforeMs: NOW })
      await store.put([item('purged', { body: large })])
      await store.purge('q')
      await store.put([item('cleared', { body: large, queue: 'other' })])
      await store.clear()
      await reopen()
      expect(await files()).toEqual([])
    })

    it('belong to a table entry until it is overwritten or removed', async () => {
      await store.set('t', 'a', 1, large)
      await store.apply([{ kind: 'set', table: 't', key: 'b', value: 1, body: large }])
      await reopen()
      expect(await files()).toHaveLength(2)
      expect(Buffer.compare(store.body('t', 'a')!, large)).toBe(0)
      await store.set('t', 'a', 2, Buffer.alloc(80_000, 'y'))
      await store.remove('t', 'b')
      await expect(store.set('t', 'c', 1n as never, large)).rejects.toThrow('BigInt')
      await reopen()
      expect(await files()).toHaveLength(1)
      expect(store.body('t', 'a')).toHaveLength(80_000)
      expect(store.body('t', 'b')).toBeUndefined()
      await Promise.all([store.set('t', 'a', 3, large), store.set('t', 'a', 4)])
      await store.set('t', 'd', 1, large)
      await store.clear()
      await reopen()
      expect(await files()).toEqual([])
    })

    it('are swept at the next start when the process ended before it named them', async () => {
      await store.put([item('a', { body: large })])
      await writeFile(join(directory, 'bodies', 'orphan'), large)
      await reopen()
      expect(await files()).toHaveLength(1)
      expect(store.peek('q', 1)[0]!.body).toHaveLength(70_000)
    })

    it('are finished before the store closes', async () => {
      const putting = store.put([item('a', { body: large })])
      await store.close()
      expect((await putting)[0]!.kind).toBe('stored')
      store = await openStore({ directory })
      expect(store.counts('q', NOW).ready).toBe(1)
    })
  })

  describe('its folder', () => {
    it('is created when missing', async () => {
      const other = await openStore({ directory: join(directory, 'deep', 'folder') })
      await other.set('t', 'k', 1)
      expect(other.get('t', 'k')).toBe(1)
      await other.close()
    })

    it('is refused while this process has it open, by any path', async () => {
      const refused = openStore({ directory: join(directory, '.', '') })
      await expect(refused).rejects.toBeInstanceOf(StoreInUseError)
      await expect(refused).rejects.toMatchObject({ pid: process.pid })
      await expect(refused).rejects.toThrow(directory)
      await store.set('t', 'k', 1)
    })

    it('is refused while another live process has it, and that one is named', async () => {
      const folder = join(directory, 'taken')
      await mkdir(folder)
      await writeFile(join(folder, 'lock'), JSON.stringify({ pid: process.ppid }))
      await expect(openStore({ directory: folder })).rejects.toThrow(
        `The data folder ${folder} is in use by the process with id ${process.ppid}.`,
      )
      expect(await readdir(folder)).toEqual(['lock'])
    })

    const endedPid = spawnSync(process.execPath, ['-e', '']).pid
    const leftovers: [string, string][] = [
      ['a process that ended', JSON.stringify({ pid: endedPid })],
      ['an earlier process with our id', JSON.stringify({ pid: process.pid, started: '1' })],
      ['a process that ended while locking', ''],
    ]
    it.each(leftovers)('is taken over from %s', async (_, lock) => {
      const folder = join(directory, 'left')
      await mkdir(folder)
      await writeFile(join(folder, 'lock'), lock)
      const other = await openStore({ directory: folder })
      expect(JSON.parse(await readFile(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid })
      await other.close()
      expect(await readdir(folder)).not.toContain('lock')
    })

    it.runIf(process.platform === 'linux')(
      'is taken over when the id now belongs to another process',
      async () => {
        const folder = join(directory, 'reused')
        await mkdir(folder)
        await writeFile(join(folder, 'lock'), JSON.stringify({ pid: process.ppid, started: '1' }))
        const other = await openStore({ directory: folder })
        expect(other.queueNames('')).toEqual([])
        await other.close()
      },
    )

    it.runIf(process.platform === 'linux')(
      'is taken over from a process that has ended and that nobody waits for',
      async () => {
        const folder = join(directory, 'ended')
        await mkdir(folder)
        // What becomes of the shell is no parent that waits.
        const parent = spawn('/bin/sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'])
        const [line] = (await once(parent.stdout, 'data')) as [Buffer]
        const pid = Number(line)
        while (!(await readFile(`/proc/${pid}/stat`, 'latin1')).includes(') Z ')) await setImmediate()
        await writeFile(join(folder, 'lock'), JSON.stringify({ pid }))
        const other = await openStore({ directory: folder })
        expect(other.queueNames('')).toEqual([])
        await other.close()
        parent.kill()
      },
    )
  })
})
