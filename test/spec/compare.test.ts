import { expect, test } from 'vitest'
import { compareSpecs, loadSpec, type Spec, type SpecDifference } from '../../src/spec/index.ts'
import { fragments } from './fragments.ts'

function load(yaml: string): Promise<Spec> {
  const files = { read: () => yaml, list: () => ['main.js', 'other.js'] }
  return loadSpec('/app/lambda.yml', { fragments, environment: {}, workingDirectory: '/app', files })
}

async function difference(before: string, after: string): Promise<SpecDifference> {
  return compareSpecs(await load(before), await load(after))
}

const base = `
functions:
  a:
    handler: main.a
    timeout: 3
    events:
      - sqs: { queue: orders, batchSize: 5 }
      - schedule: rate(1 hour)
      - schedule: rate(2 hours)
  b: { handler: main.b }
resources: { queues: { orders: {}, spare: {} } }
`

test('the same file, or one that only reads differently, is no difference', async () => {
  expect((await difference(base, base)).isEmpty).toBe(true)
  const moved = base
    .replace('timeout: 3', 'timeout: 3s')
    .replace('functions:', 'service: other\n\n# moved\nfunctions:')
  expect(await difference(base, moved)).toEqual({
    functions: { added: [], removed: [], changed: [] },
    queues: { added: [], removed: [], changed: [] },
    resources: { added: [], removed: [], changed: [] },
    layers: { added: [], removed: [], changed: [] },
    mappings: { added: [], removed: [], changed: [] },
    accountConcurrency: null,
    rates: [],
    restart: [],
    isEmpty: true,
  })
})

test('topics, buses and buckets come and go', async () => {
  const found = await difference(
    base.replace('spare: {} }', 'spare: {} }, topics: { alerts: {}, news: { displayName: News } }'),
    base.replace(
      'spare: {} }',
      'spare: {} }, topics: { news: {} }, buses: { shop: {} }, buckets: { uploads: {} }',
    ),
  )
  expect(found).toMatchObject({
    resources: {
      added: [
        { noun: 'event bus', name: 'shop' },
        { noun: 'bucket', name: 'uploads' },
      ],
      removed: [{ noun: 'topic', name: 'alerts' }],
      changed: [{ noun: 'topic', name: 'news' }],
    },
    isEmpty: false,
  })
})

test('functions come and go, with their events', async () => {
  const found = await difference(
    base,
    base.replace('  b: { handler', '  c: { events: [{ sqs: spare }], handler'),
  )
  expect(found.functions).toMatchObject({ added: [{ name: 'c' }], removed: [{ name: 'b' }], changed: [] })
  expect(found.mappings).toMatchObject({
    added: [{ functionName: 'c', event: { source: 'sqs' } }],
    removed: [],
    changed: [],
  })
  expect(found.isEmpty).toBe(false)
})

test.each([
  ['handler: main.b', 'handler: other.b', ['handler'], true],
  ['handler: main.b', 'handler: main.b, memorySize: 128', ['memoryMegabytes'], true],
  ['handler: main.b', 'handler: main.b, environment: { XY: z }', ['environment'], true],
  [
    'handler: main.b',
    'handler: main.b, reservedConcurrency: 5, description: x',
    ['description', 'reservedConcurrency'],
    false,
  ],
  ['handler: main.b', 'handler: main.b, url: true, onError: sqs:spare', ['deadLetterArn', 'url'], false],
])('%s -> %s changes %j', async (from, to, settings, needsDeploy) => {
  const found = await difference(base, base.replace(from, to))
  expect(found.functions.changed).toMatchObject([
    { before: { name: 'b' }, after: { name: 'b' }, settings, needsDeploy },
  ])
  expect(found.mappings).toEqual({ added: [], removed: [], changed: [] })
})

test('an event of the same queue changes, one of another queue is another event', async () => {
  const changed = await difference(base, base.replace('batchSize: 5', 'batchSize: 6'))
  expect(changed.mappings).toMatchObject({
    added: [],
    removed: [],
    changed: [
      { functionName: 'a', before: { config: { batchSize: 5 } }, after: { config: { batchSize: 6 } } },
    ],
  })
  const other = await difference(base, base.replace('queue: orders, batch', 'queue: spare, batch'))
  expect(other.mappings).toMatchObject({
    added: [{ event: { config: { queue: expect.stringMatching(/spare$/) } } }],
    removed: [{ event: { config: { queue: expect.stringMatching(/orders$/) } } }],
    changed: [],
  })
})

test('events that only change places stay as they are', async () => {
  const lines = base.split('\n')
  const [sqs, first, second] = [6, 7, 8].map((index) => lines[index] ?? '')
  const reordered = base.replace([sqs, first, second].join('\n'), [second, sqs, first].join('\n'))
  expect(reordered).not.toBe(base)
  expect((await difference(base, reordered)).isEmpty).toBe(true)
  const removed = await difference(base, base.replace(`${first}\n`, ''))
  expect(removed.mappings).toMatchObject({
    added: [],
    removed: [{ event: { config: { rate: ['rate(1 hour)'] } } }],
    changed: [],
  })
})

test('queues come, go and change; using one more than before declares it', async () => {
  const after = base.replace(
    '{ orders: {}, spare: {} }',
    '{ orders: { visibilityTimeout: 60, delay: 1 }, fresh: {} }',
  )
  const found = await difference(base, after)
  expect(found.queues).toMatchObject({
    added: [{ name: 'fresh' }],
    removed: [{ name: 'spare' }],
    changed: [{ after: { name: 'orders' }, settings: ['visibilityTimeoutSeconds', 'delaySeconds'] }],
  })
  expect((await difference(base, base.replace('orders: {}, ', ''))).isEmpty).toBe(true)
})

test('says what needs a restart, and the new account limit', async () => {
  const provider = 'provider: { accountConcurrency: 500 }\n'
  expect(await difference(base, provider + base)).toMatchObject({
    accountConcurrency: 500,
    restart: [],
    isEmpty: false,
  })
  const found = await difference(
    base,
    `clock: frozen\nendpoints: { kinesis: 'http://localhost:1' }\nprovider: { region: eu-west-1 }\n${base}`,
  )
  expect(found.restart).toEqual(['clock', 'endpoints', 'region'])
})
