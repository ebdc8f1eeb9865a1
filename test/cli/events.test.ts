import type { InvocationSummary } from 'lambent'
import { expect, test } from 'vitest'
import { createProject } from '../tools/project.ts'
import { fakeServer, lambent, spawnLambent } from './lambent.ts'

const base: InvocationSummary = {
  requestId: '7f3a1c2e-1111-4222-8333-444455556666',
  functionName: 'checkout',
  invocationType: 'Event',
  door: 'api',
  acceptedMs: 0,
  state: 'succeeded',
  attempts: 1,
  payloadBytes: 2,
  payloadKept: 'always',
  durationMs: 12.4,
  deliveries: [],
}

test('events is a table with its columns under one another, and asks for what the flags say', async () => {
  const invocations: InvocationSummary[] = [
    { ...base, deliveries: [{ role: 'onSuccess', arn: 'arn:aws:sqs:us-east-1:000000000000:done' }] },
    {
      ...base,
      requestId: '9ab0cc12-1111-4222-8333-444455556666',
      functionName: 'pay',
      state: 'waiting',
      attempts: 2,
      dueMs: 120_000,
      error: { type: 'Error', message: 'no such\naddress' },
    },
  ]
  const { port, asked } = await fakeServer((_asked, response) =>
    response.end(JSON.stringify({ invocations })),
  )
  const flags = ['--failed', '--function', 'pay', '--since', '5m', '--limit', '7', '--port', port]
  expect(await lambent(['events', ...flags])).toEqual({
    exitCode: 0,
    stdout: [
      'time          id        function  door        runs  outcome                               went to',
      '00:00:00.000  7f3a1c2e  checkout  api, async  1     ✓ 12 ms                               sqs:done',
      '00:00:00.000  9ab0cc12  pay       api, async  2     ↻ again 00:02:00.000  Error: no such',
      '',
    ].join('\n'),
    stderr: '',
  })
  expect(asked.map(({ url }) => url)).toEqual([
    '/_lambent/invocations?limit=7&failed=1&function=pay&since=5m',
  ])
})

test('events without any says so, and what would make one; the output stays empty', async () => {
  const { port } = await fakeServer((_asked, response) => response.end('{"invocations":[]}'))
  expect(await lambent(['events', '--port', port])).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'no events yet: `lambent invoke FUNCTION` makes one\n',
  })
  const { stderr } = await lambent([
    'events',
    '--failed',
    '--function',
    'pay',
    '--since',
    '5m',
    '--port',
    port,
  ])
  expect(stderr).toBe('no failed events of pay in the last 5m\n')
})

test('events --json passes the rows through as they are', async () => {
  const { port } = await fakeServer((_asked, response) =>
    response.end(JSON.stringify({ invocations: [base] })),
  )
  const { stdout } = await lambent(['events', '--json', '--port', port])
  expect(JSON.parse(stdout)).toEqual(base)
})

const PROJECT = {
  'lambda.yml': `
service: shop
functions:
  worker: { handler: handlers.worker, events: [{ sqs: { queue: orders } }] }
  notify: { handler: handlers.notify, maximumRetryAttempts: 0, destinations: { onFailure: sqs:failed } }
resources:
  queues: { orders: { visibilityTimeout: 6, redrive: { queue: dead, maxReceiveCount: 1 } }, dead: {}, failed: {} }
`,
  'handlers.js': `
exports.worker = async () => { throw new Error('cannot ship') }
exports.notify = async ({ to }) => { if (to === 'nobody') throw new Error('no such address'); return { to } }
`,
}

test(
  'from a failure to its life, a replay and a redrive, at the command line',
  { timeout: 60_000 },
  async () => {
    const project = createProject(PROJECT)
    const running = spawnLambent([
      'start',
      '--port',
      '0',
      '--ephemeral',
      '--clock',
      'frozen',
      '--config',
      project.config,
    ])
    const [, port = ''] = /:(\d+)/.exec(await running.line(/^ready/)) ?? []
    const run = (...parameters: string[]) => lambent([...parameters, '--port', port])

    const id = (await run('invoke', 'notify', '--async', '-e', '{"to":"nobody"}')).stdout.trim()
    await run('clock', 'advance', '1s')
    const table = (await run('events', '--failed')).stdout.split('\n')
    expect(table[1]).toMatch(/notify +api, async +1 +✗ RetriesExhausted +Error: no such address +sqs:failed$/)

    const life = (await run('logs', '--invocation', id.slice(0, 8))).stdout
    expect(life).toMatch(new RegExp(`^notify {2}${id} {2}✗ RetriesExhausted`))
    expect(life).toMatch(/what happened\n.*✗ attempt 1 .*Error: no such address\n/)
    expect(life).toMatch(/→ onFailure to sqs:failed\n\nled to\n {2}message \w{8} in failed\n$/)

    const same = await run('replay', id.slice(0, 8))
    expect(same.stderr).toMatch(new RegExp(`^accepted notify {2}\\w{8}, a replay of ${id.slice(0, 8)}`))
    const answered = await run('invoke', 'notify', '-e', '{"to":"ada"}', '--json')
    const { requestId } = JSON.parse(answered.stdout) as { requestId: string }
    const other = await run('replay', requestId, '--event', '{"to":"eve"}')
    expect([other.exitCode, other.stdout]).toEqual([0, '{"to":"eve"}\n'])
    const failing = await run('replay', requestId, '--event', '{"to":"nobody"}')
    expect([failing.exitCode, failing.stdout]).toEqual([1, expect.stringContaining('no such address')])
    expect(await run('replay', requestId, '--edit')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'error: --edit needs a terminal; give the event with --event instead.\n',
    })
    expect((await run('replay', 'zzz')).stderr).toMatch(
      /^error: no invocation has the id zzz; the latest are: /,
    )

    await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' },
      body: JSON.stringify({ QueueUrl: 'http://x/000000000000/orders', MessageBody: '1' }),
    })
    await run('clock', 'advance', '30s')
    expect((await run('redrive', 'dead')).stdout).toBe('1 message of dead moved to orders\n')
    expect((await run('redrive', 'failed')).stderr).toContain('must be configured as a Dead Letter Queue')
    await run('clock', 'advance', '30s')
    expect((await run('redrive', 'dead', '--to', 'failed')).stdout).toBe(
      '1 message of dead moved to failed\n',
    )
    expect((await run('redrive', 'dead')).stdout).toBe('nothing to move: dead has no visible messages\n')
  },
)
