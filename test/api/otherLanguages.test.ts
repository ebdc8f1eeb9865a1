import { chmodSync } from 'node:fs'
import path from 'node:path'
import { InvokeCommand, LambdaClient, PublishVersionCommand } from '@aws-sdk/client-lambda'
import { type App, type LedgerEntry, start } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { createProject, startProject } from '../tools/project.ts'

const SPEC = `
service: languages
provider: { runtime: python3.13 }
functions:
  worker:
    handler: src/worker.handler
    events: [{ sqs: orders }]
  program:
    runtime: provided.al2023
    handler: build/program
`

const worker = (version: number): string => `
from src.version import VERSION
def handler(event, context):
    for record in event.get('Records', []):
        print('handled', record['body'])
    return [VERSION, ${version}]
`

/** Answers every event with its own text. */
const PROGRAM = `#!/usr/bin/env python3
import http.client, os
api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
while True:
    api.request('GET', '/2018-06-01/runtime/invocation/next')
    answer = api.getresponse()
    event = answer.read()
    print('seen', flush=True)
    api.request('POST', '/2018-06-01/runtime/invocation/' + answer.headers['Lambda-Runtime-Aws-Request-Id'] + '/response', event)
    api.getresponse().read()
`

const FILES = {
  'lambda.yml': SPEC,
  'src/worker.py': worker(1),
  'src/version.py': 'VERSION = 1',
  'build/program/bootstrap': PROGRAM,
}

function clientOf(app: App): LambdaClient {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const client = new LambdaClient({ endpoint: app.url, region: 'us-east-1', credentials })
  onTestFinished(() => client.destroy())
  return client
}

const deployedAgain = (app: App): Promise<LedgerEntry> =>
  new Promise((resolve) => {
    const unsubscribe = app.ledger.subscribe((entry) => {
      if (entry.kind !== 'deployed') return
      unsubscribe()
      resolve(entry)
    })
  })

test('a program and its log over the wire', async () => {
  const project = createProject(FILES)
  chmodSync(path.join(project.directory, 'build/program/bootstrap'), 0o755)
  const app = await start({ config: project.config, clock: 'frozen', ephemeral: true })
  onTestFinished(() => app.stop())
  const invoke = new InvokeCommand({ FunctionName: 'program', Payload: '{"a": 1}', LogType: 'Tail' })
  const { StatusCode, FunctionError, Payload, LogResult } = await clientOf(app).send(invoke)
  expect([StatusCode, FunctionError, Payload?.transformToString()]).toEqual([200, undefined, '{"a": 1}'])
  const log = Buffer.from(LogResult ?? '', 'base64').toString()
  expect(log).toMatch(/^START RequestId: .*\nseen\nEND RequestId: .*\nREPORT RequestId: .*\n$/)
})

test('a saved module answers from then on; a published version keeps its own', async () => {
  const app = await startProject(FILES, { clock: 'live', watch: true })
  const client = clientOf(app)
  expect((await app.invoke('worker')).payload).toEqual([1, 1])
  const { Version } = await client.send(new PublishVersionCommand({ FunctionName: 'worker' }))
  const first = deployedAgain(app)
  app.project.write('src/version.py', 'VERSION = 22')
  expect(await first).toMatchObject({ functionName: 'worker' })
  expect((await app.invoke('worker')).payload).toEqual([22, 1])
  const { Payload } = await client.send(new InvokeCommand({ FunctionName: 'worker', Qualifier: Version }))
  expect(Payload?.transformToString()).toBe('[1, 1]')
})
