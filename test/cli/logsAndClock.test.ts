import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { fakeServer, lambent, spawnLambent } from './lambent.ts'

const REQUEST_ID = '7f3a1c2e-1111-4222-8333-444455556666'
const run = (sequence: number, durationMs: number): object => ({
  sequence,
  atMs: 0,
  kind: 'invocationEnded',
  functionName: 'checkout',
  requestId: REQUEST_ID,
  outcome: 'success',
  attempt: 1,
  durationMs,
  maxMemoryMegabytes: 30,
})

test('logs shows the past as dev does, and asks for what the flags say', async () => {
  const { port, asked } = await fakeServer((_asked, response) =>
    response.end(JSON.stringify({ entries: [run(1, 11), run(2, 12)] })),
  )
  const flags = ['--function', 'checkout', '--limit', '5', '--port', port]
  expect(await lambent(['logs', ...flags])).toEqual({
    exitCode: 0,
    stdout:
      '00:00:00.000  checkout  ✓      11 ms  7f3a1c2e\n00:00:00.000  checkout  ✓      12 ms  7f3a1c2e\n',
    stderr: '',
  })
  expect(asked.map(({ url }) => url)).toEqual(['/_lambent/events?limit=5&function=checkout'])
})

test('logs --json passes entries through as they are', async () => {
  const entries = [run(1, 11), run(2, 12)]
  const { port } = await fakeServer((_asked, response) => response.end(JSON.stringify({ entries })))
  const { stdout } = await lambent(['logs', '--json', '--port', port])
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual(entries)
})

test('logs --follow shows past and present, each entry once, until Lambent stops', async () => {
  let stream: ServerResponse | undefined
  const { port } = await fakeServer(({ headers }, response) => {
    if (headers.accept !== 'text/event-stream') {
      // This entry happened between the two requests: it is in both answers.
      stream?.write(`id: 2\ndata: ${JSON.stringify(run(2, 12))}\n\n`)
      response.end(JSON.stringify({ entries: [run(1, 11), run(2, 12)] }))
      return
    }
    stream = response
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(': connected\n\n')
  })
  const running = spawnLambent(['logs', '--follow', '--port', port])
  await running.line(/12 ms/)
  stream?.write(`id: 3\ndata: ${JSON.stringify(run(3, 13))}\n\n`)
  await running.line(/13 ms/)
  stream?.end()
  const { exitCode, stdout, stderr } = await running.ended
  expect(stdout.match(/\d+ ms/g)).toEqual(['11 ms', '12 ms', '13 ms'])
  expect([exitCode, stderr]).toEqual([0, `The Lambent on port ${port} has stopped.\n`])
})

test('clock shows mode, time and what waits', async () => {
  const timers = [
    { label: 'retry of checkout', dueMs: 60_000 },
    { label: 'schedule nightly', dueMs: 7_200_000 },
  ]
  const { port } = await fakeServer((_asked, response) =>
    response.end(JSON.stringify({ mode: 60, nowMs: 0, timers })),
  )
  const { stdout } = await lambent(['clock', '--port', port])
  expect(stdout).toBe(
    '60x  1970-01-01 00:00:00.000\n' +
      '  in 60 s  1970-01-01 00:01:00.000  retry of checkout\n' +
      '  in 2 h   1970-01-01 02:00:00.000  schedule nightly\n',
  )
})

test('clock advance and clock next move the time', async () => {
  const { port, asked } = await fakeServer(({ body }, response) =>
    response.end(
      JSON.stringify({
        nowMs: 300_000,
        ran: body.includes('next') ? { label: 'retry of checkout', dueMs: 300_000 } : null,
      }),
    ),
  )
  const advanced = await lambent(['clock', 'advance', '5m', '--port', port])
  expect(advanced.stdout).toBe('now 1970-01-01 00:05:00.000\n')
  const next = await lambent(['clock', 'next', '--port', port])
  expect(next.stdout).toBe('ran retry of checkout\nnow 1970-01-01 00:05:00.000\n')
  expect(asked.map(({ method, url, body }) => [method, url, body])).toEqual([
    ['POST', '/_lambent/clock', '{"advance":"5m"}'],
    ['POST', '/_lambent/clock', '{"next":true}'],
  ])
})

test('what the control API refuses is said in its own words', async () => {
  const { port } = await fakeServer((_asked, response) =>
    response.writeHead(400).end('{"message":"expected a duration such as 90s"}'),
  )
  expect(await lambent(['clock', 'advance', 'soon', '--port', port])).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'error: expected a duration such as 90s\n',
  })
})
