import { mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import type { App } from 'lambent'
import { describe, expect, it, onTestFinished } from 'vitest'
import { start } from 'lambent'
import { createProject, type Project } from '../tools/project.ts'

/** Handlers as people write them with these packages, in TypeScript, run as they are. */

const PACKAGES = path.resolve(import.meta.dirname, '../../node_modules')

/** A project that has installed some packages. */
async function withPackages(
  packages: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<App & { project: Project }> {
  const project = createProject(files)
  for (const name of packages) {
    const link = path.join(project.directory, 'node_modules', name)
    mkdirSync(path.dirname(link), { recursive: true })
    symlinkSync(path.join(PACKAGES, name), link)
  }
  const app = await start({ config: project.config, clock: 'frozen', ephemeral: true })
  onTestFinished(() => app.stop())
  return Object.assign(app, { project })
}

const lambdaYml = (functions: string, runtime: string): string =>
  `service: frameworks\nprovider: { runtime: ${runtime} }\nfunctions:\n  app: { handler: src/app.handler, ${functions} }\n`

const urlOf = (app: App): string => {
  const url = app.status().functions[0]?.url
  if (!url) throw new Error('the function has no URL')
  return url.replace(/\/$/, '')
}

describe.each([['nodejs22.x'], ['nodejs24.x']])('%s', (runtime) => {
  it('Express behind serverless-http answers a function URL', async () => {
    const app = await withPackages(['express', 'serverless-http'], {
      'lambda.yml': lambdaYml('url: true', runtime),
      'src/app.ts': `
import express, { type Request, type Response } from 'express'
import serverless from 'serverless-http'

const app = express()
app.use(express.json())
app.get('/orders/:id', (request: Request, response: Response) => {
  response.cookie('seen', 'yes').json({ id: request.params.id, sort: request.query.sort, agent: request.get('user-agent') })
})
app.post('/orders', (request: Request, response: Response) => {
  response.status(201).location('/orders/' + request.body.id).send('made ' + request.body.id)
})
app.get('/broken', () => { throw new Error('not today') })
export const handler = serverless(app)
`,
    })
    const url = urlOf(app)
    const found = await fetch(`${url}/orders/7?sort=up`, { headers: { 'user-agent': 'test' } })
    expect([found.status, await found.json()]).toEqual([200, { id: '7', sort: 'up', agent: 'test' }])
    expect(found.headers.get('set-cookie')).toBe('seen=yes; Path=/')
    const made = await fetch(`${url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"id":"ä8"}',
    })
    expect([made.status, await made.text(), made.headers.get('location')]).toEqual([
      201,
      'made ä8',
      '/orders/%C3%A48',
    ])
    expect((await fetch(`${url}/broken`)).status).toBe(500)
    expect((await fetch(`${url}/nowhere`)).status).toBe(404)
  })

  it('Middy runs its middlewares around a handler', async () => {
    const app = await withPackages(['@middy/core'], {
      'lambda.yml': lambdaYml('timeout: 5', runtime),
      'package.json': '{ "type": "module" }',
      'src/app.ts': `
import middy from '@middy/core'

interface Order { id?: string }
const order: string[] = []
export const handler = middy()
  .use({
    before: ({ event }: { event: Order }) => { order.push('before'); if (event.id === undefined) throw new RangeError('no id') },
    after: (request: { response: unknown }) => { order.push('after'); request.response = { order, answer: request.response } },
    onError: (request: { error: Error | null; response: unknown }) => {
      if (request.error?.name === 'RangeError') request.response = { refused: request.error.message }
    },
  })
  .handler(async (event: Order, context: { awsRequestId: string }, { signal }: { signal: AbortSignal }) => {
    if (event.id === 'broken') throw new Error('broken')
    return { id: event.id, hasId: context.awsRequestId.length > 0, isAborted: signal.aborted }
  })
`,
    })
    expect((await app.invoke('app', { id: '1' })).payload).toEqual({
      order: ['before', 'after'],
      answer: { id: '1', hasId: true, isAborted: false },
    })
    expect((await app.invoke('app', {})).payload).toEqual({ refused: 'no id' })
    expect((await app.invoke('app', { id: 'broken' })).payload).toMatchObject({
      errorType: 'Error',
      errorMessage: 'broken',
    })
  })

  it('Powertools logs, counts, and answers batches in parts', async () => {
    const packages = ['logger', 'metrics', 'batch'].map((name) => `@aws-lambda-powertools/${name}`)
    const app = await withPackages(packages, {
      'lambda.yml': lambdaYml(
        'environment: { POWERTOOLS_SERVICE_NAME: orders, POWERTOOLS_METRICS_NAMESPACE: shop }',
        runtime,
      ),
      'src/app.ts': `
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch'
import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'

const logger = new Logger()
const metrics = new Metrics()
const processor = new BatchProcessor(EventType.SQS)

async function ship(record: { body: string }): Promise<void> {
  const { id } = JSON.parse(record.body) as { id: number }
  if (id < 0) throw new Error('no such order')
  metrics.addMetric('shipped', MetricUnit.Count, 1)
  logger.info('shipped', { id })
}

export const handler = async (event: { Records: [] }, context: never) => {
  logger.addContext(context)
  try {
    return await processPartialResponse(event, ship, processor, { context })
  } finally {
    metrics.publishStoredMetrics()
  }
}
`,
    })
    const record = (messageId: string, id: number): object => ({
      messageId,
      body: JSON.stringify({ id }),
      eventSource: 'aws:sqs',
    })
    const { payload, logTail } = await app.invoke('app', {
      Records: [record('a', 1), record('b', -1), record('c', 3)],
    })
    expect(payload).toEqual({ batchItemFailures: [{ itemIdentifier: 'b' }] })
    const lines = logTail
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'INFO',
        message: 'shipped',
        id: 1,
        service: 'orders',
        function_name: 'app',
      }),
    )
    expect(lines).toContainEqual(expect.objectContaining({ service: 'orders', shipped: [1, 1] }))
  })
})
