import { once } from 'node:events'
import { Agent, createServer, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, onTestFinished, test } from 'vitest'
import { startProject } from '../tools/project.ts'

const CALLS = 1_000
const RESERVED = 50
const MEBIBYTE = 1_048_576

/** The handler says that it is there, and waits until it is let go. */
const project = (hall: string) => ({
  'lambda.yml': `
service: shop
functions:
  checkout:
    handler: checkout.handler
    timeout: 60
    reservedConcurrency: ${RESERVED}
    environment: { HALL: '${hall}' }
`,
  'checkout.js': `
const http = require('node:http')
exports.handler = () => new Promise((resolve, reject) => {
  http.get(process.env.HALL, { agent: false }, (answer) => answer.resume().on('end', () => resolve('done'))).on('error', reject)
})`,
})

/** Where handlers wait: it counts who is there, and lets them go when it is told so. */
async function openHall() {
  let waiting: ServerResponse[] = []
  let isOpen = false
  const counts = { now: 0, most: 0, all: 0 }
  const listeners = new Set<() => void>()
  const server = createServer((_, response) => {
    counts.now++
    counts.all++
    counts.most = Math.max(counts.most, counts.now)
    waiting.push(response)
    if (isOpen) letGo()
    for (const listener of listeners) listener()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())

  function letGo(): void {
    const leaving = waiting
    waiting = []
    counts.now -= leaving.length
    for (const response of leaving) response.end()
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    counts,
    /** Resolves when so many have come in all. */
    arrived: (count: number) =>
      new Promise<void>((resolve) => {
        const check = (): void => {
          if (counts.all < count) return
          listeners.delete(check)
          resolve()
        }
        listeners.add(check)
        check()
      }),
    letGo,
    /** Whoever comes from now on is let go at once. */
    open() {
      isOpen = true
      letGo()
    },
    begin() {
      isOpen = false
      Object.assign(counts, { now: 0, most: 0, all: 0 })
    },
  }
}

interface Answer {
  readonly status: number
  readonly error: string | undefined
  readonly retryAfter: string | undefined
  readonly body: string
}

/** One call as it is on the wire: an SDK would try again by itself. */
const call = (url: string, agent: Agent, type: 'RequestResponse' | 'Event'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const path = '/2015-03-31/functions/checkout/invocations'
    const headers = { 'X-Amz-Invocation-Type': type }
    request(`${url}${path}`, { method: 'POST', agent, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          error: response.headers['x-amzn-errortype'] as string | undefined,
          retryAfter: response.headers['retry-after'],
          body,
        }),
      )
    })
      .on('error', reject)
      .end('{}')
  })

function heapBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

/** Fifty cold starts are most of the time that this takes, so both halves share a runner. */
test('of 1,000 calls at once exactly the reserved concurrency runs, the others are throttled; 1,000 events all run, no more of them at once', async () => {
  const hall = await openHall()
  const app = await startProject(project(hall.url))
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())

  async function callAll(): Promise<void> {
    hall.begin()
    const answers: Answer[] = []
    let othersAnswered = (): void => {}
    const others = new Promise<void>((resolve) => (othersAnswered = resolve))
    const calls = Array.from({ length: CALLS }, async () => {
      answers.push(await call(app.url, agent, 'RequestResponse'))
      if (answers.length === CALLS - RESERVED) othersAnswered()
    })
    await Promise.all([others, hall.arrived(RESERVED)])
    expect(hall.counts).toEqual({ now: RESERVED, most: RESERVED, all: RESERVED })
    hall.letGo()
    await Promise.all(calls)

    expect(answers.filter(({ body }) => body === '"done"')).toHaveLength(RESERVED)
    const throttled = answers.filter(({ status }) => status !== 200)
    expect(throttled).toHaveLength(CALLS - RESERVED)
    for (const { status, error, retryAfter, body } of throttled) {
      expect({ status, error, retryAfter }).toEqual({
        status: 429,
        error: 'TooManyRequestsException',
        retryAfter: '1',
      })
      expect(JSON.parse(body)).toEqual({
        Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
        Type: 'User',
        message: 'Rate Exceeded.',
      })
    }
    expect(hall.counts.all).toBe(RESERVED)
    expect(app.status().functions[0]?.environments).toBeLessThanOrEqual(RESERVED)
  }

  await callAll()
  const before = heapBytes()
  await callAll()
  // What the history keeps of a thousand calls is a few hundred bytes each; calls that were kept whole would be more.
  expect(heapBytes() - before).toBeLessThan(8 * MEBIBYTE)

  hall.begin()
  const accepted = await Promise.all(Array.from({ length: CALLS }, () => call(app.url, agent, 'Event')))
  expect(new Set(accepted.map(({ status }) => status))).toEqual(new Set([202]))
  await hall.arrived(RESERVED)
  expect(hall.counts.now).toBe(RESERVED)
  hall.open()
  await hall.arrived(CALLS)
  await app.settle()
  expect(hall.counts).toEqual({ now: 0, most: RESERVED, all: CALLS })
}, 60_000)
