import {
  CreateFunctionCommand,
  InvokeCommand,
  ListFunctionsCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { start } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { ZipFile } from 'yazl'
import { lambdaOf } from '../tools/clients.ts'
import { spawnLambent } from '../cli/lambent.ts'
import { createProject } from '../tools/project.ts'

const ROUNDS = 3

async function code(text: string): Promise<Buffer> {
  const archive = new ZipFile()
  archive.addBuffer(Buffer.from(`exports.handler = async () => ${JSON.stringify(text)}`), 'index.js')
  // Something to write for a while.
  for (let n = 0; n < 30; n++) archive.addBuffer(Buffer.from(`${text} ${n}`), `files/${n}.txt`)
  archive.end()
  return await buffer(archive.outputStream)
}

test('what was answered of functions survives kills, whole, and nothing half is left', async () => {
  const { directory, config } = createProject({
    'lambda.yml': 'functions: { declared: { handler: index.handler } }',
    'index.js': 'exports.handler = async () => 1',
  })
  const data = path.join(directory, 'data')
  /** What each function answers, by what was acknowledged last; one that was not may be either. */
  const known = new Map<string, Set<string>>()
  const created = new Set<string>()

  for (let round = 0; round < ROUNDS; round++) {
    const running = spawnLambent(['start', '--config', config, '--data', data, '--port', '0'])
    const url = /http:\/\/\S+/.exec(await running.line(/^ready/))?.[0] ?? ''
    const client = lambdaOf({ url })
    const change = async (name: string, text: string): Promise<void> => {
      const before = known.get(name)
      known.set(name, new Set([...(before ?? []), text]))
      const archive = await code(text)
      const command = before
        ? new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile: archive })
        : new CreateFunctionCommand({
            FunctionName: name,
            Role: 'arn:aws:iam::000000000000:role/r',
            Runtime: 'nodejs22.x',
            Handler: 'index.handler',
            Code: { ZipFile: archive },
          })
      await client.send(command as CreateFunctionCommand)
      known.set(name, new Set([text]))
      created.add(name)
    }
    // Three at a time go on until the kill, which comes in the middle of the work of some.
    let acknowledged = 0
    const lanes = [0, 1, 2].map(async (lane) => {
      for (let n = 0; ; n++) {
        await change(`f${round}-${lane}-${n % 3}`, `round ${round}, change ${n}`)
        acknowledged++
        if (acknowledged === 5 + round) running.kill('SIGKILL')
      }
    })
    await Promise.allSettled(lanes)
    await running.ended
  }

  const app = await start({ config, data, clock: 'frozen' })
  onTestFinished(() => app.stop())
  const client = lambdaOf(app)
  const { Functions = [] } = await client.send(new ListFunctionsCommand({}))
  const there = Functions.map(({ FunctionName = '' }) => FunctionName).filter((name) => name !== 'declared')
  for (const name of there) {
    const { Payload } = await client.send(new InvokeCommand({ FunctionName: name }))
    expect([...(known.get(name) ?? [])]).toContain(JSON.parse(Buffer.from(Payload ?? []).toString()))
  }
  expect(there).toEqual(expect.arrayContaining([...created]))
  const folder = path.join(data, 'functions')
  const folders = readdirSync(folder)
    .filter((name) => !name.includes('.'))
    .map((name) => readdirSync(path.join(folder, name)))
  expect(folders.flat().filter((name) => name.endsWith('.new'))).toEqual([])
  expect(folders.filter((ids) => ids.length > 1)).toEqual([])
  expect(existsSync(folder)).toBe(true)
}, 60_000)
