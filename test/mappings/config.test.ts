import { expect, test } from 'vitest'
import { queueSources, eventFragments, type SqsConfig } from '../../src/sources/index.ts'
import { loadSpec, SpecError } from '../../src/spec/index.ts'

/** Loads a spec with one mapping, as it would be read from disk. */
function load(event: string, queue = 'orders', more = '') {
  const yaml = `functions:\n  worker:\n    handler: worker.handler\n${more}    events:\n      - sqs: { queue: ${queue}, ${event} }\n`
  const files = {
    read: (path: string) => (path === '/app/lambda.yml' ? yaml : undefined),
    list: (path: string) => (path === '/app' ? ['worker.js', 'lambda.yml'] : undefined),
  }
  return loadSpec('/app/lambda.yml', {
    fragments: eventFragments,
    environment: {},
    workingDirectory: '/app',
    files,
  })
}

async function settingsOf(event: string, queue?: string) {
  const { functions } = await load(event, queue)
  return queueSources.sqs.settings(functions[0]?.events[0]?.config as unknown as SqsConfig)
}

async function problemsOf(event: string, queue?: string): Promise<string[]> {
  const error: unknown = await load(event, queue).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof SpecError)) throw new Error('it was not refused', { cause: error })
  return error.problems.map(({ message, hint }) => `${message} | ${hint}`)
}

test("a mapping that says nothing has AWS's settings", async () => {
  expect(await settingsOf('')).toEqual({
    queueArn: 'arn:aws:sqs:us-east-1:000000000000:orders',
    batchSize: 10,
    windowMs: 0,
    reportsItemFailures: false,
    maximumConcurrency: null,
    provisionedPollers: null,
    filters: [],
    metrics: [],
    isEnabled: true,
  })
})

test('every setting arrives; patterns may be mappings or JSON text', async () => {
  const event = `batchSize: 10000, maximumBatchingWindow: 5m, functionResponseType: ReportBatchItemFailures,
          provisionedPollerConfig: { minimumPollers: 3, maximumPollers: 4 }, metricsConfig: { metrics: [EventCount] },
          filterPatterns: [{ body: { total: [{ numeric: ['>', 100] }] } }, '{"body":  ["text"]}'], enabled: false`
  expect(await settingsOf(event)).toMatchObject({
    batchSize: 10_000,
    windowMs: 300_000,
    reportsItemFailures: true,
    provisionedPollers: { minimum: 3, maximum: 4 },
    filters: ['{"body":{"total":[{"numeric":[">",100]}]}}', '{"body":  ["text"]}'],
    metrics: ['EventCount'],
    isEnabled: false,
  })
  expect(await settingsOf('maximumConcurrency: 1000')).toMatchObject({ maximumConcurrency: 1_000 })
})

test('provisioned mode has 2 to 200 pollers unless said otherwise', async () => {
  const { provisionedPollers } = await settingsOf('provisionedPollerConfig: {}')
  expect(provisionedPollers).toEqual({ minimum: 2, maximum: 200 })
})

test.each([
  ['filterPatterns: [{ body: x }]', 'Invalid filter pattern definition. | expected'],
  ["filterPatterns: ['{']", 'Invalid filter pattern definition. | expected'],
  ["filterPatterns: ['null']", 'Invalid filter pattern definition. | expected'],
  ['filterPatterns: [{ body: [{ wildcard: "a*" }] }]', 'Invalid filter pattern definition. | expected'],
  ['filterPatterns: []', '`filterPatterns` has 0 items'],
  [`filterPatterns: [{ body: ['${'x'.repeat(4_096)}'] }]`, 'characters as JSON | expected at most 4096'],
  [
    'filterCriteria: { filters: [] }',
    '`filterCriteria` is not supported by this version | expected `filterPatterns`',
  ],
  ['kmsKeyArn: "arn:aws:kms:us-east-1:000000000000:key/k"', '`kmsKeyArn` is not supported by this version'],
  ['provisionedPollerConfig: { minimumPollers: 1 }', 'minimumPollers'],
  ['provisionedPollerConfig: { maximumPollers: 2001 }', 'maximumPollers'],
  ['provisionedPollerConfig: { minimumPollers: 9, maximumPollers: 8 }', '`minimumPollers` (9) is more than'],
  ['provisionedPollerConfig: {}, maximumConcurrency: 5', 'only one of `maximumConcurrency` and'],
  ['maximumConcurrency: 1', 'maximumConcurrency'],
  ['maximumConcurrency: 1001', 'maximumConcurrency'],
  ['metricsConfig: { metrics: [ErrorCount] }', 'ErrorCount'],
  ['batchSize: 0', 'batchSize'],
  ['batchSize: 10001, maximumBatchingWindow: 1', 'batchSize'],
  ['maximumBatchingWindow: 301', 'maximumBatchingWindow'],
  [
    'batchSize: 11',
    'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10 | expected',
  ],
])('refuses %s', async (event, expected) => {
  expect((await problemsOf(event)).join('\n')).toContain(expected)
})

test('warns when queues bring more batches at once than the function may run', async () => {
  const warningsOf = async (event: string, reserved: number): Promise<string[]> =>
    (await load(event, 'orders', `    reservedConcurrency: ${reserved}\n`)).warnings.map(
      ({ line, message }) => `${line}: ${message}`,
    )
  expect(await warningsOf('', 4)).toEqual([
    '4: the reserved concurrency of `worker` (4) is less than the batches of its queues that come at once (5)',
  ])
  expect(await warningsOf('maximumConcurrency: 20', 10)).toHaveLength(1)
  expect(await warningsOf('', 5)).toEqual([])
  expect(await warningsOf('maximumConcurrency: 2', 2)).toEqual([])
  expect(await warningsOf('enabled: false', 1)).toEqual([])
})

test('a FIFO queue is read in batches of ten at most, without a window', async () => {
  expect(await settingsOf('batchSize: 10', 'jobs.fifo')).toMatchObject({ batchSize: 10, windowMs: 0 })
  expect(await problemsOf('maximumBatchingWindow: 1', 'jobs.fifo')).toEqual([
    'Batching window is not supported for FIFO queues | expected no `maximumBatchingWindow`, or a standard queue',
  ])
  expect(await problemsOf('batchSize: 11', 'jobs.fifo')).toEqual([
    'a batch of a FIFO queue has at most 10 messages | expected a `batchSize` of at most 10',
  ])
})
