import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { kindOf, type ThreadSettings } from '../../src/functions/executor/thread.ts'
import type { Bench } from './harness.ts'
import { startEmptyBench } from './harness.ts'

const CODE = `
const { threadId } = require('node:worker_threads')
const hasRunBefore = globalThis.hasRun === true
globalThis.hasRun = true
exports.handler = async () => ({ threadId, hasRunBefore, variables: { ...process.env } })
`

interface Facts {
  readonly threadId: number
  readonly hasRunBefore: boolean
  readonly variables: Record<string, string>
}

/** A project whose function `a` has just been changed. */
async function changedProject(options?: Parameters<typeof startEmptyBench>[0]): Promise<Bench> {
  const bench = await startEmptyBench(options)
  await writeFile(path.join(bench.directory, 'a.js'), CODE)
  await bench.functions.deploy(bench.define('a.handler', { name: 'a' }))
  await bench.functions.reload()
  return bench
}

const factsOf = async (bench: Bench, name: string): Promise<Facts> => (await bench.run(name)).value as Facts

/**
 * Waits for the spare thread, and answers its number. Threads are numbered as they are made: one that environments of
 * another memory size pass over is the spare.
 */
async function spareThreadOf(bench: Bench): Promise<number> {
  let latest = (await factsOf(bench, 'a')).threadId
  let number = 0
  const passedOver = async (): Promise<number> => {
    const name = `other${++number}`
    await bench.deploy('a.handler', { name, memoryMegabytes: 256 })
    const before = latest
    latest = (await factsOf(bench, name)).threadId
    return latest - before
  }
  await expect.poll(passedOver, { timeout: 10_000 }).toBe(2)
  return latest - 1
}

describe('after a change of code a thread is kept ready', () => {
  it('which the next change takes', async () => {
    const bench = await changedProject()
    const spare = await spareThreadOf(bench)
    await bench.functions.reload(['a'])
    const { value, report } = await bench.run('a')
    const { threadId, hasRunBefore, variables } = value as Facts
    expect(threadId).toBe(spare)
    expect(hasRunBefore).toBe(false)
    expect(report.initMs).toBeUndefined()
    expect(variables['AWS_LAMBDA_LOG_STREAM_NAME']).toBe(report.logStream)
  })

  it('or the cold start of another function, which finds what it finds in a thread of its own', async () => {
    const bench = await changedProject()
    const definition = bench.define('a.handler', { name: 'b', environment: { OWN: 'of b' } })
    const spare = await spareThreadOf(bench)
    await bench.functions.deploy(definition, { prewarm: false })
    const taken = await bench.run('b')
    const { threadId, variables } = taken.value as Facts
    expect(threadId).toBe(spare)
    expect(taken.report.initMs).toBeGreaterThan(0)
    expect(taken.log).toContain('Init Duration: ')

    await bench.functions.remove('b')
    await bench.functions.deploy(definition, { prewarm: false })
    const fresh = await factsOf(bench, 'b')
    expect(fresh.threadId).toBeGreaterThan(spare)
    const identity = { AWS_ACCESS_KEY_ID: '', AWS_LAMBDA_LOG_STREAM_NAME: '' }
    expect({ ...variables, ...identity }).toEqual({ ...fresh.variables, ...identity })
  })

  it('no longer than an environment would be kept', async () => {
    const bench = await changedProject({ idleEnvironmentMs: 1 })
    const spare = await spareThreadOf(bench)
    await bench.functions.reload(['a'])
    expect((await factsOf(bench, 'a')).threadId).toBeGreaterThan(spare)
  })
})

describe('threads are of one kind', () => {
  const settings: ThreadSettings = {
    execArgv: [],
    memoryMegabytes: 128,
    variables: { NODE_DEBUG: 'http', STAGE: 'dev' },
  }
  const differing = (changes: Partial<ThreadSettings>): boolean =>
    kindOf({ ...settings, ...changes }) !== kindOf(settings)

  it('whatever their function, which their first task tells them', () => {
    expect(differing({ variables: { NODE_DEBUG: 'http', STAGE: 'prod', _HANDLER: 'a.b' } })).toBe(false)
  })

  it('unless they differ in what Node reads while they start', () => {
    expect(differing({ memoryMegabytes: 256 })).toBe(true)
    expect(differing({ execArgv: ['--enable-source-maps'] })).toBe(true)
    expect(differing({ variables: { NODE_DEBUG: 'net', STAGE: 'dev' } })).toBe(true)
    expect(
      differing({ variables: { NODE_DEBUG: 'http', STAGE: 'dev', NODE_OPTIONS: '--no-warnings' } }),
    ).toBe(true)
  })
})
