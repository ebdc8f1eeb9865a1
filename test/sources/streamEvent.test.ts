import { describe, expect, test } from 'vitest'
import { declaredStreamsOf } from '../../src/api/declaredStreams.ts'
import { consumerOf, eventFragments, type StreamConfig, streamKindOf } from '../../src/sources/index.ts'
import { compareSpecs, loadSpec, type Spec, SpecError } from '../../src/spec/index.ts'

/** Loads a spec of one function with these events, as it would be read from disk. */
function load(events: readonly string[], more = ''): Promise<Spec> {
  const list = events.map((event) => `      - stream: ${event}\n`).join('')
  const yaml = `functions:\n  reader:\n    handler: reader.handler\n    events:\n${list}${more}\n`
  const files = {
    read: (path: string) => (path === '/app/lambda.yml' ? yaml : undefined),
    list: (path: string) => (path === '/app' ? ['reader.js', 'lambda.yml'] : undefined),
  }
  return loadSpec('/app/lambda.yml', {
    fragments: eventFragments,
    environment: {},
    workingDirectory: '/app',
    files,
  })
}

async function problemsOf(event: string, more?: string): Promise<string[]> {
  const error: unknown = await load([event], more).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof SpecError)) throw new Error('it was not refused', { cause: error })
  return error.problems.map(({ line, message, hint }) => `${line} ${message} | ${hint}`)
}

const configOf = (spec: Spec): StreamConfig => spec.functions[0]?.events[0]?.config as StreamConfig

const AT = 'us-east-1:000000000000'
const CLICKS = `arn:aws:kinesis:${AT}:stream/clicks`
const CONSUMER = `${CLICKS}/consumer/reports:1763980000`
const CARTS = `arn:aws:dynamodb:${AT}:table/carts`
const LABEL = '/stream/2026-01-01T10:00:00.123'
const DYNAMODB = 'endpoints: { dynamodb: http://127.0.0.1:8000 }'

describe('the stream', () => {
  test.each([
    'clicks',
    'kinesis:clicks',
    CLICKS,
    '{ stream: clicks }',
    '{ type: kinesis, arn: kinesis:clicks }',
    `{ arn: "${CLICKS}" }`,
    '{ arn: !GetAtt clicks.Arn }',
    '{ stream: !Ref clicks }',
    '!Sub "arn:aws:kinesis:${AWS::Region}:${AWS::AccountId}:stream/clicks"',
  ])('`- stream: %s` is a stream of Kinesis', async (event) => {
    const spec = await load([event], 'resources: { streams: { clicks: {} } }')
    expect(configOf(spec)).toMatchObject({ stream: CLICKS })
    expect(streamKindOf(configOf(spec))).toBe('kinesis')
    expect(configOf(spec)).not.toHaveProperty('arn')
  })

  test.each([
    ['dynamodb:carts', CARTS],
    ['{ table: carts }', CARTS],
    ['{ type: dynamodb, stream: carts }', CARTS],
    ['{ type: dynamodb, arn: dynamodb:carts }', CARTS],
    [CARTS, CARTS],
    [CARTS + LABEL, CARTS + LABEL],
    [`{ type: dynamodb, arn: "${CARTS}${LABEL}" }`, CARTS + LABEL],
  ])('`- stream: %s` is one of DynamoDB', async (event, arn) => {
    const spec = await load([event], DYNAMODB)
    expect(configOf(spec).stream).toBe(arn)
    expect(streamKindOf(configOf(spec))).toBe('dynamodb')
    expect(spec).toMatchObject({ streams: [], implied: [] })
  })

  test('one that is not declared is created, with a warning when another is nearly called so', async () => {
    const spec = await load(['clicks'], 'resources: { streams: { click: {} } }')
    expect(spec.implied).toEqual(['kinesis:clicks'])
    expect(spec.streams.map(({ name, isDeclared }) => [name, isDeclared])).toEqual([
      ['click', true],
      ['clicks', false],
    ])
    expect(spec.warnings).toMatchObject([
      {
        line: 5,
        message: 'the stream `clicks` is not declared and will be created',
        hint: 'did you mean `click`?',
      },
    ])
  })

  test('at a foreign Kinesis none is created', async () => {
    const spec = await load(['clicks'], 'endpoints: { kinesis: http://127.0.0.1:4567 }')
    expect(spec.implied).toEqual([])
    expect(declaredStreamsOf(spec)).toEqual([])
  })
})

describe('enhanced fan-out', () => {
  test.each([
    ['{ stream: clicks, consumer: true }', 'reader-clicks'],
    ['{ stream: clicks, consumer: reports }', 'reports'],
    ['{ stream: clicks, consumer: false }', undefined],
    [`{ stream: clicks, consumer: "${CONSUMER}" }`, CONSUMER],
    [`{ arn: "${CONSUMER}" }`, CONSUMER],
    [CONSUMER, CONSUMER],
  ])('`- stream: %s` reads as %s', async (event, consumer) => {
    const config = configOf(await load([event]))
    expect(config.stream).toBe(CLICKS)
    expect(consumerOf(config, 'reader')).toBe(consumer)
  })

  test('Kinesis is told of the consumers of a stream: those declared, and those that events name, once', async () => {
    const events = ['{ stream: clicks, consumer: true }', '{ stream: clicks, consumer: reports }', CONSUMER]
    const spec = await load(
      events.slice(0, 2),
      'resources: { streams: { clicks: { consumers: [audit, reports] }, other: {} } }',
    )
    const standard = {
      isDeclared: true,
      shards: 1,
      retentionHours: 24,
      limitsThroughput: false,
      mode: 'PROVISIONED',
    }
    expect(declaredStreamsOf(spec)).toEqual([
      { ...standard, name: 'clicks', consumers: ['audit', 'reports', 'reader-clicks'] },
      { ...standard, name: 'other', consumers: [] },
    ])
    expect(declaredStreamsOf(await load(events.slice(2)))).toMatchObject([{ consumers: ['reports'] }])
  })
})

test('a failure destination is a queue, a topic or a bucket, and created when it is not there', async () => {
  const to = async (onFailure: string) =>
    load([`{ stream: clicks, destinations: { onFailure: ${onFailure} } }`])
  const queue = `arn:aws:sqs:${AT}:failed`
  expect(configOf(await to('failed')).destinations).toEqual({ onFailure: queue })
  expect(configOf(await to('sqs:failed')).destinations).toEqual({ onFailure: queue })
  expect(configOf(await to(`{ type: sqs, arn: "${queue}" }`)).destinations).toEqual({
    onFailure: { type: 'sqs', arn: queue },
  })
  expect((await to('sqs:failed')).queues).toMatchObject([{ name: 'failed', isDeclared: false }])
  expect((await to('sns:failed')).topics).toMatchObject([{ name: 'failed' }])
  expect((await to('s3:failed')).buckets).toMatchObject([{ name: 'failed' }])
})

test('every setting arrives, durations as seconds', async () => {
  const spec = await load([
    `{ stream: clicks, batchSize: 10000, batchWindow: 5m, startingPosition: LATEST, parallelizationFactor: 10,
          maximumRetryAttempts: 0, maximumRecordAgeInSeconds: 7d, bisectBatchOnFunctionError: true,
          tumblingWindowInSeconds: 15m, functionResponseType: ReportBatchItemFailures, enabled: false,
          filterPatterns: [{ data: { kind: [buy] } }], metricsConfig: { metrics: [EventCount] } }`,
  ])
  expect(configOf(spec)).toMatchObject({
    batchSize: 10_000,
    batchWindow: 300,
    maximumRecordAgeInSeconds: 604_800,
    tumblingWindowInSeconds: 900,
    maximumRetryAttempts: 0,
    enabled: false,
  })
})

describe('what is refused', () => {
  test.each([
    [
      '{ stream: clicks, batchSize: 0 }',
      '5 `batchSize` cannot be `0` | expected a whole number from 1 to 10000',
    ],
    ['{ stream: clicks, parallelizationFactor: 11 }', '5 `parallelizationFactor` cannot be `11` | expected'],
    ['{ stream: clicks, batchWindow: 6m }', '5 `batchWindow` cannot be'],
    ['{ stream: clicks, tumblingWindowInSeconds: 901 }', '5 `tumblingWindowInSeconds` cannot be `901`'],
    ['{ stream: clicks, maximumRetryAttempts: -2 }', '5 `maximumRetryAttempts` cannot be `-2`'],
    ['{ stream: clicks, startingPosition: latest }', 'did you mean `LATEST`?'],
    [
      '{ stream: clicks, maximumRecordAgeInSeconds: 59 }',
      '5 MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)',
    ],
    ['{ stream: clicks, maximumRecordAgeInSeconds: 0 }', 'must be either -1'],
    ['{ stream: clicks, startingPosition: AT_TIMESTAMP }', '5 `AT_TIMESTAMP` needs a timestamp | expected'],
    [
      '{ stream: clicks, startingPosition: AT_TIMESTAMP, startingPositionTimestamp: soon }',
      '5 `soon` is no time | expected `startingPositionTimestamp`: seconds since 1970',
    ],
    [
      '{ stream: clicks, startingPositionTimestamp: 1 }',
      '5 a timestamp is for `startingPosition: AT_TIMESTAMP` only',
    ],
    [
      '{ stream: clicks, batchWindow: 1, maximumBatchingWindow: 1 }',
      '5 `batchWindow` and `maximumBatchingWindow` are the same setting',
    ],
    [
      '{ stream: clicks, filterPatterns: [{ data: [text] }] }',
      '5 Invalid filter pattern definition. | expected a pattern such as `{ data: { kind: [buy] } }`: "data" must be an object',
    ],
    ['{ stream: clicks, arn: clicks }', 'expected exactly one of `stream`, `arn`, `table`'],
    ['{ batchSize: 1 }', '`stream` has no `stream` or `arn` or `table`'],
    [
      '{ type: dynamodb, stream: kinesis:clicks }',
      '5 this is a stream of Kinesis, not of the type `dynamodb`',
    ],
    [`{ type: kinesis, arn: "${CARTS}" }`, '5 this is a table of DynamoDB, not of the type `kinesis`'],
    ['sqs:clicks', '5 a queue cannot be used here | expected a stream: its name, `kinesis:name`'],
    [
      'arn:aws:kinesis:eu-west-1:000000000000:stream/clicks',
      `5 this stream is in region \`eu-west-1\`, but the spec runs in \`us-east-1\` | expected \`${CLICKS}\``,
    ],
    [
      'arn:aws:dynamodb:us-east-1:111111111111:table/carts',
      `5 this table is of account \`111111111111\`, but the spec runs as \`000000000000\` | expected \`${CARTS}\``,
    ],
    ['"clicks stream"', '`clicks stream` is no stream name | expected letters, digits'],
    ['{ table: carts }', '5 tables of DynamoDB are not hosted by this version | expected `endpoints'],
    ['{ stream: clicks, consumer: "a b" }', '5 `consumer` cannot be the text `a b`'],
    [
      `{ arn: "${CONSUMER}", consumer: other }`,
      '5 a consumer is named twice | expected no `consumer` beside the ARN of one',
    ],
    [
      `{ stream: other, consumer: "${CONSUMER}" }`,
      '5 this is a consumer of the stream `clicks` | expected one of `other`',
    ],
    ['{ stream: clicks, destinations: {} }', '`destinations` has no `onFailure`'],
    ['{ stream: clicks, destinations: { onFailure: lambda:reader } }', '5 a function cannot be used here'],
    ['{ stream: clicks, destinations: { onFailure: sqs:failed.fifo } }', '5 the FIFO queue `failed.fifo`'],
    ['{ stream: clicks, destinations: { onFailure: events:default } }', '5 an event bus cannot be used here'],
    [
      `{ stream: clicks, destinations: { onFailure: { type: sns, arn: "arn:aws:sqs:${AT}:failed" } } }`,
      '5 the ARN is none of the type `sns` | expected `type: sqs`',
    ],
    [
      '{ stream: clicks, destinations: { onSuccess: sqs:done, onFailure: sqs:failed } }',
      'unknown key `onSuccess` in `destinations`',
    ],
    ['{ stream: clicks, maximumConcurrency: 2 }', '`maximumConcurrency` is not supported by this version'],
    ['{ stream: clicks, batchsize: 2 }', 'unknown key `batchsize` in `stream` | did you mean `batchSize`?'],
  ])('`- stream: %s`: %s', async (event, text) => {
    expect((await problemsOf(event)).join('\n')).toContain(text)
  })

  test.each([
    [
      '{ table: carts, startingPosition: AT_TIMESTAMP }',
      '5 Unsupported starting position for arn type: carts',
    ],
    ['{ table: carts, consumer: true }', '5 streams of DynamoDB have no consumers'],
    [
      '{ table: carts, filterPatterns: [{ dynamodb: [INSERT] }] }',
      'expected a pattern such as `{ dynamodb: { NewImage: { kind: { S: [buy] } } } }`: "dynamodb" must be an object',
    ],
    ['{ table: c }', '5 `c` is no table name | expected letters, digits, `-`, `_` and `.`, 3 to 255 of them'],
  ])('of a table: `- stream: %s`: %s', async (event, text) => {
    expect((await problemsOf(event, DYNAMODB)).join('\n')).toContain(text)
  })

  test('a consumer that is to be registered at a foreign Kinesis', async () => {
    const foreign = 'endpoints: { kinesis: http://127.0.0.1:4567 }'
    expect(await problemsOf('{ stream: clicks, consumer: true }', foreign)).toEqual([
      '5 no consumer is registered at `endpoints.kinesis` | expected the ARN of a consumer that is there, or `kinesis: embedded`',
    ])
    expect(configOf(await load([CONSUMER], foreign)).consumer).toBe(CONSUMER)
  })

  test('a stream that a function reads twice, unless as different consumers', async () => {
    await expect(load(['clicks', `{ arn: "${CLICKS}" }`])).rejects.toThrow(
      `lambda.yml:6:9  The event source arn (" ${CLICKS} ") and function (" reader ") provided mapping already exists.`,
    )
    const twice = ['{ stream: clicks, consumer: a }', '{ stream: clicks, consumer: b }', 'clicks']
    expect((await load(twice)).functions[0]?.events).toHaveLength(3)
  })
})

describe('resources.streams', () => {
  test.each([
    ['{}', { mode: 'provisioned', shards: 1, retentionHours: 24, consumers: [] }],
    ['', { mode: 'provisioned', shards: 1, retentionHours: 24, consumers: [] }],
    ['{ mode: onDemand }', { mode: 'onDemand', shards: 4 }],
    [
      '{ shards: 2, retention: 7d, consumers: [reports] }',
      { shards: 2, retentionHours: 168, consumers: ['reports'] },
    ],
  ])('`clicks: %s`', async (given, expected) => {
    const spec = await load(['clicks'], `resources:\n  streams:\n    clicks: ${given}`)
    expect(spec.streams).toMatchObject([{ name: 'clicks', arn: CLICKS, isDeclared: true, ...expected }])
  })

  test.each([
    ['{ mode: onDemand, shards: 2 }', '`clicks` is on demand: how many shards it has'],
    ['{ retention: 25h30m }', 'the retention of a stream is a number of whole hours'],
    ['{ retention: 1h }', '`retention` cannot be'],
    ['{ shards: 0 }', '`shards` cannot be `0`'],
    ['{ shardCount: 2 }', '`shardCount` is not supported by this version | expected `shards: 2`'],
    ['{ consumers: [a, a] }', '`a` is in `consumers` twice'],
  ])('`clicks: %s` is refused: %s', async (given, text) => {
    expect((await problemsOf('clicks', `resources:\n  streams:\n    clicks: ${given}`)).join('\n')).toContain(
      text,
    )
  })

  test('settings of a stream of a foreign Kinesis are warned of: they change nothing there', async () => {
    const more = 'endpoints: { kinesis: aws }\nresources: { streams: { clicks: { shards: 2 } } }'
    const { warnings } = await load(['clicks'], more)
    expect(warnings.map(({ message }) => message)).toEqual([
      'the settings of `clicks` are not applied: it is a stream of `endpoints.kinesis`, which has its own',
    ])
  })

  test('streams come, go and change; a mapping belongs to its stream', async () => {
    const before = await load(['{ stream: clicks, batchSize: 1 }', 'other'])
    const after = await load(
      ['{ stream: clicks, batchSize: 2 }', 'third'],
      'resources: { streams: { clicks: { shards: 2 } } }',
    )
    expect(compareSpecs(before, after)).toMatchObject({
      resources: {
        added: [{ noun: 'stream', name: 'third' }],
        removed: [{ noun: 'stream', name: 'other' }],
        changed: [{ noun: 'stream', name: 'clicks' }],
      },
      mappings: {
        added: [{ event: { config: { stream: `arn:aws:kinesis:${AT}:stream/third` } } }],
        removed: [{ event: { config: { stream: `arn:aws:kinesis:${AT}:stream/other` } } }],
        changed: [{ after: { config: { batchSize: 2 } } }],
      },
    })
  })
})
