import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { type Bench, startEmptyBench } from '../harness.ts'

/** What every program here needs to call the Extensions API. */
const CALLS = `
import http.client, json, os, sys, threading

def call(method, path, body=None, headers={}):
    api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
    api.request(method, '/2020-01-01/extension/' + path, body, headers)
    response = api.getresponse()
    text = response.read().decode()
    return response.status, response.headers, text

def register(name, events=['INVOKE']):
    return call('POST', 'register', json.dumps({'events': events}), {'Lambda-Extension-Name': name})

def summary(answer):
    return [answer[0], json.loads(answer[2]).get('errorType')]
`

/** A bench with one external extension. */
async function startWith(name: string, program: string): Promise<{ bench: Bench; layer: string }> {
  const bench = await startEmptyBench()
  const layer = path.join(bench.directory, 'layer')
  mkdirSync(path.join(layer, 'extensions'), { recursive: true })
  const file = path.join(layer, 'extensions', name)
  writeFileSync(file, `#!/usr/bin/env python3\n${CALLS}${program}`)
  chmodSync(file, 0o755)
  writeFileSync(path.join(bench.directory, 'index.js'), 'exports.handler = async (event) => ({ got: event })')
  return { bench, layer }
}

test('ten extensions may register, and not one more', async () => {
  const bench = await startEmptyBench()
  writeFileSync(
    path.join(bench.directory, 'app.py'),
    `${CALLS}
answers = [register('inside-' + str(n)) for n in range(11)]
said = [summary(answer) for answer in answers]
for answer in answers[:10]:
    me = {'Lambda-Extension-Identifier': answer[1]['Lambda-Extension-Identifier']}
    threading.Thread(target=call, args=('GET', 'event/next', None, me), daemon=True).start()

def handler(event, context):
    return said
`,
  )
  const name = await bench.deploy('app.handler', { runtime: 'python3.12' })
  expect((await bench.run(name)).value).toEqual([
    ...Array.from({ length: 10 }, () => [200, null]),
    [403, 'Extension.TooManyExtensions'],
  ])
})

test('an extension asks for one event at a time', async () => {
  const { bench, layer } = await startWith(
    'hasty',
    `
me = {'Lambda-Extension-Identifier': register('hasty', ['INVOKE', 'SHUTDOWN'])[1]['Lambda-Extension-Identifier']}

def ask():
    while True:
        answer = call('GET', 'event/next', None, me)
        if answer[0] == 403:
            with open(os.path.dirname(os.path.abspath(sys.argv[0])) + '/../said', 'w') as file:
                json.dump(summary(answer), file)
            return
        if json.loads(answer[2])['eventType'] == 'SHUTDOWN':
            os._exit(0)

# One of the two has asked already when the other does.
threading.Thread(target=ask, daemon=True).start()
ask()
threading.Event().wait()
`,
  )
  const name = await bench.deploy('index.handler', { layers: [layer], timeoutMs: 5_000 })
  const said = path.join(layer, 'said')
  await bench.run(name, 1)
  expect(JSON.parse(readFileSync(said, 'utf8'))).toEqual([403, 'Extension.InvalidExtensionState'])
})

test('an extension that cannot begin says why, and that is what the function answers', async () => {
  const { bench, layer } = await startWith(
    'poor',
    `
me = register('poor')[1]['Lambda-Extension-Identifier']
status, headers, text = call('POST', 'init/error', '{"errorMessage":"no licence","errorType":"Poor.NoLicence"}', {
    'Lambda-Extension-Identifier': me, 'Lambda-Extension-Function-Error-Type': 'Poor.NoLicence'})
print('init/error', status, text, flush=True)
sys.exit(1)
`,
  )
  const name = await bench.deploy('index.handler', { layers: [layer] })
  const { kind, value } = await bench.run(name)
  expect(kind).toBe('functionError')
  expect(value).toMatchObject({
    errorType: 'Extension.InitError',
    errorMessage: expect.stringContaining('poor: Poor.NoLicence') as unknown,
  })
})

test('an extension that gives up after an event takes its environment along; the next event gets another', async () => {
  const { bench, layer } = await startWith(
    'tired',
    `
me = register('tired')[1]['Lambda-Extension-Identifier']
headers = {'Lambda-Extension-Identifier': me}
call('GET', 'event/next', None, headers)
status, _, text = call('POST', 'exit/error', '{}', dict(headers, **{'Lambda-Extension-Function-Error-Type': 'Tired.Enough'}))
print('exit/error', status, text, flush=True)
after = call('GET', 'event/next', None, headers)
print('after', after[0], json.loads(after[2]).get('errorType'), flush=True)
`,
  )
  const name = await bench.deploy('index.handler', { layers: [layer], timeoutMs: 5_000 })
  const first = await bench.run(name, 1)
  // Whether the answer or the end came first is nobody's promise.
  const said = first.kind === 'success' ? 'answered' : (first.value as { errorType: string }).errorType
  expect(['answered', 'Extension.ExitError']).toContain(said)
  await bench.run(name, 2)
  expect(bench.told.lines.map(({ text }) => text)).toContain(
    'EXTENSION\tExtension.ExitError\ttired: Tired.Enough',
  )
  expect(bench.told.ended.length).toBeGreaterThan(0)
})
