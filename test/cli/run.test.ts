import { CreateFunctionUrlConfigCommand } from '@aws-sdk/client-lambda'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { start } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { lambdaOf } from '../tools/clients.ts'
import { create } from '../tools/madeFunctions.ts'
import { createProject, type Project } from '../tools/project.ts'
import { lambent, type Running, spawnLambent } from './lambent.ts'

const SPEC = `
service: shop
functions:
  checkout:
    handler: checkout.handler
    timeout: 5
    url: true
    events:
      - sqs: orders
`
const HANDLER = `exports.handler = async (event) => { if (event.fail) throw new Error('boom'); console.log('hi'); return { ok: true } }`
const shop = (): Project => createProject({ 'lambda.yml': SPEC, 'checkout.js': HANDLER })
const MEMORY = ['--port', '0', '--ephemeral']

async function started(
  project: Project,
  flags: readonly string[] = MEMORY,
): Promise<Running & { port: string }> {
  const running = spawnLambent(['start', ...flags], { cwd: project.directory })
  const ready = await running.line(/ready/)
  return { ...running, port: /127\.0\.0\.1:(\d+)/.exec(ready)?.[1] ?? '' }
}

test('a file may leave all functions to the API, and those that are there are told', async () => {
  const project = createProject({ 'lambda.yml': 'functions: {}' })
  const app = await start({ config: project.config, clock: 'frozen' })
  const client = lambdaOf(app)
  await create(client, '1')
  await client.send(new CreateFunctionUrlConfigCommand({ FunctionName: 'made', AuthType: 'NONE' }))
  await app.stop()
  const { stdout, port } = await started(project, ['--port', '0'])
  expect(stdout()).toContain(
    `functions of the API\n  made  index.handler\n        http://127.0.0.1:${port}/_url/made/\n`,
  )
})

test('start tells what runs, says last that it is ready, and ends cleanly on SIGTERM', async () => {
  const running = await started(shop())
  const { port } = running
  running.kill('SIGTERM')
  const { exitCode, stdout, stderr } = await running.ended
  expect([exitCode, stderr]).toEqual([0, ''])
  const lines = stdout.trimEnd().split('\n')
  expect(lines.at(-1)).toMatch(new RegExp(String.raw`^ready {2}http://127\.0\.0\.1:${port} {2}in \d+ ms$`))
  expect(stdout).toContain('checkout  checkout.handler  sqs:orders\n')
  expect(stdout).toContain(`http://127.0.0.1:${port}/_url/checkout/\n`)
  expect(stdout).toContain("created with AWS's defaults: sqs:orders\n")
  expect(stdout).toContain(`export AWS_ENDPOINT_URL=http://127.0.0.1:${port}\n`)
})

test('SIGINT ends it cleanly too', async () => {
  const running = await started(shop())
  running.kill('SIGINT')
  expect(await running.ended).toMatchObject({ exitCode: 0, stderr: '' })
})

test('an invocation is one line, with what the handler printed above it', async () => {
  const running = await started(shop())
  expect(await lambent(['invoke', 'checkout', '--port', running.port])).toMatchObject({
    exitCode: 0,
    stdout: '{"ok":true}\n',
  })
  expect(await running.line(/✓/)).toMatch(
    /^[\d:.]{12} {2}checkout {2}✓ +[\d.]+ ms {2}[\da-f]{8} {2}cold start \d+/,
  )
  expect(await running.line(/│/)).toBe('              checkout  │ hi')
})

test('a retry says how often and when, and the clock takes it there', async () => {
  const running = await started(shop(), [...MEMORY, '--clock', 'frozen'])
  await lambent(['invoke', 'checkout', '--async', '-e', '{"fail":true}', '--port', running.port])
  await running.line(/retry 1 of 2 in 60 s/)
  await lambent(['clock', 'next', '--port', running.port])
  await running.line(/retry 2 of 2 in 2 min/)
  await lambent(['clock', 'advance', '2m', '--port', running.port])
  expect(await running.line(/given up/)).toContain('given up: RetriesExhausted')
})

test('with --json every line is an object, from the start to the last entry', async () => {
  const running = await started(shop(), [...MEMORY, '--json'])
  await lambent(['invoke', 'checkout', '--port', running.port])
  await running.line(/invocationEnded/)
  running.kill('SIGTERM')
  const { stdout } = await running.ended
  const kinds = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; url?: string; tookMs?: number })
  expect(kinds[0]).toMatchObject({ kind: 'started', service: 'shop', implied: ['sqs:orders'] })
  expect(kinds.find(({ kind }) => kind === 'ready')).toMatchObject({
    url: `http://127.0.0.1:${running.port}`,
    tookMs: expect.any(Number) as number,
  })
})

test('with --quiet there is the ready line, and then only what went wrong', async () => {
  const running = await started(shop(), [...MEMORY, '--quiet'])
  expect(running.stdout()).toMatch(/^ready {2}http\S+ {2}in \d+ ms\n$/)
  await lambent(['invoke', 'checkout', '--port', running.port])
  await lambent(['invoke', 'checkout', '-e', '{"fail":true}', '--port', running.port])
  await running.line(/✗/)
  expect(running.stdout()).not.toMatch(/✓|│/)
})

test('a wrong spec is shown as a compiler does, in plain text when piped, and exits with 2', async () => {
  const { directory } = createProject({ 'lambda.yml': SPEC.replace('url:', 'ulr:'), 'checkout.js': HANDLER })
  for (const command of [['start', ...MEMORY], ['dev', ...MEMORY], ['validate']]) {
    const { exitCode, stdout, stderr } = await lambent(command, {
      cwd: directory,
      environment: { CI: 'true', FORCE_COLOR: '1' },
    })
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^lambda\.yml:7:5 {2}unknown key `ulr` in `checkout`\n {2}did you mean `url`\?/)
    expect(stderr).toContain('> 7 |     ulr: true\n    |     ^^^')
    expect(stderr).toMatch(/\n1 problem\n$/)
  }
  const asJson = await lambent(['validate', '--json'], { cwd: directory })
  expect(asJson.exitCode).toBe(2)
  expect(JSON.parse(asJson.stdout)).toMatchObject({ ok: false, problems: [{ line: 7, column: 5 }] })
})

test('validate counts what is there', async () => {
  const { directory } = shop()
  expect(await lambent(['validate'], { cwd: directory })).toMatchObject({
    exitCode: 0,
    stdout: 'ok: 1 function, 1 queue\n',
  })
  const asJson = await lambent(['validate', 'lambda.yml', '--json'], { cwd: directory })
  expect(JSON.parse(asJson.stdout)).toMatchObject({ ok: true, functions: 1, queues: 1, problems: [] })
})

test('a taken port is one sentence with the cure', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void taken.close())
  const port = String((taken.address() as AddressInfo).port)
  const { exitCode, stdout, stderr } = await lambent(['start', '--ephemeral', '--port', port], {
    cwd: shop().directory,
  })
  expect([exitCode, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(new RegExp(`^error: Port ${port} on 127.0.0.1 is taken.* --port [^\n]*\n$`))
})

test('a data folder that another has open is one sentence with the cure', async () => {
  const project = shop()
  await started(project, ['--port', '0'])
  const { exitCode, stderr } = await lambent(['start', '--port', '0'], { cwd: project.directory })
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/^error: The data folder .* is in use by .*--data\.\n$/)
})

test('the demo plays its scene once, and ends', async () => {
  const { directory } = createProject({})
  const { exitCode, stdout, stderr } = await lambent(['demo', '--once'], { cwd: directory })
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(stdout).toContain('1 message left in orders, 2 done')
  expect(stdout).toContain('orders-dead holds {"id":2,"quantity":0}')
  expect(stdout).toContain('retry 2 of 2 in 2 min')
  expect(stdout).toContain(
    'orders-failed holds the record of {"to":"nobody"}: RetriesExhausted after 3 attempts',
  )
})
