import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type App, start } from 'lambent'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { routes } from '../../src/services/lambda/routes.ts'
import { permissionCases, tagCases, urlCases } from './lambdaTable/accessCases.ts'
import { functionCases } from './lambdaTable/functionCases.ts'
import { invokeCases } from './lambdaTable/invokeCases.ts'
import { withKnown } from './lambdaTable/known.ts'
import {
  arnOf,
  errorForms,
  type LambdaCase,
  membersOf,
  type Ran,
  type Refusal,
  statuses,
} from './lambdaTable/lambdaCase.ts'
import { deployCases, provisionedCases } from './lambdaTable/laterCases.ts'
import { mappingCases } from './lambdaTable/mappingCases.ts'
import { runWithSdk } from './lambdaTable/sdkRunner.ts'
import { settingCases } from './lambdaTable/settingCases.ts'
import { shaped } from './lambdaTable/shaped.ts'
import { runOnTheWire } from './lambdaTable/wireRunner.ts'

/** One table of requests and AWS's answers, sent by four clients: a difference between them is ours. */
const parts = {
  Invoke: invokeCases,
  functions: functionCases,
  settings: settingCases,
  permissions: permissionCases,
  URLs: urlCases,
  tags: tagCases,
  mappings: mappingCases,
  provisioned: provisionedCases,
  deployed: deployCases,
}
const built = new Set(routes.routes.map(({ operation }) => operation))
/** Cases of operations that are not built yet wait for them. */
const cases = Object.entries(parts).flatMap(([part, rows]) =>
  rows
    .filter(({ before = [], request }) => [...before, request].every(([operation]) => built.has(operation)))
    .map((row) => ({ part, ...row })),
)

/** Beside bare HTTP, which every machine has. */
const pythons = {
  boto3: { script: 'boto3Runner.py', needs: 'import boto3' },
  'the AWS CLI': { script: 'cliRunner.py', needs: 'import awscli.clidriver' },
}
type Python = keyof typeof pythons
type Client = 'bare HTTP' | 'the SDK for JavaScript' | Python

const isThere = (client: Client): boolean => {
  if (!(client in pythons)) return true
  const { needs } = pythons[client as Python]
  const found = spawnSync('python3', ['-c', needs]).status === 0
  if (!found) console.log(`skipped: python3 -c '${needs}' does not work on this machine`)
  return found
}
const everyClient: Client[] = ['bare HTTP', 'the SDK for JavaScript', 'boto3', 'the AWS CLI']
const clients = everyClient.filter(isThere)

const ran = new Map<Client, { readonly url: string; readonly outcomes: readonly Ran[] }>()
let folder = ''
const apps: App[] = []

beforeAll(async () => {
  folder = writeProject()
  await Promise.all(clients.map(runAll))
}, 120_000)

afterAll(async () => {
  await Promise.all(apps.map((app) => app.stop()))
  rmSync(folder, { recursive: true, force: true })
})

/** Each client has an application of its own, each case a function of its own. */
async function runAll(client: Client): Promise<void> {
  const app = await start({
    config: path.join(folder, 'lambda.yml'),
    port: 0,
    clock: 'frozen',
    ephemeral: true,
  })
  apps.push(app)
  const { url } = app
  const filled = cases.map((one, index) => fill({ before: [], ...one }, url, index))
  if (client === 'bare HTTP') ran.set(client, { url, outcomes: await runOnTheWire(url, filled) })
  else if (client === 'the SDK for JavaScript')
    ran.set(client, { url, outcomes: await runWithSdk(url, filled) })
  else ran.set(client, { url, outcomes: await runPython(pythons[client].script, url, filled) })
}

function writeProject(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'lambent-table-'))
  const names = cases.map((_, index) => `f${index}: { handler: h.handler }`)
  const spec = `
service: table
provider: { timeout: 3, memorySize: 128, runtime: nodejs22.x }
functions:
  aaa: { handler: h.handler, runtime: nodejs22.x, description: the first }
  ${names.join('\n  ')}
resources: { queues: { orders: {}, failed: {} } }
`
  writeFileSync(path.join(directory, 'lambda.yml'), spec)
  writeFileSync(
    path.join(directory, 'h.js'),
    `exports.handler = async (event, context) => {
  if (event.fail) throw new Error(event.fail)
  if (event.arn) return context.invokedFunctionArn
  return event.context ? context.clientContext : event.answer
}`,
  )
  return directory
}

function fill<Value>(value: Value, url: string, index: number): Value {
  const text = JSON.stringify(value)
    .replaceAll('{f}', `f${index}`)
    .replaceAll('{arn}', arnOf(`f${index}`))
    .replaceAll('{base}', url)
  return JSON.parse(text) as Value
}

/** One process for the whole table. */
function runPython(script: string, url: string, filled: readonly LambdaCase[]): Promise<Ran[]> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 64 * 1_024 * 1_024 }
    const file = path.join(import.meta.dirname, 'lambdaTable', script)
    const python = execFile('python3', [file], options, (error, stdout) =>
      error ? reject(error) : resolve(JSON.parse(stdout) as Ran[]),
    )
    python.stdin?.end(JSON.stringify({ url, cases: filled }))
  })
}

/** The AWS CLI knows no streams of events. */
const isAsked = (client: Client, { request: [operation] }: LambdaCase): boolean =>
  client !== 'the AWS CLI' || operation !== 'InvokeWithResponseStream'

describe.each(clients)('Lambda, asked by %s', (client) => {
  const asked = cases.map((one, index) => ({ ...one, index })).filter((one) => isAsked(client, one))
  test.each(asked)('$part: $name', ({ index, ...one }) => {
    const { url = '', outcomes } = ran.get(client) ?? {}
    const { known = {}, ...outcome } = outcomes?.[index] ?? {}
    const { request, answer, refusal, status } = withKnown(fill(one, url, index), known)
    const wanted = refusal
      ? refusalFor(client, refusal)
      : { answer: answer ?? {}, status: status ?? statuses[request[0]] ?? 200 }
    expect(seen(client, outcome, wanted)).toEqual(seen(client, wanted, wanted))
  })
})

/** What a client shows of a refusal. */
function refusalFor(client: Client, refusal: Refusal): Ran {
  const { code, message } = refusal
  const { status, isModelled } = errorForms[code]
  const members = membersOf(refusal)
  if (client === 'bare HTTP') return { refusal: { code, members }, status }
  if (client !== 'boto3') return { refusal: { code, message }, status }
  // The header is a member to clients that know the model.
  const shown = code === 'TooManyRequestsException' ? { ...members, retryAfterSeconds: '1' } : members
  return { refusal: { code, message, members: isModelled ? shown : {} }, status }
}

/** The AWS CLI shows no status. */
function seen(client: Client, outcome: Ran, wanted: Ran): unknown {
  const { status: _, ...rest } = shaped(outcome, wanted) as Ran
  return client === 'the AWS CLI' ? rest : shaped(outcome, wanted)
}

test('each case has one answer, no name comes twice in a part, and every operation that is built has a case', () => {
  expect(cases.filter(({ answer, refusal }) => (answer === undefined) === (refusal === undefined))).toEqual(
    [],
  )
  for (const part of Object.values(parts))
    expect(new Set(part.map(({ name }) => name)).size).toBe(part.length)
  const asked = new Set(cases.map(({ request: [operation] }) => operation))
  expect([...built].filter((operation) => !asked.has(operation))).toEqual([])
})
