import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  mayMove,
  type RuntimeMove,
  type RuntimeState,
  sanitisedErrorType,
} from '#dist/functions/processes/runtimeState.js'
import { pauseAfter } from '#dist/functions/processes/processHost.js'
import { startEmptyBench } from '../harness.ts'
import { clientOf, deployProgram, writeProgram } from './runtimeClient.ts'

/** Runs `body` for one event and returns what it answered with. */
async function answerOf(body: string, event: unknown = {}, clientContext?: string): Promise<unknown> {
  const bench = await startEmptyBench()
  const answer = await bench.run(await deployProgram(bench, clientOf(body)), event, clientContext)
  return answer.value
}

const ACCEPTED = [202, '{"status":"OK"}\n']
const error = (status: number, errorType: string, errorMessage: string): unknown => [
  status,
  `${JSON.stringify({ errorMessage, errorType })}\n`,
]
const notAllowed = (from: string, to: string): unknown =>
  error(
    403,
    'InvalidStateTransition',
    `State transition from ${from} to ${to} failed for runtime. Error: State transition is not allowed`,
  )

describe('the Runtime API', () => {
  test('an event has its headers, and its body as it was sent', async () => {
    const value = await answerOf('respond([dict(headers), event])', { a: [1, 'é'] }, '{"custom":{"x":"ü"}}')
    const [headers, body] = value as [Record<string, string>, string]
    expect(body).toBe('{"a":[1,"é"]}')
    expect(headers).toMatchObject({
      'Content-Type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'Lambda-Runtime-Deadline-Ms': expect.stringMatching(/^\d{13}$/),
      'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:eu-west-1:000000000000:function:fn',
      'Lambda-Runtime-Trace-Id': 'Root=1-1-1',
      'Lambda-Runtime-Invocation-Id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    const context = headers['Lambda-Runtime-Client-Context'] ?? ''
    expect(Buffer.from(context, 'latin1').toString()).toBe('{"custom":{"x":"ü"}}')
    expect(headers).not.toHaveProperty('Lambda-Runtime-Cognito-Identity')
  })

  test('says what it took, and refuses what comes at the wrong time or for another event', async () => {
    const collect = `
if count == 1:
    seen = []
    note = lambda answer: seen.append([answer[0], answer[2]])
    note(call('GET', '/ping'))
    note(call('GET', '/runtime/invocation/next'))
    note(post('response', '1', id='other'))
    note(post('response', '1', headers={'Lambda-Runtime-Invocation-Id': 'other'}))
    note(post('response', '1', headers={'Lambda-Runtime-Function-Response-Mode': 'other'}))
    note(call('POST', '/runtime/init/error', '{}'))
    note(call('POST', '/runtime/invocation/next', ''))
    note(call('GET', '/elsewhere'))
    note(post('response', '"first"', headers={'Lambda-Runtime-Invocation-Id': headers['Lambda-Runtime-Invocation-Id']}))
    note(post('response', '"second"'))
    note(post('error', '{}'))
else:
    respond(seen)
`
    const bench = await startEmptyBench()
    const name = await deployProgram(bench, clientOf(collect))
    expect((await bench.run(name)).value).toBe('first')
    expect((await bench.run(name)).value).toEqual([
      [200, 'pong'],
      notAllowed('Running', 'Ready'),
      error(400, 'InvalidRequestID', 'Invalid request ID'),
      error(400, 'InvalidInvocationId', 'Invalid invocation ID'),
      error(400, 'InvalidFunctionResponseMode', 'Invalid function response mode'),
      notAllowed('Running', 'InitError'),
      [405, ''],
      [404, '404 page not found\n'],
      ACCEPTED,
      notAllowed('ResponseSent', 'InvocationResponse'),
      notAllowed('ResponseSent', 'InvocationErrorResponse'),
    ])
  })

  test('before the first event there is nothing to answer', async () => {
    const bench = await startEmptyBench()
    const before = "early = post('response', '1', id='none')"
    const name = await deployProgram(bench, clientOf('respond([early[0], early[2]])', before))
    expect((await bench.run(name)).value).toEqual(error(400, 'InvalidRequestID', 'Invalid request ID'))
  })

  test('an answer over the limit is refused, and the function goes on', async () => {
    const bench = await startEmptyBench()
    const body = `
if count == 1:
    seen = post('response', 'x' * 6291557)
else:
    respond([seen[0], seen[2]])
`
    const name = await deployProgram(bench, clientOf(body))
    expect((await bench.run(name)).value).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' })
    expect((await bench.run(name)).value).toEqual(
      error(413, 'RequestEntityTooLarge', 'Exceeded maximum allowed payload size (6291556 bytes).'),
    )
  })
})

test('only the two families of error names reach a log', () => {
  const names = ['Runtime.Own', 'Function.Own', 'Function.x', 'Runtime.x', 'Other', undefined]
  expect(names.map((name) => sanitisedErrorType(name))).toEqual([
    'Runtime.Own',
    'Function.Own',
    'Function.Unknown',
    'Runtime.Unknown',
    'Runtime.Unknown',
    'Runtime.Unknown',
  ])
})

test('whatever a runtime tries, it answers at most once for each event', () => {
  const moves: RuntimeMove[] = [
    'InitError',
    'Ready',
    'Running',
    'InvocationResponse',
    'InvocationErrorResponse',
    'ResponseSent',
  ]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...moves)), (tried) => {
      let state: RuntimeState = 'Started'
      let open = 0
      for (const move of tried) {
        if (!mayMove(state, move)) continue
        state = move
        if (move === 'Running') open++
        if (move.startsWith('Invocation')) open--
        expect(open === 0 || open === 1).toBe(true)
      }
    }),
  )
})

test('pauses between failing starts grow to five seconds', () => {
  expect([0, 2, 3, 4, 5, 20].map(pauseAfter)).toEqual([0, 0, 100, 200, 400, 5000])
})

test('the wrapper that a Node.js function names starts it, in a process of its own', async () => {
  const bench = await startEmptyBench()
  const handler =
    'exports.handler = async () => [process.env.WRAPPED, require("node:worker_threads").isMainThread]'
  await writeProgram(path.join(bench.directory, 'app.js'), handler, 0o644)
  await writeProgram(path.join(bench.directory, 'layer', 'wrap'), '#!/bin/sh\nWRAPPED=yes exec "$@"\n')
  const layers = [path.join(bench.directory, 'layer')]
  const environment = { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrap' }
  expect((await bench.once('app.handler', {}, { layers, environment })).value).toEqual(['yes', true])
})

test('the wrapper that a function names starts its runtime', async () => {
  const bench = await startEmptyBench()
  await writeProgram(
    path.join(bench.directory, 'app.py'),
    'import os\ndef handler(e, c): return os.environ["WRAPPED"]',
    0o644,
  )
  await writeProgram(path.join(bench.directory, 'layer', 'wrap'), '#!/bin/sh\nWRAPPED=yes exec "$@"\n')
  const changes = { runtime: 'python3.12', layers: [path.join(bench.directory, 'layer')] }
  const environment = { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrap' }
  expect((await bench.once('app.handler', {}, { ...changes, environment })).value).toBe('yes')
  const missing = { ...changes, name: 'missing', environment: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/none' } }
  expect((await bench.once('app.handler', {}, missing)).value).toMatchObject({
    errorType: 'Runtime.InvalidEntrypoint',
    errorMessage: expect.stringContaining('fork/exec /opt/none: no such file or directory'),
  })
})
