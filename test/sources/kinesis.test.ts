import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { kinesis } from '../../src/sources/kinesis.ts'
import type { JsonObject, JsonValue } from '../../src/system/index.ts'
import { describeStream } from './describeStream.ts'

const golden = JSON.parse(
  readFileSync(new URL('../events/kinesis/records.json', import.meta.url), 'utf8'),
) as { readonly Records: readonly [JsonObject] }
const streamArn = 'arn:aws:kinesis:us-east-1:123456789012:stream/clicks'
const record = {
  sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
  partitionKey: 'user-1',
  data: Buffer.from('{"k":1}'),
  arrivedMs: 1_763_980_000_123,
  cause: undefined,
}
const context = {
  settings: kinesis.settings({ stream: streamArn }),
  region: 'us-east-1',
  shardId: 'shardId-000000000006',
  roleArn: 'arn:aws:iam::123456789012:role/orders-role',
}

describeStream(kinesis, { record, context, golden: golden.Records[0] })

test('data is base64 of the bytes as they are, also of those that are no text', () => {
  const { kinesis: own } = kinesis.record({ ...record, data: Buffer.from([0, 255, 128]) }, context)
  expect(own).toMatchObject({ data: 'AP+A' })
})

test('the source is the ARN that the mapping was given: for enhanced fan-out that of the consumer', () => {
  const consumerArn = `${streamArn}/consumer/reports:1763980000`
  const settings = kinesis.settings({ stream: consumerArn })
  expect(kinesis.record(record, { ...context, settings })['eventSourceARN']).toBe(consumerArn)
})

test('records of a partition key are in order, and named by their sequence numbers', () => {
  expect(kinesis.orderKey(record)).toBe('user-1')
  expect(kinesis.sequenceNumber(record)).toBe(record.sequenceNumber)
  expect(kinesis.arrivedMs(record)).toBe(record.arrivedMs)
})

test('a failure record has milliseconds', () => {
  expect(kinesis.failure.infoMember).toBe('KinesisBatchInfo')
  expect(kinesis.failure.time(1_763_980_000_123)).toBe('2025-11-24T10:26:40.123Z')
})

test('every setting arrives in the units of the engine', () => {
  const config = {
    stream: streamArn,
    batchWindow: 5,
    startingPosition: 'AT_TIMESTAMP',
    startingPositionTimestamp: 1_763_980_000.5,
    maximumRetryAttempts: 0,
    maximumRecordAgeInSeconds: 60,
    tumblingWindowInSeconds: 900,
    destinations: { onFailure: { type: 'sns', arn: 'arn:aws:sns:us-east-1:123456789012:alerts' } },
    functionResponseType: 'ReportBatchItemFailures',
  } as const
  expect(kinesis.settings(config)).toMatchObject({
    windowMs: 5_000,
    startingPosition: 'AT_TIMESTAMP',
    startingTimestampMs: 1_763_980_000_500,
    maximumRetryAttempts: 0,
    maximumRecordAgeMs: 60_000,
    tumblingWindowMs: 900_000,
    onFailureArn: 'arn:aws:sns:us-east-1:123456789012:alerts',
    reportsItemFailures: true,
  })
  const iso = { ...config, startingPositionTimestamp: '2025-11-24T10:26:40.5Z' }
  expect(kinesis.settings(iso).startingTimestampMs).toBe(1_763_980_000_500)
})

describe('filters', () => {
  const passes = (patterns: readonly JsonValue[], data: string | Uint8Array): boolean => {
    const filters = patterns.map((pattern) => JSON.stringify(pattern))
    const filter = kinesis.filter({ ...context.settings, filters })
    return filter(kinesis.record({ ...record, data: Buffer.from(data) }, context))
  }

  test.each<[string, JsonValue, string | Uint8Array, boolean]>([
    ['JSON that matches', { data: { k: [1] } }, '{"k":1}', true],
    ['JSON that does not', { data: { k: [2] } }, '{"k":1}', false],
    ['the key of the pattern is at the top', { kinesis: { data: { k: [1] } } }, '{"k":1}', false],
    ['an operator', { data: { k: [{ numeric: ['>', 0] }] } }, '{"k":1}', true],
    ['fields in dots', { 'data.k': [1] }, '{"k":1}', true],
    ['text, where JSON is asked for', { data: { k: [1] } }, 'k=1', false],
    ['text, where a field is to be absent', { data: { k: [{ exists: false }] } }, 'k=1', false],
    ['bytes that are no text', { data: { k: [{ exists: false }] } }, new Uint8Array([255, 0]), false],
    ['no data', { data: { k: [{ exists: false }] } }, '', false],
    ['a number by itself', { data: { k: [{ exists: false }] } }, '1', false],
    ['what is beside the data decides', { partitionKey: ['user-1'] }, 'k=1', true],
    ['both must hold', { partitionKey: ['user-2'], data: { k: [1] } }, '{"k":1}', false],
    ['JSON inside a field is text', { data: { k: { a: [1] } } }, '{"k":"{\\"a\\":1}"}', false],
  ])('%s: %j of %o is %s', (_, pattern, data, isMatch) => {
    expect(passes([pattern], data)).toBe(isMatch)
  })

  test('one of several is enough; with none, every record passes', () => {
    expect(passes([{ data: { k: [2] } }, { data: { k: [1] } }], '{"k":1}')).toBe(true)
    expect(passes([], 'k=1')).toBe(true)
  })

  test('a pattern for text is refused: data is filtered as JSON only', () => {
    for (const pattern of [{ data: ['k=1'] }, { $or: [{ data: ['k=1'] }, { data: { k: [1] } }] }])
      expect(() => passes([pattern], 'k=1')).toThrow('"data" must be an object')
  })

  test('the record stays as it is', () => {
    const made = kinesis.record(record, context)
    const filters = ['{"data":{"k":[1]}}']
    expect(kinesis.filter({ ...context.settings, filters })(made)).toBe(true)
    expect(JSON.stringify(made)).toBe(JSON.stringify(golden.Records[0]))
  })
})
