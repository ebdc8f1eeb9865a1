import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Bench, startEmptyBench } from './harness.ts'

/** A function in a folder of its own, as the API makes them; it answers the id of its process. */
function define(bench: Bench, name: string, folder = name) {
  const directory = path.join(bench.directory, folder)
  mkdirSync(directory, { recursive: true })
  writeFileSync(path.join(directory, 'index.js'), 'exports.handler = async () => process.pid')
  return bench.define('index.handler', { name, directory })
}

const pidOf = async (bench: Bench, name: string): Promise<number> => (await bench.run(name)).value as number

/** Resolves when a process is gone. */
async function ended(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await setImmediate()
  }
}

test('the executor of a folder ends with the last environment of it, after new code as after a removal', async () => {
  const bench = await startEmptyBench()
  await bench.functions.deploy(define(bench, 'made', 'first'))
  const first = await pidOf(bench, 'made')
  await bench.functions.deploy(define(bench, 'made', 'second'))
  const second = await pidOf(bench, 'made')
  await ended(first)
  await bench.functions.remove('made')
  await ended(second)
  expect(second).not.toBe(first)
})

test('where many functions have folders of their own, those that were used least recently make room', async () => {
  // The one that functions of the project share, and two more.
  const bench = await startEmptyBench({ mostExecutors: 3 })
  const pids: Record<string, number> = {}
  for (const name of ['a', 'b', 'c', 'd']) {
    await bench.functions.deploy(define(bench, name), { prewarm: false })
    pids[name] = await pidOf(bench, name)
    // The first is used again each time, and so is never the oldest.
    expect(await pidOf(bench, 'a')).toBe(pids['a'])
  }
  await ended(pids['b'] ?? 0)
  await ended(pids['c'] ?? 0)
  expect(bench.told.ended).toEqual(['idle', 'idle'])
  expect(await pidOf(bench, 'd')).toBe(pids['d'])
  expect(await pidOf(bench, 'b')).not.toBe(pids['b'])
})
