import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { type Bench, startEmptyBench } from '../harness.ts'

/** An extension that notes each event, and does what its name says. */
const EXTENSION = `#!/usr/bin/env python3
import http.client, json, os, sys, time
name = os.path.basename(sys.argv[0])
folder = os.path.dirname(os.path.abspath(sys.argv[0]))
api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])

def call(method, path, body=None, headers={}):
    api.request(method, '/2020-01-01/extension/' + path, body, headers)
    response = api.getresponse()
    return response, response.read().decode()

def note(text):
    with open(folder + '/../notes', 'a') as file:
        file.write(name + ' ' + text + '\\n')

events = ['INVOKE', 'SHUTDOWN']
response, body = call('POST', 'register', json.dumps({'events': events}), {'Lambda-Extension-Name': name, 'Lambda-Extension-Accept-Feature': 'accountId'})
note('registered ' + body)
note('sees ' + ' '.join(sorted(k for k in os.environ if k in ('_HANDLER', 'AWS_EXECUTION_ENV', 'LAMBDA_TASK_ROOT', 'AWS_LAMBDA_FUNCTION_NAME'))))
print('pid', os.getpid(), flush=True)
me = {'Lambda-Extension-Identifier': response.headers['Lambda-Extension-Identifier']}
if name == 'breaks':
    sys.exit(4)
while True:
    response, body = call('GET', 'event/next', None, me)
    event = json.loads(body)
    note(event['eventType'] + ' ' + (event.get('shutdownReason') or ' '.join(sorted(event))))
    print('extension', event['eventType'], flush=True)
    if event['eventType'] == 'SHUTDOWN':
        if name == 'stays':
            time.sleep(0.4)
            note('is done')
        if name == 'refuses':
            time.sleep(60)
        sys.exit(0)
    if name == 'slow':
        while not os.path.exists(folder + '/../go'):
            time.sleep(0.005)
        note('went on')
    if name == 'crashes':
        sys.exit(5)
`

async function startWith(
  ...names: string[]
): Promise<{ bench: Bench; layer: string; notes: () => string[] }> {
  const bench = await startEmptyBench()
  const layer = path.join(bench.directory, 'layer')
  mkdirSync(path.join(layer, 'extensions'), { recursive: true })
  for (const name of names) {
    writeFileSync(path.join(layer, 'extensions', name), EXTENSION)
    chmodSync(path.join(layer, 'extensions', name), 0o755)
  }
  writeFileSync(path.join(bench.directory, 'index.js'), 'exports.handler = async (event) => ({ got: event })')
  writeFileSync(path.join(bench.directory, 'snake.py'), INTERNAL)
  const notes = (): string[] => readFileSync(path.join(layer, 'notes'), 'utf8').trim().split('\n')
  return { bench, layer, notes }
}

/** A handler whose module registers an extension, and says what each call answered. */
const INTERNAL = `
import http.client, json, os, threading
said = []

def call(method, path, body, headers):
    api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
    api.request(method, path, body, headers)
    response = api.getresponse()
    return response, response.read().decode()

def register(name, body, extra={}):
    headers = dict(extra)
    if name is not None:
        headers['Lambda-Extension-Name'] = name
    response, text = call('POST', '/2020-01-01/extension/register', body, headers)
    answer = json.loads(text)
    said.append([response.status, answer.get('errorType')])
    return response.headers.get('Lambda-Extension-Identifier')

register(None, '{"events":[]}')
register('inside', 'no json')
register('inside', '{"events":["SHUTDOWN"]}')
register('inside', '{"events":["WHATEVER"]}')
me = register('inside', '{"events":["INVOKE"]}')
register('inside', '{"events":[]}')

def after(method, path, headers):
    response, text = call(method, path, None, headers)
    said.append([response.status, json.loads(text).get('errorType')])

after('GET', '/2020-01-01/extension/event/next', {})
after('GET', '/2020-01-01/extension/event/next', {'Lambda-Extension-Identifier': 'x'})
after('GET', '/2020-01-01/extension/event/next', {'Lambda-Extension-Identifier': '00000000-0000-4000-8000-000000000000'})
after('POST', '/2020-01-01/extension/init/error', {'Lambda-Extension-Identifier': me})
after('PUT', '/2022-07-01/telemetry', {'Lambda-Extension-Identifier': me})
heard = []

def listen():
    while True:
        response, text = call('GET', '/2020-01-01/extension/event/next', None, {'Lambda-Extension-Identifier': me})
        heard.append(json.loads(text)['eventType'])

threading.Thread(target=listen, daemon=True).start()

def handler(event, context):
    if event == 'late':
        register('late', '{"events":[]}')
    return [said, len(heard) >= 0]
`

test('an extension beside a Node.js function sees each event, and the end', async () => {
  const { bench, layer, notes } = await startWith('watches')
  const name = await bench.deploy('index.handler', { layers: [layer] })
  expect((await bench.run(name, 1)).value).toEqual({ got: 1 })
  expect((await bench.run(name, 2)).value).toEqual({ got: 2 })
  await bench.functions.remove(name)
  await bench.functions.stop()
  const noted = notes()
  const registered = `watches registered ${JSON.stringify({
    functionName: name,
    functionVersion: '$LATEST',
    handler: 'index.handler',
    accountId: '000000000000',
  })}`
  expect(noted.slice(0, 2)).toEqual([registered, 'watches sees AWS_LAMBDA_FUNCTION_NAME'])
  expect(noted.filter((line) => line.includes('INVOKE'))).toEqual([
    'watches INVOKE deadlineMs eventType invokedFunctionArn requestId tracing',
    'watches INVOKE deadlineMs eventType invokedFunctionArn requestId tracing',
  ])
  // The second event may have come while the extension was busy with the first: then there were two environments.
  const environments = noted.filter((line) => line === registered).length
  expect(noted.filter((line) => line === 'watches SHUTDOWN SPINDOWN')).toHaveLength(environments)
  const lines = bench.told.lines.map(({ text }) => text)
  const ready = lines.indexOf('EXTENSION\tName: watches\tState: Ready\tEvents: [INVOKE, SHUTDOWN]')
  const begun = lines.findIndex((line) => line.startsWith('START RequestId: '))
  expect(ready).toBeGreaterThan(0)
  expect(ready).toBeLessThan(begun)
})

test('a slow extension holds up the next event, not the answer', async () => {
  const { bench, layer, notes } = await startWith('slow')
  const name = await bench.deploy('index.handler', { layers: [layer], timeoutMs: 20_000 })
  // The extension goes on only after this was answered.
  expect((await bench.run(name, 1)).value).toEqual({ got: 1 })
  writeFileSync(path.join(layer, 'go'), '')
  expect((await bench.run(name, 2)).value).toEqual({ got: 2 })
  const kinds = notes().map((line) => line.split(' ').slice(0, 3).join(' '))
  expect(kinds.filter((line) => /INVOKE|went/.test(line)).slice(0, 2)).toEqual([
    'slow INVOKE deadlineMs',
    'slow went on',
  ])
})

test('a crash of an extension ends the environment, and the next event gets another', async () => {
  const { bench, layer } = await startWith('crashes')
  const name = await bench.deploy('index.handler', { layers: [layer] })
  const first = await bench.run(name, 1)
  // Whether the crash or the answer came first is nobody's promise.
  const value = first.kind === 'success' ? 'answered' : (first.value as { errorType: string }).errorType
  expect(['answered', 'Extension.Crash']).toContain(value)
  await bench.run(name, 2)
  expect(bench.told.ended.length).toBeGreaterThan(0)
})

test('an extension that ends while it starts fails the initialisation', async () => {
  const { bench, layer } = await startWith('breaks')
  const name = await bench.deploy('index.handler', { layers: [layer] })
  expect((await bench.run(name)).value).toMatchObject({
    errorType: 'Extension.ExitError',
    errorMessage: expect.stringContaining('breaks: Extension exited with error: exit status 4') as unknown,
  })
})

test('an extension that is never done runs into the timeout, and the environment is reset', async () => {
  const { bench, layer, notes } = await startWith('slow')
  const name = await bench.deploy('index.handler', { layers: [layer], timeoutMs: 700 })
  expect((await bench.run(name, 1)).value).toEqual({ got: 1 })
  // The second event needs another environment; this one's time runs out meanwhile.
  writeFileSync(path.join(layer, 'go'), '')
  expect((await bench.run(name, 2)).value).toEqual({ got: 2 })
  expect(notes().filter((line) => line.startsWith('slow registered')).length).toBeGreaterThan(0)
})

test('an extension within the runtime registers for events, and for nothing else', async () => {
  const { bench } = await startWith()
  const name = await bench.deploy('snake.handler', { runtime: 'python3.12', timeoutMs: 10_000 })
  const expected = [
    [403, 'Extension.InvalidExtensionName'],
    [403, 'InvalidRequestFormat'],
    [403, 'Extension.InvalidEventType'],
    [403, 'Extension.InvalidEventType'],
    [200, null],
    [403, 'Extension.InvalidExtensionName'],
    [403, 'Extension.MissingExtensionIdentifier'],
    [403, 'Extension.InvalidExtensionIdentifier'],
    [403, 'Extension.UnknownExtensionIdentifier'],
    [403, 'Extension.MissingHeader'],
    [202, 'Telemetry.NotSupported'],
  ]
  expect((await bench.run(name, 'first')).value).toEqual([expected, true])
  const late = [...expected, [403, 'Extension.RegistrationClosed']]
  expect((await bench.run(name, 'late')).value).toEqual([late, true])
})

const pidsIn = (bench: Bench): number[] =>
  bench.told.lines.flatMap(({ text }) => /^pid (\d+)$/.exec(text)?.[1] ?? []).map(Number)

test('stopping waits for extensions within their budget, and leaves none behind', async () => {
  const { bench, layer, notes } = await startWith('stays', 'refuses')
  const name = await bench.deploy('index.handler', { layers: [layer] })
  await bench.run(name, 1)
  const pids = pidsIn(bench)
  await bench.functions.stop()
  expect(notes()).toContain('stays is done')
  expect(pids).toHaveLength(2)
  expect(pids.filter(isAlive)).toEqual([])
})

test('a runtime that is killed while it rests takes its extensions along', async () => {
  const { bench, layer } = await startWith('watches')
  writeFileSync(path.join(bench.directory, 'index.js'), 'exports.handler = async () => process.pid')
  const name = await bench.deploy('index.handler', { layers: [layer] })
  const { value } = await bench.run(name, 1)
  process.kill(value as number, 'SIGKILL')
  await bench.run(name, 2)
  const pids = pidsIn(bench)
  await bench.functions.stop()
  expect(pids.length).toBeGreaterThan(0)
  expect(pids.filter(isAlive)).toEqual([])
})

test('an extension that overruns is told that it was a timeout', async () => {
  const { bench, layer, notes } = await startWith('slow', 'watches')
  const name = await bench.deploy('index.handler', { layers: [layer], timeoutMs: 500 })
  expect((await bench.run(name, 1)).value).toEqual({ got: 1 })
  await bench.functions.stop()
  expect(notes().some((line) => /^watches SHUTDOWN (TIMEOUT|SPINDOWN)$/.test(line))).toBe(true)
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
