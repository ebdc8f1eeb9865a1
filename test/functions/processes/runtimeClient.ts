import { chmod, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { FunctionDefinition } from '#dist/functions/index.js'
import type { Bench } from '../harness.ts'

const indented = (text: string): string =>
  text
    .trim()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')

/**
 * A program that speaks the Runtime API with nothing but Python's standard library: `before` runs once, `body` for each
 * event, with `call(method, path, body, headers)`, `respond(body)`, `request`, `event` and `count`.
 */
export const clientOf = (body: string, before = ''): string => `#!/usr/bin/env -S python3 -S -E
import http.client, json, os, signal, sys, time
api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
def call(method, path, body=None, headers={}):
    api.request(method, '/2018-06-01' + path, body, headers)
    answer = api.getresponse()
    return answer.status, answer.headers, answer.read().decode()
def post(kind, body, id=None, headers={}):
    return call('POST', '/runtime/invocation/' + (id or request) + '/' + kind, body, headers)
def respond(body):
    return post('response', json.dumps(body))
${before}
count = 0
while True:
    _, headers, event = call('GET', '/runtime/invocation/next')
    request = headers['Lambda-Runtime-Aws-Request-Id']
    count += 1
${indented(body)}
`

/** Writes a program, and makes it executable. */
export async function writeProgram(file: string, text: string, mode = 0o755): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, text)
  await chmod(file, mode)
}

/** Deploys a function of `provided.al2023` whose program is `text`; returns its name. */
export async function deployProgram(
  bench: Bench,
  text: string,
  changes: Partial<FunctionDefinition> = {},
): Promise<string> {
  await writeProgram(path.join(bench.directory, 'bootstrap'), text)
  return bench.deploy('any.thing', { runtime: 'provided.al2023', name: 'fn', ...changes })
}
