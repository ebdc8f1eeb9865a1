import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { start } from 'lambent'
import { createProject } from '../tools/project.ts'

const files = {
  'lambda.yml': 'functions: { work: { handler: main.work } }\nresources: { queues: { box: {} } }\n',
  'main.js': 'exports.work = async () => 1\n',
}

test('a damaged data folder is refused by name, and opened with all that can be read when asked to', async () => {
  const { config, directory } = createProject(files)
  const first = await start({ config })
  await first.invoke('work', {})
  await first.stop()
  const file = path.join(directory, '.lambent', 'store.mdb')
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.fill(0xaa, 0, 16_384))

  await expect(start({ config })).rejects.toThrow(`The file ${file} cannot be read at byte 0: `)
  await expect(start({ config })).rejects.toThrow('start with --recover to keep what can be read')

  const warnings: string[] = []
  const log = { info() {}, warn: (text: string) => warnings.push(text), error() {}, debug() {} }
  const app = await start({ config, recover: true, log })
  expect(warnings).toEqual([
    `${file} could not be read; it lies in ${file}.damaged now, and a new one was begun`,
  ])
  expect(await app.invoke('work', {})).toMatchObject({ payload: 1 })
  await app.stop()
})

test('the control API shows what the spies show', async () => {
  const { config } = createProject(files)
  const app = await start({ config, ephemeral: true })
  try {
    await app.invoke('work', { id: 1 })
    const ask = async (what: string): Promise<unknown> => (await fetch(`${app.url}/_lambent/${what}`)).json()
    expect(await ask('functions/work/invocations')).toMatchObject({
      items: [{ event: { id: 1 }, response: 1 }],
    })
    expect(await ask('queues/box/messages')).toEqual({ items: [] })
    expect(await ask('queues/bax/messages')).toEqual({ message: 'there is no queue bax; did you mean box?' })
    expect(await ask('destinations/work/onSuccess/records')).toEqual({
      message: 'the function work has no destination onSuccess',
    })
  } finally {
    await app.stop()
  }
})
