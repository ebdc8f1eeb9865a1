import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Bench, startEmptyBench } from './harness.ts'

const HANDLERS = `
const once = (work) => new Promise((resolve) => work(resolve))
let runs = 0
exports.facts = async () => ({ runs: ++runs, pid: process.pid, argv: process.argv.length, isMain: require('node:worker_threads').isMainThread })
exports.moves = async () => { process.chdir('/'); return process.cwd() }
exports.callback = (event, context, callback) => { setTimeout(() => callback(null, { called: event }), 5) }
exports.silent = () => {}
exports.context = async (event, context) => [context.functionName, context.clientContext, context.getRemainingTimeInMillis() > 0]
exports.prints = async () => { console.log('two\\nlines'); process.stdout.write('half'); console.error(new Error('shown').message) }
exports.throws = async () => { throw Object.assign(new TypeError('no'), { code: 7 }) }
exports.cycle = async () => { const a = {}; a.a = a; return a }
exports.large = async () => 'x'.repeat(6_300_000)
exports.exits = async () => process.exit(3)
exports.segfault = async () => { process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {}) }
exports.hangs = async () => { await new Promise((resolve) => setTimeout(resolve, 60_000)) }
exports.grows = async () => { globalThis.kept = Buffer.alloc(400 * 2 ** 20, 1); await new Promise((resolve) => setTimeout(resolve, 5_000)) }
exports.ticks = async () => { globalThis.ticks ??= (setInterval(() => globalThis.count++, 10), globalThis.count = 0, 1); return globalThis.count }
exports.streams = awslambda.streamifyResponse(async (event, out) => {
  out.setContentType('text/plain')
  await once((done) => out.write('one ', done))
  if (event.fails) throw new Error('midway')
  out.end('two')
})
`

async function start(): Promise<Bench> {
  const bench = await startEmptyBench()
  writeFileSync(path.join(bench.directory, 'index.js'), HANDLERS)
  writeFileSync(
    path.join(bench.directory, 'typed.ts'),
    'export const handler = async (): Promise<string> => "typed"',
  )
  writeFileSync(
    path.join(bench.directory, 'module.mjs'),
    'export const handler = async () => import.meta.url.length > 0',
  )
  writeFileSync(path.join(bench.directory, 'broken.js'), 'exports.handler = async () => {')
  return bench
}

const deploy = (bench: Bench, handler: string, changes: object = {}): Promise<string> =>
  bench.deploy(handler.includes('.') ? handler : `index.${handler}`, { isolation: 'process', ...changes })

describe.each(['nodejs22.x', 'nodejs24.x'])('a %s handler in a process of its own', (runtime) => {
  const run = async (bench: Bench, handler: string, event: unknown = {}, changes: object = {}) =>
    await bench.run(await deploy(bench, handler, { runtime, ...changes }), event)

  it('is the main thread of one process, and keeps its state between events', async () => {
    const bench = await start()
    const name = await deploy(bench, 'facts', { runtime })
    const first = (await bench.run(name)).value as { pid: number }
    expect(first).toMatchObject({ runs: 1, isMain: true, argv: 2 })
    expect(first.pid).not.toBe(process.pid)
    expect((await bench.run(name)).value).toEqual({ ...first, runs: 2 })
  })

  it('may do what only a process can', async () => {
    const bench = await start()
    expect((await run(bench, 'moves')).value).toBe('/')
    expect((await run(bench, 'typed.handler')).value).toBe('typed')
    expect((await run(bench, 'module.handler')).value).toBe(true)
  })

  it('fails as it fails in a thread', async () => {
    const bench = await start()
    const failure = async (handler: string, changes: object = {}) => {
      const { kind, value } = await run(bench, handler, {}, changes)
      return [kind, (value as { errorType: string }).errorType]
    }
    expect(await failure('throws')).toEqual(['functionError', 'TypeError'])
    expect((await failure('cycle'))[0]).toBe('functionError')
    expect(await failure('large')).toEqual(['functionError', 'Function.ResponseSizeTooLarge'])
    expect(await failure('exits')).toEqual(['functionError', 'Runtime.ExitError'])
    expect(await failure('segfault')).toEqual(['functionError', 'Runtime.ExitError'])
    expect(await failure('hangs', { timeoutMs: 300 })).toEqual(['functionError', 'Sandbox.Timedout'])
    expect(await failure('broken.handler')).toEqual(['functionError', 'Runtime.UserCodeSyntaxError'])
    expect(await failure('nope')).toEqual(['functionError', 'Runtime.HandlerNotFound'])
    expect(bench.told.crashes).toEqual([])
  })

  it('is ended by an error between events, as a process is', async () => {
    const bench = await start()
    writeFileSync(
      path.join(bench.directory, 'later.js'),
      `setTimeout(() => { throw new Error('between') }, 5)
exports.handler = async () => { await new Promise((resolve) => setTimeout(resolve, 200)); return 'went on' }`,
    )
    expect((await run(bench, 'later.handler')).kind).toBe('functionError')
    expect(bench.told.lines.some(({ text: line }) => line.includes('between'))).toBe(true)
  })

  it('writes its log entry by entry', async () => {
    const bench = await start()
    await run(bench, 'prints')
    const lines = bench.told.lines.filter(({ source }) => source === 'function').map(({ text }) => text)
    expect(lines).toEqual([
      expect.stringMatching(/^\S+Z\t\S{36}\tINFO\ttwo\nlines$/),
      expect.stringMatching(/^\S+Z\t\S{36}\tERROR\tshown$/),
      'half',
    ])
  })

  it('streams, and tells an error on the way', async () => {
    const bench = await start()
    const name = await deploy(bench, 'streams', { runtime })
    const whole = await bench.functions.run(name, request(bench, name, {}))
    expect([whole.kind, text(whole)]).toEqual(['success', 'one two'])
    const cut = await bench.functions.run(name, request(bench, name, { fails: true }))
    expect([cut.kind, text(cut)]).toEqual(['functionError', expect.stringContaining('midway')])
  })
})

const request = (bench: Bench, name: string, event: object) => ({
  requestId: bench.ids.uuid(),
  payload: Buffer.from(JSON.stringify(event)),
  invokedFunctionArn: `arn:aws:lambda:eu-west-1:000000000000:function:${name}`,
  traceId: 'Root=1-1-1',
})

const text = (result: Awaited<ReturnType<Bench['functions']['run']>>): string =>
  result.kind === 'systemError' ? result.message : Buffer.from(result.payload).toString()

describe('a classic handler in a process of its own', () => {
  it('answers by its callback, or by an event loop that has run empty', async () => {
    const bench = await start()
    expect((await bench.run(await deploy(bench, 'callback'), 1)).value).toEqual({ called: 1 })
    expect((await bench.run(await deploy(bench, 'silent'))).value).toBeNull()
    const answer = await bench.run(await deploy(bench, 'context'), {}, '{"client":1}')
    expect(answer.value).toEqual(['index-context', { client: 1 }, true])
  })

  it.runIf(process.platform === 'linux')('is stopped between events, and ended for its memory', async () => {
    const bench = await start()
    const name = await deploy(bench, 'ticks')
    await bench.run(name)
    await bench.run(await deploy(bench, 'hangs', { timeoutMs: 300 }))
    // A timer that goes off every ten milliseconds had no chance while another function ran for 300.
    expect((await bench.run(name)).value).toBeLessThan(10)
    const grown = await bench.run(await deploy(bench, 'grows', { memoryMegabytes: 128, timeoutMs: 20_000 }))
    expect(grown.value).toMatchObject({ errorType: 'Runtime.OutOfMemory' })
  })

  it('runs so because a layer brings extensions', async () => {
    const bench = await start()
    const layer = path.join(bench.directory, 'layer')
    mkdirSync(path.join(layer, 'extensions'), { recursive: true })
    const name = await bench.deploy('index.facts', { layers: [layer] })
    expect((await bench.run(name)).value).toMatchObject({ isMain: true })
  })
})
