import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import type { App } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { startProject } from '../tools/project.ts'

/** Everything a handler can do to its environment, and a neighbour that must not notice. */
const HANDLERS = `
exports.good = async (event) => ({ echo: event })
exports.loop = async () => { while (true) {} }
exports.exit = async () => { process.exit(1) }
exports.exitZero = async () => { process.exit(0) }
exports.crash = async () => { process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {}) }
exports.buffers = async () => { globalThis.kept = Buffer.alloc(1024 ** 3, 1); return kept.length }
exports.heap = async () => { const kept = []; for (;;) kept.push(new Array(1e5).fill(Math.random())) }
exports.floating = async () => { Promise.reject(new Error('floating')); await new Promise((resolve) => setTimeout(resolve, 50)); return 1 }
exports.throws = async () => { throw new TypeError('bad type') }
exports.rejectsText = async () => { throw 'plain' }
`

const NAMES = [
  'good',
  'loop',
  'exit',
  'exitZero',
  'crash',
  'buffers',
  'heap',
  'floating',
  'throws',
  'rejectsText',
  'missing',
  'noFile',
]
const handlerOf = (name: string): string => (name === 'noFile' ? 'handlers.good' : `handlers.${name}`)

const PROJECT = {
  'lambda.yml': `
service: robust
provider: { memorySize: 256, timeout: 15 }
functions:
${NAMES.map((name) => `  ${name}: { handler: ${handlerOf(name)}${name === 'loop' ? ', timeout: 1' : ''}${name === 'good' ? ', events: [{ sqs: orders }]' : ''} }`).join('\n')}
`,
  'handlers.js': HANDLERS,
}

interface Answer {
  readonly status: number | undefined
  readonly functionError: string | undefined
  readonly payload: { errorType?: string; errorMessage?: string; trace?: string[] } & Record<string, unknown>
}

async function invoke(app: App, name: string): Promise<Answer> {
  const client = new LambdaClient({
    endpoint: app.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  })
  onTestFinished(() => client.destroy())
  const answer = await client.send(new InvokeCommand({ FunctionName: name, Payload: '{"n":1}' }))
  return {
    status: answer.StatusCode,
    functionError: answer.FunctionError,
    payload: JSON.parse(Buffer.from(answer.Payload ?? []).toString()) as Answer['payload'],
  }
}

const started = () => startProject(PROJECT, { clock: 'live' })

async function expectUnharmed(app: App): Promise<void> {
  expect((await invoke(app, 'good')).payload).toEqual({ echo: { n: 1 } })
  const response = await fetch(app.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' },
    body: JSON.stringify({ QueueUrl: `${app.url}/000000000000/orders`, MessageBody: 'x' }),
  })
  expect(response.status).toBe(200)
  await app.settle()
  expect(app.queue('orders').messages()).toEqual([])
}

test.each([
  [
    'loop',
    {
      errorType: 'Sandbox.Timedout',
      errorMessage: /^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/,
    },
  ],
  [
    'exit',
    {
      errorType: 'Runtime.ExitError',
      errorMessage: /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 1$/,
    },
  ],
  [
    'exitZero',
    {
      errorType: 'Runtime.ExitError',
      errorMessage: /^RequestId: [0-9a-f-]{36} Error: Runtime exited without providing a reason$/,
    },
  ],
  [
    'crash',
    {
      errorType: 'Runtime.ExitError',
      errorMessage: /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: signal: segmentation fault/,
    },
  ],
  ['buffers', { errorType: 'Runtime.OutOfMemory', errorMessage: /signal: killed$/ }],
  ['heap', { errorType: 'Runtime.OutOfMemory', errorMessage: /signal: killed$/ }],
  ['floating', { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: /^Error: floating$/ }],
  ['throws', { errorType: 'TypeError', errorMessage: /^bad type$/ }],
  ['rejectsText', { errorType: 'string', errorMessage: /^plain$/ }],
  [
    'missing',
    {
      errorType: 'Runtime.HandlerNotFound',
      errorMessage: /^handlers\.missing is undefined or not exported$/,
    },
  ],
] as const)('%s: the caller gets an unhandled function error, all else goes on', async (name, expected) => {
  const app = await started()
  const answer = await invoke(app, name)
  expect(answer.status).toBe(200)
  expect(answer.functionError).toBe('Unhandled')
  expect(answer.payload.errorType).toBe(expected.errorType)
  expect(answer.payload.errorMessage).toMatch(expected.errorMessage)
  await expectUnharmed(app)
  // The environment was lost at most; the function itself answers again.
  expect((await invoke(app, name)).functionError).toBe('Unhandled')
})

test('bad requests get the errors of AWS, and the process stays up', async () => {
  const app = await started()
  const post = async (target: string, body: string, headers: Record<string, string> = {}) => {
    const response = await fetch(app.url + target, { method: 'POST', body, headers })
    return {
      status: response.status,
      type: response.headers.get('x-amzn-errortype'),
      text: await response.text(),
    }
  }
  const functionPath = (name: string): string => `/2015-03-31/functions/${name}/invocations`
  expect(await post(functionPath('nobody'), '{}')).toMatchObject({
    status: 404,
    type: 'ResourceNotFoundException',
  })
  expect(await post(functionPath('good'), 'not json')).toMatchObject({
    status: 400,
    type: 'InvalidRequestContentException',
  })
  expect(await post(functionPath('good'), `"${'x'.repeat(6_291_456)}"`)).toMatchObject({
    status: 413,
    type: 'RequestEntityTooLargeException',
    text: '{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}',
  })
  expect(
    await post('/', '{}', {
      'x-amz-target': 'AmazonSQS.NoSuchThing',
      'content-type': 'application/x-amz-json-1.0',
    }),
  ).toMatchObject({ text: expect.stringContaining('UnknownOperationException') as unknown })
  await expectUnharmed(app)
})

test('a taken port is refused with the cure, and leaves nothing behind', async () => {
  const app = await started()
  await expect(startProject(PROJECT, { port: app.port })).rejects.toThrow(new RegExp(`port ${app.port}`, 'i'))
  await expectUnharmed(app)
})

test('a data folder in use by another runner is refused by name', async () => {
  const first = await startProject(PROJECT, { ephemeral: false })
  await expect(
    startProject(PROJECT, { ephemeral: false, data: `${first.project.directory}/.lambent` }),
  ).rejects.toThrow(/\.lambent.* in use/)
})
