import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { createProject } from '../tools/project.ts'
import { fakeServer, lambent, spawnLambent } from './lambent.ts'

const REQUEST_ID = '7f3a1c2e-1111-4222-8333-444455556666'
const TAIL = 'START RequestId: x\nEND RequestId: x\n'

/** Answers every invocation with `payload`. */
const answering = (payload: string, headers: Record<string, string> = {}, status = 200) =>
  fakeServer((_asked, response) => {
    response.writeHead(status, { 'x-amzn-requestid': REQUEST_ID, ...headers }).end(payload)
  })

test('the payload goes to stdout, and nothing to stderr', async () => {
  const { port, asked } = await answering('{"ok":true}')
  const ended = await lambent(['invoke', 'check out', '--port', port, '-e', '{"id":1}'])
  expect(ended).toEqual({ exitCode: 0, stdout: '{"ok":true}\n', stderr: '' })
  expect(asked).toMatchObject([
    { method: 'POST', url: '/2015-03-31/functions/check%20out/invocations', body: '{"id":1}' },
  ])
  expect(asked[0]?.headers).toMatchObject({ 'x-amz-invocation-type': 'RequestResponse' })
  expect(asked[0]?.headers).not.toHaveProperty('x-amz-log-type')
})

test('without an event the body is empty', async () => {
  const { port, asked } = await answering('null')
  await lambent(['invoke', 'checkout', '--port', port])
  expect(asked[0]?.body).toBe('')
})

test('an event comes from a file or from standard input as well', async () => {
  const { port, asked } = await answering('null')
  const { directory } = createProject({ 'event.json': '{"from":"file"}' })
  await lambent(['invoke', 'checkout', '--port', port, '-e', 'event.json'], { cwd: directory })
  await lambent(['invoke', 'checkout', '--port', port, '-e', '-'], { input: '{"from":"stdin"}' })
  expect(asked.map(({ body }) => body)).toEqual(['{"from":"file"}', '{"from":"stdin"}'])
})

test('a function error goes to stderr, with the frames of the handler, and exits with 1', async () => {
  const trace = ['Error: boom', '    at handler (/shop/a.js:1:2)', '    at new Promise (<anonymous>)']
  const payload = JSON.stringify({ errorType: 'Error', errorMessage: 'boom', trace })
  const { port } = await answering(payload, { 'x-amz-function-error': 'Unhandled' })
  expect(await lambent(['invoke', 'checkout', '--port', port])).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'checkout failed: Error: boom\n    at handler (/shop/a.js:1:2)\n',
  })
})

test('--tail asks for the log and prints it on stderr', async () => {
  const { port, asked } = await answering('1', { 'x-amz-log-result': Buffer.from(TAIL).toString('base64') })
  const ended = await lambent(['invoke', 'checkout', '--tail', '--port', port])
  expect(ended).toEqual({ exitCode: 0, stdout: '1\n', stderr: TAIL })
  expect(asked[0]?.headers).toMatchObject({ 'x-amz-log-type': 'Tail' })
})

test('--async prints the request id', async () => {
  const { port, asked } = await answering('', {}, 202)
  const ended = await lambent(['invoke', 'checkout', '--async', '--port', port])
  expect(ended).toMatchObject({ exitCode: 0, stdout: `${REQUEST_ID}\n` })
  expect(ended.stderr).toContain('lambent logs --follow --invocation 7f3a1c2e')
  expect(asked[0]?.headers).toMatchObject({ 'x-amz-invocation-type': 'Event' })
})

test('--json prints the whole answer, and still exits with 1 after a function error', async () => {
  const { port } = await answering('{"errorMessage":"boom"}', {
    'x-amz-function-error': 'Unhandled',
    'x-amz-executed-version': '$LATEST',
    'x-amz-log-result': Buffer.from(TAIL).toString('base64'),
  })
  const { exitCode, stdout } = await lambent(['invoke', 'checkout', '--json', '--port', port])
  expect(exitCode).toBe(1)
  expect(JSON.parse(stdout)).toEqual({
    statusCode: 200,
    requestId: REQUEST_ID,
    executedVersion: '$LATEST',
    functionError: 'Unhandled',
    payload: { errorMessage: 'boom' },
    logTail: TAIL,
  })
})

test('an unknown function is refused with the names that there are', async () => {
  const { port } = await fakeServer(({ url }, response) => {
    if (url === '/_lambent/functions') {
      response.end(
        '{"functions":[{"name":"worker"},{"name":"notify","versions":["1","2"],"aliases":[{"name":"live"}]}]}',
      )
      return
    }
    response
      .writeHead(404, { 'x-amzn-requestid': REQUEST_ID, 'x-amzn-errortype': 'ResourceNotFoundException' })
      .end('{"Type":"User","Message":"Function not found: x"}')
  })
  expect(await lambent(['invoke', 'x', '--port', port])).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'error: ResourceNotFoundException: Function not found: x\nThere are: worker, notify\n',
  })
  const { stderr } = await lambent(['invoke', 'notify', '--qualifier', 'old', '--port', port])
  expect(stderr).toMatch(/\nnotify has: \$LATEST, 1, 2, live\n$/)
})

test('--async waits for no log, so --tail is refused beside it', async () => {
  const { exitCode, stderr } = await lambent(['invoke', 'checkout', '--async', '--tail'])
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('cannot be used with option')])
})

test('an event may be any JSON value', async () => {
  const { port, asked } = await answering('1')
  for (const event of ['null', ' true', '-1', '"a"', '[]'])
    expect(await lambent(['invoke', 'checkout', '-e', event, '--port', port])).toMatchObject({ exitCode: 0 })
  expect(asked.map(({ body }) => body)).toEqual(['null', ' true', '-1', '"a"', '[]'])
  const { exitCode, stderr } = await lambent(['invoke', 'checkout', '-e', '', '--port', port])
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('expected a value, the text ends here')])
})

test('when nothing runs there, it says so and how to start it', async () => {
  const { exitCode, stderr } = await lambent(['invoke', 'checkout', '--port', '1'])
  expect(exitCode).toBe(1)
  expect(stderr).toBe(
    'error: Nothing is running on http://127.0.0.1:1. Start it with `lambent dev`, or name its port with --port.\n',
  )
})

test('what answers but is not Lambent is recognised', async () => {
  const { port } = await fakeServer((_asked, response) => response.end('<html>'))
  for (const command of [['invoke', 'x'], ['logs'], ['logs', '--follow'], ['clock']]) {
    const { exitCode, stderr } = await lambent([...command, '--port', port])
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('is not Lambent')])
  }
})

test('a server that goes away before it answers is told in a sentence', async () => {
  const { port } = await fakeServer((_asked, response) => response.destroy())
  const { exitCode, stderr } = await lambent(['invoke', 'x', '--port', port])
  expect([exitCode, stderr]).toEqual([
    1,
    `error: The Lambent on port ${port} stopped before it had answered.\n`,
  ])
})

test('an event that is not JSON is shown with its place, and exits with 2', async () => {
  const { directory } = createProject({ 'lambda.yml': '' })
  writeFileSync(path.join(directory, 'event.json'), '{\n  "id": 1,\n  "name": ada\n}\n')
  expect(await lambent(['invoke', 'x', '-e', 'event.json'], { cwd: directory })).toEqual({
    exitCode: 2,
    stdout: '',
    stderr:
      'error: event.json:3:11  the event is not JSON: expected a value, found "a"\n' +
      '> 3 |   "name": ada\n' +
      '    |           ^\n',
  })
  const missing = await lambent(['invoke', 'x', '-e', 'nope.json'], { cwd: directory })
  expect([missing.exitCode, missing.stderr]).toEqual([
    2,
    expect.stringContaining('The event cannot be read from nope.json: there is no such file.'),
  ])
})

test('--qualifier and --client-context go where the Invoke API wants them', async () => {
  const { port, asked } = await answering('1')
  const flags = ['--qualifier', 'live', '--client-context', '{"client":{"id":7}}']
  await lambent(['invoke', 'checkout', ...flags, '--port', port])
  expect(asked[0]?.url).toBe('/2015-03-31/functions/checkout/invocations?Qualifier=live')
  const context = String(asked[0]?.headers['x-amz-client-context'])
  expect(Buffer.from(context, 'base64').toString()).toBe('{"client":{"id":7}}')
})

/** A message of an event stream, its checksums left empty. */
function streamMessage(type: string, payload: string): Buffer {
  const name = Buffer.from(':event-type')
  const value = Buffer.from(type)
  const headers = Buffer.concat([Buffer.from([name.length]), name, Buffer.from([7, 0, value.length]), value])
  const message = Buffer.alloc(16 + headers.length + payload.length)
  message.writeUInt32BE(message.length, 0)
  message.writeUInt32BE(headers.length, 4)
  headers.copy(message, 12)
  message.write(payload, 12 + headers.length)
  return message
}

test('--stream prints each piece when it comes, however the bytes are cut', async () => {
  let finish = (): void => {}
  const { port, asked } = await fakeServer((_asked, response) => {
    const first = streamMessage('PayloadChunk', 'first\n')
    response.writeHead(200, { 'x-amzn-requestid': REQUEST_ID })
    response.write(first.subarray(0, 7))
    response.write(first.subarray(7))
    finish = () => {
      const end = JSON.stringify({ LogResult: Buffer.from(TAIL).toString('base64') })
      response.end(
        Buffer.concat([streamMessage('PayloadChunk', 'second'), streamMessage('InvokeComplete', end)]),
      )
    }
  })
  const running = spawnLambent(['invoke', 'checkout', '--stream', '--tail', '--port', port])
  await running.line(/^first$/)
  finish()
  expect(await running.ended).toEqual({ exitCode: 0, stdout: 'first\nsecond', stderr: TAIL })
  expect(asked[0]?.url).toBe('/2021-11-15/functions/checkout/response-streaming-invocations')
})

test('--stream tells a failure on the way after what came before it, and exits with 1', async () => {
  const details = JSON.stringify({ errorType: 'Error', errorMessage: 'boom', trace: ['Error: boom'] })
  const { port } = await fakeServer((_asked, response) => {
    response.writeHead(200, { 'x-amzn-requestid': REQUEST_ID })
    response.write(streamMessage('PayloadChunk', 'half'))
    response.end(
      streamMessage('InvokeComplete', JSON.stringify({ ErrorCode: 'Error', ErrorDetails: details })),
    )
  })
  expect(await lambent(['invoke', 'checkout', '--stream', '--port', port])).toEqual({
    exitCode: 1,
    stdout: 'half',
    stderr: 'checkout failed: Error: boom\n',
  })
})
