import { execFile, spawnSync } from 'node:child_process'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { consumerCases } from './kinesisTable/consumerCases.ts'
import { putCases } from './kinesisTable/putCases.ts'
import { readCases } from './kinesisTable/readCases.ts'
import { runWithSdk, withKnown } from './kinesisTable/sdkRunner.ts'
import { settingCases } from './kinesisTable/settingCases.ts'
import { shardCases } from './kinesisTable/shardCases.ts'
import { streamCases } from './kinesisTable/streamCases.ts'
import type { KinesisCase, Ran } from './kinesisTable/kinesisCase.ts'
import { openKinesisWorld } from './kinesisWorld.ts'
import { shaped } from './sqsTable/shaped.ts'

/** One table of requests and AWS's answers, sent by three clients: a difference between them is ours. */
const parts = { streamCases, putCases, readCases, shardCases, settingCases, consumerCases }
const cases: readonly KinesisCase[] = Object.values(parts).flat()
const clients = ['JavaScript over HTTP/1.1', 'JavaScript over HTTP/2', 'boto3'] as const
type Client = (typeof clients)[number]

const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0
if (!hasBoto3) console.log('skipped: python3 -c import boto3 does not work on this machine')

const ran = new Map<Client, readonly Ran[]>()
let world: Awaited<ReturnType<typeof openKinesisWorld>>

beforeAll(async () => {
  world = await openKinesisWorld()
  for (const version of ['HTTP/1.1', 'HTTP/2'] as const) {
    const client = `JavaScript over ${version}` as const
    ran.set(client, await runWithSdk(world.url, filledFor(client), version))
  }
  if (hasBoto3) ran.set('boto3', await runWithBoto3(filledFor('boto3')))
}, 60_000)

afterAll(() => world.stop())

const filledFor = (client: Client): KinesisCase[] =>
  cases.map((kinesisCase, index) => fill({ before: [], ...kinesisCase }, client, index))

/** Every case has streams of its own for every client. */
function fill<Value>(value: Value, client: Client, index: number): Value {
  const stream = `s${index}-${clients.indexOf(client)}`
  const text = JSON.stringify(value)
    .replaceAll('{s}', stream)
    .replaceAll('{arn}', `arn:aws:kinesis:us-east-1:000000000000:stream/${stream}`)
  return JSON.parse(text) as Value
}

/** One process for the whole table. */
function runWithBoto3(filled: readonly KinesisCase[]): Promise<Ran[]> {
  const script = path.join(import.meta.dirname, 'kinesisTable/boto3Runner.py')
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 64 * 1_024 * 1_024 }
    const python = execFile('python3', [script], options, (error, stdout) =>
      error ? reject(error) : resolve(JSON.parse(stdout) as Ran[]),
    )
    python.stdin?.end(JSON.stringify({ url: world.url, cases: filled }))
  })
}

describe.each(clients.filter((client) => hasBoto3 || client !== 'boto3'))(
  'Kinesis, asked by %s',
  (client) => {
    test.each(cases.map((kinesisCase, index) => ({ ...kinesisCase, index })))(
      '$name',
      ({ index, ...kinesisCase }) => {
        const { known = {}, ...outcome } = ran.get(client)?.[index] ?? {}
        const { answer, refusal } = withKnown(fill(kinesisCase, client, index), known)
        const wanted = refusal ? { refusal: { message: '<text>', status: 400, ...refusal } } : { answer }
        expect(shaped(outcome, wanted)).toEqual(wanted)
      },
    )
  },
)

test('each case has one answer, and no name comes twice in a part', () => {
  expect(cases.length).toBeGreaterThanOrEqual(120)
  expect(cases.filter(({ answer, refusal }) => (answer === undefined) === (refusal === undefined))).toEqual(
    [],
  )
  for (const part of Object.values(parts))
    expect(new Set(part.map(({ name }) => name)).size).toBe(part.length)
})
