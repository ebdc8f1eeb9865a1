import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as sdk from '@aws-sdk/client-sqs'
import { type App, start } from 'lambent'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fifoCases } from './sqsTable/fifoCases.ts'
import { messageCases } from './sqsTable/messageCases.ts'
import { queueCases } from './sqsTable/queueCases.ts'
import { receiptCases } from './sqsTable/receiptCases.ts'
import { type Ran, runWithSdk, withHandles } from './sqsTable/sdkRunner.ts'
import { shaped } from './sqsTable/shaped.ts'
import type { Refusal, SqsCase } from './sqsTable/sqsCase.ts'
import { wireCases } from './sqsTable/wireCases.ts'

/** One table of requests and AWS's answers, sent by three clients: a difference between them is ours. */
const cases: readonly SqsCase[] = [...queueCases, ...messageCases, ...receiptCases, ...fifoCases]
const clients = ['JavaScript', 'boto3 json', 'boto3 query'] as const
type Client = (typeof clients)[number]

const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0
if (!hasBoto3) console.log('skipped: python3 -c import boto3 does not work on this machine')

const directory = mkdtempSync(path.join(tmpdir(), 'lambent-test-'))
const ran = new Map<Client, readonly Ran[]>()
let app: App

beforeAll(async () => {
  const config = path.join(directory, 'lambda.yml')
  writeFileSync(config, 'service: shop\nfunctions: { idle: { handler: idle.handler } }\n')
  writeFileSync(path.join(directory, 'idle.js'), 'exports.handler = async () => {}')
  app = await start({ config, clock: 'frozen', ephemeral: true })
  ran.set('JavaScript', await runWithSdk(app.url, filledFor('JavaScript')))
  if (!hasBoto3) return
  const outcomes = await runWithBoto3({ json: filledFor('boto3 json'), query: filledFor('boto3 query') })
  ran.set('boto3 json', outcomes['json'] ?? [])
  ran.set('boto3 query', outcomes['query'] ?? [])
})

afterAll(async () => {
  await app.stop()
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
})

const filledFor = (client: Client): SqsCase[] =>
  cases.map((sqsCase, index) => fill({ before: [], ...sqsCase }, client, index))

/** Every case has queues of its own for every client. */
function fill<Value>(value: Value, client: Client, index: number): Value {
  const queue = `q${index}-${client.replace(' ', '-')}`
  const text = JSON.stringify(value)
    .replaceAll('{q}', queue)
    .replaceAll('{base}', app.url)
    .replaceAll('{url}', `${app.url}/000000000000/${queue}`)
    .replaceAll('{arn}', `arn:aws:sqs:us-east-1:000000000000:${queue}`)
  return JSON.parse(text) as Value
}

/** One process for the whole table. */
function runWithBoto3(tables: Readonly<Record<string, readonly SqsCase[]>>): Promise<Record<string, Ran[]>> {
  const script = path.join(import.meta.dirname, 'sqsTable/boto3Runner.py')
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 64 * 1_024 * 1_024 }
    const python = execFile('python3', [script], options, (error, stdout) =>
      error ? reject(error) : resolve(JSON.parse(stdout) as Record<string, Ran[]>),
    )
    python.stdin?.end(JSON.stringify({ url: app.url, cases: tables }))
  })
}

describe.each(clients.filter((client) => hasBoto3 || client === 'JavaScript'))(
  'SQS, asked by %s',
  (client) => {
    test.each(cases.map((sqsCase, index) => ({ ...sqsCase, index })))('$name', ({ index, ...sqsCase }) => {
      const { handles = [], ...outcome } = ran.get(client)?.[index] ?? {}
      const { answer, refusal } = withHandles(fill(sqsCase, client, index), handles)
      const wanted = refusal ? { refusal: refusalFor(client, refusal) } : { answer }
      expect(shaped(withoutEmptyFailed(outcome), wanted)).toEqual(wanted)
    })
  },
)

test.each(wireCases)('on the wire: $name', async ({ path: urlPath, status, ...wireCase }) => {
  await runWithSdk(app.url, [{ name: 'wire', request: ['CreateQueue', { QueueName: 'wire' }] }])
  const { method = 'POST', headers = {}, body, answer, queryError } = wireCase
  const response = await fetch(app.url + urlPath, { method, headers, ...(body && { body }) })
  expect(response.status).toBe(status)
  expect(response.headers.get('x-amzn-query-error')).toBe(queryError ?? null)
  expect(await response.text()).toMatch(answer)
})

test('the table has at least 150 cases, each with one answer, and no name twice in a part', () => {
  expect(cases.length).toBeGreaterThanOrEqual(150)
  expect(cases.filter(({ answer, refusal }) => (answer === undefined) === (refusal === undefined))).toEqual(
    [],
  )
  for (const part of [queueCases, messageCases, receiptCases, fifoCases])
    expect(new Set(part.map(({ name }) => name)).size).toBe(part.length)
})

function refusalFor(client: Client, { code, message, queryMessage, status }: Refusal): object {
  const text = (client === 'boto3 query' ? queryMessage : undefined) ?? message
  const queryCode = queryCodes[code] ?? code
  // The SDK falls back to the header for an error that its model does not know.
  const name = client === 'JavaScript' && !Object.hasOwn(sdk, code) ? queryCode : code
  return {
    code: client === 'boto3 query' ? null : name,
    queryCode,
    message: text ?? '<text>',
    status: status ?? 400,
  }
}

/** The query protocol's names where they are not JSON's (section 8.2). */
const queryCodes: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  InvalidParameterValueException: 'InvalidParameterValue',
  MissingRequiredParameterException: 'MissingParameter',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
  PurgeQueueInProgress: 'AWS.SimpleQueueService.PurgeQueueInProgress',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
}

/** XML cannot show a list that is empty. */
function withoutEmptyFailed(outcome: Partial<Ran>): Partial<Ran> {
  const { Failed: failed, ...rest } = outcome.answer ?? {}
  return Array.isArray(failed) && failed.length === 0 ? { ...outcome, answer: rest } : outcome
}
