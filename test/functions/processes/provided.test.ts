import { chmod, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Bench, startEmptyBench } from '../harness.ts'

/** Speaks the Runtime API with nothing but Python's standard library; `BODY` runs for each event. */
const loop = (body: string, before = ''): string => `#!/usr/bin/env python3
import http.client, os, sys, time, json
api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
def call(method, path, body=None, headers={}):
    api.request(method, '/2018-06-01/runtime' + path, body, headers)
    answer = api.getresponse()
    return answer.status, answer.headers, answer.read()
def respond(body, id=None):
    return call('POST', '/invocation/' + (id or request) + '/response', body)
${before}
count = 0
while True:
    _, headers, event = call('GET', '/invocation/next')
    request = headers['Lambda-Runtime-Aws-Request-Id']
    count += 1
${body
  .trim()
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}
`

async function bootstrap(bench: Bench, text: string, mode = 0o755): Promise<string> {
  const file = path.join(bench.directory, 'bootstrap')
  await writeFile(file, text)
  await chmod(file, mode)
  return bench.deploy('anything', { runtime: 'provided.al2023', name: 'fn' })
}

describe('a program named bootstrap', () => {
  test('gets events and answers them, byte for byte, in one process', async () => {
    const bench = await startEmptyBench()
    const name = await bootstrap(bench, loop(`respond(json.dumps([count, json.loads(event)]))`))
    expect(await bench.run(name, { a: 'ü' })).toMatchObject({ kind: 'success', value: [1, { a: 'ü' }] })
    expect((await bench.run(name, 7)).value).toEqual([2, 7])
  })
})
