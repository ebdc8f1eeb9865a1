import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import path from 'node:path'
import { start, type App, type LedgerEntry } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { createProject, startProject } from '../tools/project.ts'

const SPEC = `
service: reload
functions:
  worker:
    handler: src/worker.handler
    events: [{ sqs: orders }]
  other: { handler: src/other.handler }
`

/** A handler in two files, TypeScript, that says which version it is. */
const filesOf = (version: number): Record<string, string> => ({
  'src/worker.ts': `import { version } from './version.ts'
interface Event { Records: { body: string }[] }
export const handler = async (event: Event): Promise<number> => {
  for (const { body } of event.Records ?? []) console.log('handled', body, version)
  return version
}`,
  'src/version.ts': `export const version: number = ${version}`,
})
const PROJECT = { 'lambda.yml': SPEC, ...filesOf(1), 'src/other.js': `exports.handler = async () => 'other'` }

const entryThat = (app: App, matches: (entry: LedgerEntry) => boolean): Promise<LedgerEntry> =>
  new Promise((resolve) => {
    const unsubscribe = app.ledger.subscribe((entry) => {
      if (!matches(entry)) return
      unsubscribe()
      resolve(entry)
    })
  })

const watching = () => startProject(PROJECT, { clock: 'live', watch: true })

test('a saved change in a file that a handler imports answers from then on', async () => {
  const app = await watching()
  expect((await app.invoke('worker')).payload).toBe(1)
  const deployed = entryThat(app, (entry) => entry.kind === 'deployed')
  app.project.write('src/version.ts', 'export const version: number = 2')
  expect(await deployed).toMatchObject({ functionName: 'worker' })
  expect((await app.invoke('worker')).payload).toBe(2)
})

test('the first save of a JavaScript file that a handler imports is not missed', async () => {
  const app = await startProject(
    {
      'lambda.yml': 'functions: { a: { handler: a.handler }, b: { handler: b.handler } }',
      'a.js': "const { version } = require('./version.js'); exports.handler = async () => version",
      'b.js': "const { version } = require('./version.js'); exports.handler = async () => version",
      'version.js': 'exports.version = 1',
    },
    { clock: 'live', watch: true },
  )
  expect((await app.invoke('a')).payload).toBe(1)
  const deployed = ['a', 'b'].map((name) =>
    entryThat(app, (entry) => entry.kind === 'deployed' && entry.functionName === name),
  )
  app.project.write('version.js', 'exports.version = 2')
  await Promise.all(deployed)
  expect([(await app.invoke('a')).payload, (await app.invoke('b')).payload]).toEqual([2, 2])
})

test.each(['app/a.js', 'app/a.ts'])(
  'a file outside of the project’s folder is followed once %s runs, also when it changes first',
  async (handler) => {
    const version = (number: number) => `exports.version = ${number}`
    const project = createProject({
      'app/lambda.yml': 'functions: { a: { handler: a.handler } }',
      [handler]: "const { version } = require('../shared/version.js'); exports.handler = async () => version",
      'shared/version.js': version(1),
    })
    const app = await start({
      config: path.join(project.directory, 'app/lambda.yml'),
      clock: 'live',
      ephemeral: true,
      watch: true,
    })
    onTestFinished(() => app.stop())
    expect((await app.invoke('a')).payload).toBe(1)
    const saveAndAsk = async () => {
      project.write('shared/version.js', version(2))
      return (await app.invoke('a')).payload
    }
    await expect.poll(saveAndAsk, { timeout: 10_000, interval: 200 }).toBe(2)
  },
)

test('a syntax error is answered like a broken deployment, shown with its place, and healed by the next good save', async () => {
  const app = await watching()
  await app.invoke('worker')
  const failed = entryThat(app, (entry) => entry.kind === 'deployFailed')
  app.project.write('src/version.ts', 'export const version: number = = 2')
  const entry = await failed
  expect(entry.kind === 'deployFailed' && entry.frame).toContain('version.ts:1:31')
  const broken = await app.invoke('worker')
  expect(broken.functionError).toBe('Unhandled')
  expect(broken.payload).toMatchObject({ errorType: 'Runtime.UserCodeSyntaxError' })
  expect((await app.invoke('other')).payload).toBe('other')

  const healed = entryThat(app, (entry) => entry.kind === 'deployed')
  app.project.write('src/version.ts', 'export const version: number = 3')
  await healed
  expect((await app.invoke('worker')).payload).toBe(3)
})

test('messages keep flowing through ten saves: none is lost, and none meets code older than the last switch', async () => {
  const app = await watching()
  const client = new SQSClient({
    endpoint: app.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  })
  onTestFinished(() => client.destroy())
  const QueueUrl = `${app.url}/000000000000/orders`
  const handled = new Map<string, number>()
  let live = 1
  const stale: string[] = []
  const startedOn = new Map<string, number>()
  app.ledger.subscribe((entry) => {
    if (entry.kind === 'batchTaken') startedOn.set(entry.requestId, live)
    if (entry.kind !== 'logLine' || entry.source !== 'function') return
    const [, id, version] = /handled (\S+) (\d+)/.exec(entry.text) ?? []
    if (id === undefined) return
    handled.set(id, Number(version))
    if (Number(version) < (startedOn.get(entry.requestId ?? '') ?? 0)) stale.push(`${id} on ${version}`)
  })
  let sent = 0
  let isSending = true
  const producer = (async () => {
    while (isSending) await client.send(new SendMessageCommand({ QueueUrl, MessageBody: String(sent++) }))
  })()
  onTestFinished(() => {
    isSending = false
  })
  for (let version = 2; version <= 11; version++) {
    const deployed = entryThat(app, (entry) => entry.kind === 'deployed')
    app.project.write('src/version.ts', `export const version: number = ${version}`)
    await deployed
    live = version
  }
  isSending = false
  await producer
  await app.settle()
  expect(sent).toBeGreaterThan(50)
  expect(handled.size).toBe(sent)
  expect(stale).toEqual([])
  expect(app.queue('orders').messages()).toEqual([])
}, 60_000)

test('a changed spec is applied as a difference: the new function answers, queues keep their messages', async () => {
  const app = await watching()
  const applied = entryThat(app, (entry) => entry.kind === 'specApplied')
  app.project.write('lambda.yml', `${SPEC}  third: { handler: src/other.handler }\n`)
  await applied
  expect((await app.invoke('third')).payload).toBe('other')
  const refused = entryThat(app, (entry) => entry.kind === 'specRefused')
  app.project.write('lambda.yml', `${SPEC}  third: { handlr: src/other.handler }\n`)
  expect(await refused).toMatchObject({ message: expect.stringContaining('handler') as unknown })
  expect((await app.invoke('third')).payload).toBe('other')
})

test('a handler file that appears after the start makes its function answer', async () => {
  const app = await watching()
  const failed = entryThat(app, (entry) => entry.kind === 'deployFailed')
  app.project.write('src/worker.ts', `import './later.ts'\nexport const handler = async () => 'later'`)
  await failed
  const deployed = entryThat(app, (entry) => entry.kind === 'deployed')
  app.project.write('src/later.ts', `export {}`)
  await deployed
  expect((await app.invoke('worker')).payload).toBe('later')
})
