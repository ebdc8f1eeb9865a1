import { CreateAliasCommand, DeleteAliasCommand } from '@aws-sdk/client-lambda'
import { type App, type EventLife, type Replay, start } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { lambdaOf } from '../tools/clients.ts'
import { createProject, startProject } from '../tools/project.ts'

const PROJECT = {
  'lambda.yml': `
service: shop
functions:
  notify: { handler: notify.handler, maximumRetryAttempts: 0, destinations: { onSuccess: sqs:done } }
resources: { queues: { done: {} } }
`,
  'notify.js': `exports.handler = async () => { throw new Error('not yet') }`,
}
const MENDED = `exports.handler = async (event, context) => ({ event, custom: context.clientContext })`

async function replay(
  app: App,
  input: object,
): Promise<{ status: number; body: Replay & { message?: string } }> {
  const response = await fetch(`${app.url}/_lambent/replay`, { method: 'POST', body: JSON.stringify(input) })
  return { status: response.status, body: (await response.json()) as Replay & { message?: string } }
}

test('a failed event is run again after its handler was mended, as a new event that is linked to the old', async () => {
  const app = await startProject(PROJECT)
  const { requestId } = await app.invoke('notify', { to: 'ada' }, { type: 'Event' })
  await app.settle()
  app.project.write('notify.js', MENDED)
  await app.reload()

  const { status, body } = await replay(app, { id: requestId.slice(0, 8) })
  expect([status, body]).toEqual([
    200,
    {
      functionName: 'notify',
      requestId: expect.any(String) as string,
      of: requestId,
      invocationType: 'Event',
    },
  ])
  expect(body.requestId).not.toBe(requestId)
  await app.settle()
  const [record] = app.queue('done').messages()
  expect(JSON.parse(record?.body ?? '')).toMatchObject({
    requestContext: { requestId: body.requestId },
    requestPayload: { to: 'ada' },
  })
  const life = (await (await fetch(`${app.url}/_lambent/invocations/${requestId}`)).json()) as EventLife
  expect(life.steps.at(-1)).toMatchObject({ kind: 'replayed', requestId: body.requestId })
  expect(life.caused[0]?.invocation).toMatchObject({ replayOf: requestId, state: 'succeeded' })
})

test('a synchronous invocation is run again at once, with its client context, or with another event', async () => {
  const app = await startProject({ ...PROJECT, 'notify.js': MENDED })
  const first = await app.invoke('notify', { id: 1 }, { clientContext: { custom: { a: 'b' } } })
  const same = await replay(app, { id: first.requestId })
  expect(same.body).toMatchObject({ invocationType: 'RequestResponse', outcome: 'success' })
  expect(JSON.parse(same.body.payload ?? '')).toEqual(first.payload)
  const other = await replay(app, { id: first.requestId, event: { id: 2 } })
  expect(JSON.parse(other.body.payload ?? '')).toMatchObject({ event: { id: 2 } })
})

test('what was invoked by an alias is run again by that alias, as long as it is there', async () => {
  const app = await startProject({
    ...PROJECT,
    'notify.js':
      'exports.handler = async (event, { invokedFunctionArn }) => invokedFunctionArn.split(":")[7]',
  })
  const client = lambdaOf(app)
  const named = { FunctionName: 'notify', Name: 'live' }
  await client.send(new CreateAliasCommand({ ...named, FunctionVersion: '$LATEST' }))
  const { requestId } = await app.invoke('notify', {}, { qualifier: 'live' })
  expect((await replay(app, { id: requestId })).body).toMatchObject({ payload: '"live"' })
  await client.send(new DeleteAliasCommand(named))
  const { status, body } = await replay(app, { id: requestId })
  expect([status, body.message]).toEqual([404, 'notify has no version or alias live any more'])
})

test('numbers keep their digits on the way through the history', async () => {
  const app = await startProject({ ...PROJECT, 'notify.js': MENDED }, { ephemeral: false })
  const url = `${app.url}/2015-03-31/functions/notify/invocations`
  const response = await fetch(url, { method: 'POST', body: '{\n  "n": 12345678901234567890.10\n}' })
  await response.text()
  const id = response.headers.get('x-amzn-requestid') ?? ''
  const answer = await fetch(`${app.url}/_lambent/invocations/${id}/payload`)
  expect(await answer.json()).toEqual({ payload: '{   "n": 12345678901234567890.10 }' })
})

test('replays go on after a restart', async () => {
  const project = createProject({ ...PROJECT, 'notify.js': MENDED })
  const first = await start({ config: project.config, clock: 'frozen' })
  const { requestId } = await first.invoke('notify', { id: 7 })
  await first.stop()
  const second = await start({ config: project.config, clock: 'frozen' })
  onTestFinished(() => second.stop())
  const { body } = await replay(second, { id: requestId })
  expect(JSON.parse(body.payload ?? '')).toMatchObject({ event: { id: 7 } })
})

test('a large payload is there as long as its event is queued, and what cannot be had is said', async () => {
  const app = await startProject({
    ...PROJECT,
    'lambda.yml': PROJECT['lambda.yml'].replace('maximumRetryAttempts: 0', 'maximumRetryAttempts: 1'),
  })
  const large = { text: 'x'.repeat(300 * 1024) }
  const { requestId } = await app.invoke('notify', large, { type: 'Event' })
  await app.clock.advance(0)
  expect((await replay(app, { id: requestId })).status).toBe(200)
  await app.clock.advance('1m')
  await app.settle()
  const gone = await replay(app, { id: requestId })
  expect(gone.status).toBe(409)
  expect(gone.body.message).toMatch(
    /of 307211 bytes; one above 256 KB is kept only as long as its event is queued/,
  )
  expect((await replay(app, { id: requestId, event: {} })).status).toBe(200)
})

test('an id that nobody had, and a request without one, are refused in words', async () => {
  const app = await startProject(PROJECT)
  expect(await replay(app, { id: 'nobody' })).toMatchObject({ status: 404 })
  expect((await replay(app, {})).body.message).toBe('expected {"id": "...", "event": ...}')
})
