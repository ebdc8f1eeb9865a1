import type { FunctionSummary } from 'lambent'
import { expect, test } from 'vitest'
import { fakeServer, lambent } from './lambent.ts'

const figures: FunctionSummary['figures'] = {
  invocations: 0,
  errors: 0,
  throttles: 0,
  asyncEventsReceived: 0,
  asyncEventAge: { attempts: 0, averageMs: 0, maximumMs: 0 },
  asyncEventsDropped: 0,
  destinationDeliveryFailures: 0,
  deadLetterErrors: 0,
  recursiveInvocationsDropped: 0,
}

const cold: FunctionSummary = {
  name: 'report',
  arn: 'arn:aws:lambda:us-east-1:000000000000:function:report',
  runtime: 'python3.13',
  handler: 'report.handler',
  environments: [],
  reservedConcurrency: null,
  versions: [],
  aliases: [],
  waitingEvents: 0,
  figures,
  lastInvokedMs: null,
  lastError: null,
  broken: null,
  mappings: [],
}

const busy: FunctionSummary = {
  ...cold,
  name: 'checkout',
  runtime: 'nodejs22.x',
  environments: [
    { environmentId: 'a1', isBusy: true, runs: 3 },
    { environmentId: 'b2', isBusy: false, runs: 9 },
  ],
  reservedConcurrency: 10,
  versions: ['1', '2'],
  aliases: [{ name: 'live', version: '2' }],
  waitingEvents: 1,
  figures: { ...figures, invocations: 12, errors: 2, throttles: 1 },
  lastInvokedMs: 2_000,
  mappings: [
    {
      uuid: 'u-1',
      kind: 'broker',
      sourceName: 'orders',
      qualifier: 'live',
      state: 'Enabled',
      lastProblem: 'no broker answers',
      metrics: { PolledEventCount: 7 },
    },
  ],
  lastError: { atMs: 1_000, requestId: 'r-1', errorType: 'TypeError', errorMessage: 'no\n such thing' },
}

const broken: FunctionSummary = { ...cold, name: 'worker', broken: 'Runtime.UserCodeSyntaxError: oops' }

const answering = (answer: unknown, status = 200) =>
  fakeServer((_asked, response) => response.writeHead(status).end(JSON.stringify(answer)))

test('lists functions with their state, environments, figures and last error', async () => {
  const { port } = await answering({ functions: [busy, cold, broken] })
  const { stdout, exitCode } = await lambent(['functions', '--port', port])
  expect(exitCode).toBe(0)
  expect(stdout).toBe(
    [
      'function  runtime     state   environments  reserved  runs  errors  last error',
      'checkout  nodejs22.x  warm    2 (1 busy)    10        12    2       1970-01-01 00:00:01.000 TypeError: no such thing',
      'report    python3.13  cold    0                       0     0',
      'worker    python3.13  broken  0                       0     0       Runtime.UserCodeSyntaxError: oops',
      '',
    ].join('\n'),
  )
})

test('with a name, shows all about that function', async () => {
  const { port, asked } = await answering(busy)
  const { stdout } = await lambent(['functions', 'checkout', '--port', port])
  expect(asked[0]?.url).toBe('/_lambent/functions/checkout')
  expect(stdout).toContain('reserved    10; 2 environments now\n')
  expect(stdout).toContain('runs        12, 2 failed, 1 throttled\n')
  expect(stdout).toContain('waiting     1 asynchronous event\n')
  expect(stdout).toContain('last error  1970-01-01 00:00:01.000 TypeError: no such thing (r-1)\n')
  expect(stdout).toContain('aliases     live -> 2\n')
  expect(stdout).toContain('a1           busy   3\n')
  expect(stdout).toContain('orders  live  Enabled: no broker answers  PolledEventCount 7\n')
})

test('--json prints one object per line', async () => {
  const { port } = await answering({ functions: [busy, cold] })
  const { stdout } = await lambent(['functions', '--json', '--port', port])
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([busy, cold])
})

test('a name that does not exist is refused with the one that was probably meant', async () => {
  const { port } = await answering({ message: 'there is no function chekout; did you mean checkout?' }, 404)
  expect(await lambent(['functions', 'chekout', '--port', port])).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'error: there is no function chekout; did you mean checkout?\n',
  })
})

test('without any function it says how to get one', async () => {
  const { port } = await answering({ functions: [] })
  const { stderr } = await lambent(['functions', '--port', port])
  expect(stderr).toBe('no functions: name one under `functions` of lambda.yml\n')
})
