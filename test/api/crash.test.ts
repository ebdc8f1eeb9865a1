import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { createProject, type Project } from '../tools/project.ts'

const ROUNDS = 20
const PRODUCERS = 8
const main = path.resolve(import.meta.dirname, '../../dist/cli/main.js')

/** Handlers write down what they have done, one line at a time, beyond the reach of the kill. */
const PROJECT = {
  'lambda.yml': `
service: crash
functions:
  worker:
    handler: handlers.worker
    events: [{ sqs: { queue: orders, functionResponseType: ReportBatchItemFailures } }]
  notify: { handler: handlers.notify, maximumRetryAttempts: 0, destinations: { onFailure: sqs:failed, onSuccess: lambda:audit } }
  audit: { handler: handlers.audit }
resources:
  queues: { orders: { visibilityTimeout: 6, redrive: { queue: dead, maxReceiveCount: 50 } }, dead: {}, failed: {} }
clock: 20x
`,
  'handlers.js': `
const { appendFileSync } = require('node:fs')
const done = (line) => appendFileSync(__dirname + '/done.log', line + '\\n')
exports.worker = async (event) => { for (const { body } of event.Records) done('message ' + body) }
exports.notify = async (event) => { if (event.id % 5 === 0) throw new Error('fifth'); done('notified ' + event.id) }
exports.audit = async (record) => { done('audited ' + record.requestPayload.id) }
`,
  'done.log': '',
}

async function startRunner(project: Project): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(
    process.execPath,
    [main, 'start', '--json', '--port', '0', '--config', project.config],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const ready = text.split('\n').find((line) => line.includes('"kind":"ready"') && line.endsWith('}'))
      if (ready !== undefined) resolve((JSON.parse(ready) as { url: string }).url)
    })
    child.once('exit', () => reject(new Error(`the runner ended before it was ready:\n${text}`)))
  })
  return { child, url }
}

async function post(url: string, headers: Record<string, string>, body: string): Promise<boolean> {
  try {
    const response = await fetch(url, { method: 'POST', headers, body })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}

const send = (url: string, body: string): Promise<boolean> =>
  post(
    url,
    { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' },
    JSON.stringify({ QueueUrl: `${url}/000000000000/orders`, MessageBody: body }),
  )
const notify = (url: string, id: number): Promise<boolean> =>
  post(
    `${url}/2015-03-31/functions/notify/invocations`,
    { 'x-amz-invocation-type': 'Event' },
    JSON.stringify({ id }),
  )

test(
  `${ROUNDS} kills at random moments lose no acknowledged message and no accepted event`,
  { timeout: 120_000 },
  async () => {
    const project = createProject(PROJECT)
    const messages: string[] = []
    const events: number[] = []
    let next = 0

    for (let round = 0; round < ROUNDS; round++) {
      const { child, url } = await startRunner(project)
      const exited = once(child, 'exit')
      let isUp = true
      const produce = async (): Promise<void> => {
        while (isUp) {
          const id = next++
          if (id % 2 === 0 ? await send(url, String(id)) : await notify(url, id)) {
            if (id % 2 === 0) messages.push(String(id))
            else events.push(id)
          }
        }
      }
      const producers = Promise.all(Array.from({ length: PRODUCERS }, produce))
      await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 300))
      child.kill('SIGKILL')
      await exited
      isUp = false
      await producers
    }

    const { child, url } = await startRunner(project)
    const settled = await fetch(`${url}/_lambent/settle`, { method: 'POST', body: '{"timeoutMs":60000}' })
    expect(await settled.text()).toBe('{"open":[]}')
    const failedBodies = await drain(url, 'failed')
    child.kill('SIGTERM')
    await once(child, 'exit')

    const done = new Set(readFileSync(path.join(project.directory, 'done.log'), 'utf8').split('\n'))
    const failed = new Set(
      failedBodies.map((body) => (JSON.parse(body) as { requestPayload: { id: number } }).requestPayload.id),
    )
    expect(messages.length).toBeGreaterThan(100)
    expect(events.length).toBeGreaterThan(100)
    expect(messages.filter((id) => !done.has(`message ${id}`))).toEqual([])
    expect(
      events.filter((id) => id % 5 !== 0 && !(done.has(`notified ${id}`) && done.has(`audited ${id}`))),
    ).toEqual([])
    expect(events.filter((id) => id % 5 === 0 && !failed.has(id))).toEqual([])
  },
)

async function drain(url: string, queue: string): Promise<string[]> {
  const bodies: string[] = []
  for (;;) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.ReceiveMessage' },
      body: JSON.stringify({
        QueueUrl: `${url}/000000000000/${queue}`,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 40_000,
      }),
    })
    const { Messages = [] } = (await response.json()) as { Messages?: { Body: string }[] }
    if (Messages.length === 0) return bodies
    bodies.push(...Messages.map(({ Body }) => Body))
  }
}
