import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { startEmptyBench } from '../harness.ts'
import { clientOf, writeProgram } from './runtimeClient.ts'

/** A runner of its own, which says when its function has answered and then only lives. */
const RUNNER = `
import { createFunctions } from '#dist/functions/index.js'
import { createActivity, createClock, createIds } from '#dist/system/index.js'
const directory = process.argv[1]
const told = new Proxy({}, { get: () => () => {} })
const clock = createClock({ mode: 'frozen', startMs: 0, idle: createActivity().idle })
const functions = createFunctions({ clock, ids: createIds(), region: 'x', directory, events: told })
await functions.deploy({ name: 'fn', arn: 'arn', version: '$LATEST', handler: 'x', runtime: 'provided.al2023', timeoutMs: 9000,
  memoryMegabytes: 128, environment: {}, directory, isolation: 'thread', layers: [], isTraced: false,
  logging: { format: 'Text', applicationLevel: 'INFO', systemLevel: 'INFO', group: 'g' } }, { prewarm: false })
const { payload } = await functions.run('fn', { requestId: 'id', payload: Buffer.from('1'), invokedFunctionArn: 'arn', traceId: '' })
console.log(Buffer.from(payload).toString())
setInterval(() => {}, 1000)
`

const isAlive = (processId: number): boolean => {
  try {
    process.kill(processId, 0)
    return true
  } catch {
    return false
  }
}

/** Whether it has ended; one that nobody has buried yet counts as ended. */
async function hasEnded(processId: number): Promise<boolean> {
  if (!isAlive(processId)) return true
  const state = await readFile(`/proc/${processId}/stat`, 'utf8').catch(() => ') Z')
  return state.includes(') Z')
}

test.skipIf(process.platform === 'win32')('no process outlives a runner that was killed', async () => {
  const { directory } = await startEmptyBench()
  await writeProgram(path.join(directory, 'bootstrap'), clientOf('respond(os.getpid())'))
  const cwd = path.resolve(import.meta.dirname, '../../..')
  const runner = spawn(process.execPath, ['--input-type=module', '-e', RUNNER, directory], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = (await once(runner.stdout, 'data')) as [Buffer]
  const processId = Number(said.toString())
  expect(isAlive(processId)).toBe(true)
  runner.kill('SIGKILL')
  await expect.poll(() => hasEnded(processId), { timeout: 5000 }).toBe(true)
})
