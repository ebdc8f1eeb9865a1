import type { App, FunctionSummary } from 'lambent'
import { expect, test } from 'vitest'
import { startProject } from '../tools/project.ts'

const FILES = {
  'lambda.yml': `
functions:
  good: { handler: handlers.good, reservedConcurrency: 5 }
  bad: { handler: handlers.bad }
`,
  'handlers.js': `
exports.good = async () => 1
exports.bad = async () => { throw new TypeError('no such thing') }
`,
}

const overview = async (app: App): Promise<FunctionSummary[]> => {
  const response = await fetch(`${app.url}/_lambent/functions`)
  return ((await response.json()) as { functions: FunctionSummary[] }).functions
}

test('the overview tells which functions are warm, what they ran, and how they last failed', async () => {
  const app = await startProject(FILES)
  expect(await overview(app)).toMatchObject([
    { name: 'bad', environments: [], lastError: null, lastInvokedMs: null, broken: null },
    { name: 'good', environments: [], reservedConcurrency: 5 },
  ])
  await app.invoke('good', {})
  const failed = await app.invoke('bad', {})
  expect(await overview(app)).toMatchObject([
    {
      name: 'bad',
      environments: [{ isBusy: false, runs: 1 }],
      figures: { invocations: 1, errors: 1 },
      lastError: { requestId: failed.requestId, errorType: 'TypeError', errorMessage: 'no such thing' },
    },
    { name: 'good', environments: [{ isBusy: false, runs: 1 }], lastError: null },
  ])
})

test('code that cannot be loaded is told as broken until it is mended', async () => {
  const app = await startProject(FILES)
  app.project.write('handlers.js', 'exports.good = async () => {')
  await app.reload(['good'])
  const good = async () => (await overview(app)).find(({ name }) => name === 'good')
  expect((await good())?.broken).toContain('Runtime.UserCodeSyntaxError')
  app.project.write('handlers.js', FILES['handlers.js'])
  await app.reload(['good'])
  expect((await good())?.broken).toBeNull()
})

test('one function is shown by its name, and a wrong name is answered with the right one', async () => {
  const app = await startProject(FILES)
  const good = await fetch(`${app.url}/_lambent/functions/good`)
  expect(await good.json()).toMatchObject({
    name: 'good',
    handler: 'handlers.good',
    versions: [],
    aliases: [],
  })
  const wrong = await fetch(`${app.url}/_lambent/functions/goood`)
  expect([wrong.status, await wrong.json()]).toEqual([
    404,
    { message: 'there is no function goood; did you mean good?' },
  ])
})
