import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { startEmptyBench } from '../harness.ts'
import { clientOf, deployProgram, writeProgram } from './runtimeClient.ts'

/** A runtime of a shell alone: its HTTP goes through bash's own sockets. */
const SHELL = `#!/bin/bash
host=\${AWS_LAMBDA_RUNTIME_API%:*}; port=\${AWS_LAMBDA_RUNTIME_API#*:}
while true; do
  exec 3<>/dev/tcp/$host/$port
  printf 'GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n' >&3
  while IFS= read -r line <&3; do
    line=\${line%$'\\r'}
    case $line in
      Lambda-Runtime-Aws-Request-Id:*) id=\${line#*: } ;;
      Content-Length:*) length=\${line#*: } ;;
      '') break ;;
    esac
  done
  IFS= read -r -N "$length" event <&3
  exec 3>&-
  echo "got $event"
  exec 3<>/dev/tcp/$host/$port
  printf 'POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\nContent-Length: %s\\r\\n\\r\\n%s' "$id" "\${#event}" "$event" >&3
  cat <&3 >/dev/null
  exec 3>&-
done
`

describe('a program named bootstrap', () => {
  test('gets events and answers them, in one process', async () => {
    const bench = await startEmptyBench()
    const name = await deployProgram(bench, clientOf('respond([count, json.loads(event)])'))
    expect(await bench.run(name, { a: 'ü' })).toMatchObject({ kind: 'success', value: [1, { a: 'ü' }] })
    expect((await bench.run(name, 7)).value).toEqual([2, 7])
  })

  test.runIf(existsSync('/bin/bash'))('may be a shell script', async () => {
    const bench = await startEmptyBench()
    const name = await deployProgram(bench, SHELL)
    const answer = await bench.run(name, { from: 'shell' })
    expect(answer.value).toEqual({ from: 'shell' })
    expect(answer.log).toContain('\ngot {"from":"shell"}\nEND RequestId')
  })

  test('may lie in a layer, or in a folder or file that the handler names', async () => {
    const bench = await startEmptyBench()
    const program = (text: string): string => clientOf(`respond(['${text}', os.getcwd()])`)
    const at = (...names: string[]): string => path.join(bench.directory, ...names)
    await writeProgram(at('layer', 'bootstrap'), program('layer'))
    await writeProgram(at('build', 'one', 'bootstrap'), program('folder'))
    await writeProgram(at('bin', 'two'), program('file'))
    const runtime = 'provided.al2'
    const layers = [at('layer')]
    expect((await bench.once('x', {}, { runtime, layers })).value).toEqual(['layer', at()])
    expect((await bench.once('build/one', {}, { runtime })).value).toEqual(['folder', at('build', 'one')])
    expect((await bench.once('bin/two', {}, { runtime })).value).toEqual(['file', at()])
  })

  test('sees the variables of an OS-only runtime', async () => {
    const bench = await startEmptyBench()
    const name = await deployProgram(bench, clientOf('respond(dict(os.environ))'), {
      environment: { OWN: 'yes' },
      layers: [path.join(bench.directory, 'layer')],
    })
    const variables = (await bench.run(name)).value as Record<string, string>
    expect(variables).toMatchObject({
      OWN: 'yes',
      _HANDLER: 'any.thing',
      LAMBDA_TASK_ROOT: bench.directory,
      AWS_LAMBDA_FUNCTION_NAME: 'fn',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    })
    expect(variables['AWS_LAMBDA_RUNTIME_API']).toMatch(/^127\.0\.0\.1:\d+$/)
    expect(variables['PATH']).toContain(path.join(bench.directory, 'layer', 'bin'))
    expect(variables).not.toHaveProperty('AWS_EXECUTION_ENV')
    expect(variables).not.toHaveProperty('NODE_PATH')
  })
})

describe('processes of one function', () => {
  test('take one event at a time, and as many stand side by side as there are events', async () => {
    const bench = await startEmptyBench()
    const name = await deployProgram(bench, clientOf('time.sleep(0.1); respond([os.getpid(), count])'))
    const first = await Promise.all([1, 2, 3].map(() => bench.run(name)))
    expect(new Set(first.map(({ value }) => JSON.stringify(value))).size).toBe(3)
    expect(bench.functions.environments(name)).toHaveLength(3)
  })

  test('are stopped between events, and go on with the next one', async () => {
    const bench = await startEmptyBench()
    const threads =
      'import threading\nticks = []\ndef tick():\n    while True:\n        ticks.append(1); time.sleep(0.005)\nthreading.Thread(target=tick, daemon=True).start()'
    const name = await deployProgram(bench, clientOf('respond(len(ticks))', threads))
    const before = (await bench.run(name)).value as number
    await new Promise((resolve) => {
      setTimeout(resolve, 200)
    })
    const after = (await bench.run(name)).value as number
    expect(after - before).toBeLessThan(20)
  })

  test('a new program answers after a reload, the events under way end on the old one', async () => {
    const bench = await startEmptyBench()
    const name = await deployProgram(bench, clientOf("time.sleep(float(event)); respond('old')"))
    await bench.run(name, 0)
    expect(bench.functions.filesOf(name)).toContain(path.join(bench.directory, 'bootstrap'))
    const underWay = bench.run(name, 0.5)
    await writeFile(path.join(bench.directory, 'bootstrap'), clientOf("respond('new')"))
    await bench.functions.reload([name])
    expect((await bench.run(name, 0)).value).toBe('new')
    expect((await underWay).value).toBe('old')
    expect(bench.told.ended).toEqual(['replaced'])
  })

  test('a published version runs from its own copy', async () => {
    const bench = await startEmptyBench()
    const name = await deployProgram(bench, clientOf("respond([open('text').read(), os.getcwd()])"))
    await writeFile(path.join(bench.directory, 'text'), 'first')
    const folder = path.join(bench.directory, '.lambent', 'v1')
    const kept = await bench.functions.snapshot(name, folder)
    await writeFile(path.join(bench.directory, 'text'), 'second')
    const definition = bench.define('any.thing', { name, runtime: 'provided.al2023' })
    await bench.functions.deploy(
      { ...definition, version: '1', entryFile: kept.entryFile },
      { prewarm: false },
    )
    expect((await bench.run(`${name}:1`)).value).toEqual(['first', folder])
    expect((await bench.run(name)).value).toEqual(['second', bench.directory])
  })
})

describe('what goes wrong', () => {
  const MISSING = "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"

  test('no bootstrap, or none that can be executed', async () => {
    const bench = await startEmptyBench()
    const invalid = {
      errorType: 'Runtime.InvalidEntrypoint',
      errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Couldn't find valid bootstrap/),
    }
    const missing = await bench.once('x', {}, { runtime: 'provided.al2023', name: 'missing' })
    expect(missing).toMatchObject({ kind: 'functionError', value: invalid })
    expect((missing.value as { errorMessage: string }).errorMessage).toContain(MISSING)
    await writeProgram(path.join(bench.directory, 'bootstrap'), clientOf('respond(1)'), 0o644)
    expect((await bench.once('x', {}, { runtime: 'provided.al2023', name: 'plain' })).value).toMatchObject(
      invalid,
    )
    expect(bench.told.lines.map(({ text }) => text).join('\n')).toContain('is not executable: `chmod +x` it.')
    await bench.functions.reload(['plain'])
    expect(bench.told.failed[0]?.message).toContain(`Runtime.InvalidEntrypoint: ${MISSING}`)
  })

  test('a bootstrap without an interpreter in its first line', async () => {
    const bench = await startEmptyBench()
    const name = await deployProgram(bench, 'hello')
    const { errorType, errorMessage } = (await bench.run(name)).value as Record<string, string>
    expect([errorType, errorMessage]).toEqual([
      'Runtime.InvalidEntrypoint',
      expect.stringMatching(/fork\/exec .*bootstrap: /),
    ])
  })

  test.each([
    ['exit status 7', 'sys.exit(7)', 'Runtime exited with error: exit status 7'],
    ['exit status 0', 'sys.exit(0)', 'Runtime exited without providing a reason'],
    [
      'a signal',
      'os.kill(os.getpid(), signal.SIGSEGV)',
      'Runtime exited with error: signal: segmentation fault',
    ],
  ])('%s, while it starts and at an event', async (_, code, message) => {
    const bench = await startEmptyBench()
    const expected = {
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(new RegExp(`^RequestId: [0-9a-f-]{36} Error: ${message}$`)),
    }
    const early = await bench.run(await deployProgram(bench, clientOf('respond(1)', code), { name: 'early' }))
    expect(early).toMatchObject({ kind: 'functionError', value: expected, report: { status: 'error' } })
    const late = await deployProgram(bench, clientOf(`print('last words'); sys.stdout.flush(); ${code}`), {
      name: 'late',
    })
    const answer = await bench.run(late)
    expect(answer).toMatchObject({ value: expected, report: { errorType: 'Runtime.ExitError' } })
    expect(answer.log).toContain('\nlast words\nEND')
  })

  test('an event that takes too long ends its process, and the next event has another one', async () => {
    const bench = await startEmptyBench()
    const body = "print('begun', flush=True); time.sleep(float(event)); respond(count)"
    const name = await deployProgram(bench, clientOf(body), { timeoutMs: 300 })
    const answer = await bench.run(name, 30)
    expect(answer.value).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(
        /^RequestId: [0-9a-f-]{36} Error: Task timed out after 0\.30 seconds$/,
      ),
    })
    expect(answer.log).toContain('\nbegun\nEND')
    expect(answer.log).toContain('\tStatus: timeout')
    expect((await bench.run(name, 0)).value).toBe(1)
  })

  test('an initialisation over its limit is repeated within the invocation', async () => {
    const bench = await startEmptyBench({ initTimeoutMs: 1500 })
    const before = "if not os.path.exists('tried'):\n    open('tried', 'w'); time.sleep(30)"
    const name = await deployProgram(bench, clientOf('respond(1)', before), { timeoutMs: 5000 })
    const answer = await bench.run(name)
    expect(answer.value).toBe(1)
    expect(answer.report).toMatchObject({ initMs: undefined, status: 'success' })
    const lines = bench.told.lines.map(({ text }) => text)
    expect(lines).toContainEqual(expect.stringMatching(/^INIT_REPORT .*\tPhase: init\tStatus: timeout$/))
  })

  test('a runtime that never asks for an event', async () => {
    const bench = await startEmptyBench({ initTimeoutMs: 100 })
    const name = await deployProgram(bench, clientOf('', 'time.sleep(60)'), { timeoutMs: 200 })
    expect((await bench.run(name)).value).toMatchObject({ errorType: 'Sandbox.Timedout' })
  })

  test('errors are answered as the runtime reports them', async () => {
    const bench = await startEmptyBench()
    const error = JSON.stringify({ errorType: 'Mine', errorMessage: 'no', more: 1 })
    const event = clientOf(`post('error', '${error}', headers={'Lambda-Runtime-Function-Error-Type': 'x'})`)
    const answer = await bench.run(await deployProgram(bench, event, { name: 'atEvent' }))
    expect(answer).toMatchObject({
      kind: 'functionError',
      value: { errorType: 'Mine', errorMessage: 'no', more: 1 },
    })
    expect(answer.report.status).toBe('success')
    const headers = "{'Lambda-Runtime-Function-Error-Type': 'Runtime.MyOwn'}"
    const init = clientOf('', `call('POST', '/runtime/init/error', '${error}', ${headers}); time.sleep(60)`)
    const early = await bench.run(await deployProgram(bench, init, { name: 'atStart' }))
    expect(early.value).toMatchObject({ errorType: 'Mine', more: 1 })
    expect(early.report.errorType).toBe('Runtime.MyOwn')
  })

  test('an initialisation error need not be JSON', async () => {
    const bench = await startEmptyBench()
    const init = clientOf('', "call('POST', '/runtime/init/error', '\"plain\"'); sys.exit(1)")
    const answer = await bench.run(await deployProgram(bench, init))
    expect(answer).toMatchObject({ value: 'plain', report: { errorType: 'Runtime.Unknown' } })
  })

  test('a process over its memory ends, and REPORT names the most it had', async () => {
    const bench = await startEmptyBench()
    const body = 'kept = bytearray(int(event)); time.sleep(0.3 if count > 1 else 0); respond(1)'
    const name = await deployProgram(bench, clientOf(body))
    expect((await bench.run(name, 40_000_000)).report.maxMemoryMegabytes).toBeGreaterThan(
      process.platform === 'linux' ? 40 : -1,
    )
    if (process.platform !== 'linux') return
    const answer = await bench.run(name, 300_000_000)
    expect(answer.value).toMatchObject({ errorType: 'Runtime.OutOfMemory' })
    expect(answer.report).toMatchObject({ maxMemoryMegabytes: 128, errorType: 'Runtime.OutOfMemory' })
    expect((await bench.run(name, 1)).value).toBe(1)
  })

  test('a runtime that answers and then hangs has answered', async () => {
    const bench = await startEmptyBench()
    const name = await deployProgram(bench, clientOf('respond(count); time.sleep(60)'), { timeoutMs: 300 })
    expect(await bench.run(name)).toMatchObject({ kind: 'success', value: 1 })
    expect((await bench.run(name)).value).toBe(1)
  })

  test('every line that was written before the answer stands before REPORT', async () => {
    const bench = await startEmptyBench()
    const body = "os.write(1, b'out\\n' * int(event)); os.write(2, b'no end'); respond(1)"
    const name = await deployProgram(bench, clientOf(body))
    await bench.run(name, 20_000)
    const lines = bench.told.lines.filter(({ requestId }) => requestId !== undefined).map(({ text }) => text)
    expect(lines.filter((text) => text === 'out')).toHaveLength(20_000)
    expect(lines.at(-3)).toBe('no end')
  })

  test('starts that keep failing wait longer and longer, and say so', async () => {
    const bench = await startEmptyBench()
    const name = await deployProgram(bench, clientOf('', 'sys.exit(1)'))
    for (let attempt = 0; attempt < 5; attempt++) await bench.run(name)
    const notices = bench.told.lines.filter(({ text }) => text.includes('failed to start 3 times in a row'))
    expect(notices).toHaveLength(1)
    // A reload is new code: it need not wait.
    await deployProgram(bench, clientOf('respond(1)'))
    expect((await bench.run(name)).value).toBe(1)
  })
})
