import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/index.ts'

const WORKER = new URL('children/worker.mjs', import.meta.url).pathname
const ROUNDS = 6

/** What the killed processes were promised. */
interface Promised {
  readonly put: Set<string>
  readonly settling: Set<string>
  readonly settled: Set<string>
  readonly fences: number[]
}

/** Runs the worker and kills it after it said `lines` lines. */
async function runAndKill(
  directory: string,
  round: number,
  lines: number,
  promised: Promised,
): Promise<void> {
  const child = spawn(process.execPath, [WORKER, directory, `${round}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  let left = lines
  for await (const line of createInterface({ input: child.stdout })) {
    const [what, id, fence] = line.split(' ') as ['put' | 'claimed' | 'settling' | 'settled', string, string]
    if (what === 'claimed') promised.fences.push(Number(fence))
    else promised[what].add(id)
    if (left-- === 0) child.kill('SIGKILL')
  }
  const [, signal] = (await ended) as [number | null, string | null]
  expect(signal).toBe('SIGKILL')
}

describe('a process that is killed', () => {
  let directory: string

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lambent-crash-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  it('leaves all it was promised: what was put is there, what was settled is gone, fences are new', async () => {
    const promised: Promised = { put: new Set(), settling: new Set(), settled: new Set(), fences: [] }
    for (let round = 0; round < ROUNDS; round++) {
      await runAndKill(directory, round, 200 + Math.floor(Math.random() * 1_500), promised)
      const store = await openStore({ directory })
      const items = store.peek('q', Infinity)
      const held = new Set(items.map(({ id }) => id))
      const isMissing = (id: string): boolean => !held.has(id) && !promised.settling.has(id)
      expect([...promised.put].filter(isMissing)).toEqual([])
      expect([...promised.settled].filter((id) => held.has(id))).toEqual([])
      // An effect is there exactly when its item is gone.
      const done = new Set(store.list('done').map(([id]) => id))
      expect([...promised.settling].filter((id) => done.has(id) === held.has(id))).toEqual([])
      expect(items.every(({ id, body }) => Buffer.from(body).equals(Buffer.alloc(body.length, id)))).toBe(
        true,
      )
      const { ready, inFlight, delayed } = store.counts('q', 0)
      expect(ready + inFlight + delayed).toBe(held.size)
      const large = items.filter(({ body }) => body.length > 65_536)
      const objects = store.list('objects') as [string, { value: string; size: number }][]
      const wrong = objects.filter(
        ([key, { value, size }]) =>
          Buffer.compare(store.body('objects', key)!, Buffer.alloc(size, value)) !== 0,
      )
      expect(wrong).toEqual([])
      const largeObjects = objects.filter(([, { size }]) => size > 65_536)
      expect(await readdir(join(directory, 'bodies'))).toHaveLength(large.length + largeObjects.length)
      await store.close()
    }
    expect(new Set(promised.fences).size).toBe(promised.fences.length)
    expect(promised.settled.size).toBeGreaterThan(0)
  })
})
