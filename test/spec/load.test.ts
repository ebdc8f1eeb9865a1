import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { layerFolder, loadSpec, type Spec, SpecError } from '../../src/spec/index.ts'
import type { LoadOptions } from '../../src/spec/load.ts'
import { fragments } from './fragments.ts'

const root = mkdtempSync(join(tmpdir(), 'lambent-spec-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let count = 0

/** Loads a `lambda.yml` that lies in a folder of its own, beside other files and the handlers it may name. */
async function load(
  yaml: string,
  others: Record<string, string> = {},
  options: Partial<LoadOptions> = {},
): Promise<Spec> {
  const folder = join(root, `app${++count}`)
  const files = { 'lambda.yml': yaml, 'src/checkout.ts': '', 'report.js': '', ...others }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return loadSpec('lambda.yml', { fragments, environment: {}, workingDirectory: folder, ...options })
}

const withFunction = (settings: string, rest = ''): string =>
  `functions:\n  checkout:\n    handler: src/checkout.handler\n    ${settings.replaceAll('\n', '\n    ')}\n${rest}`

async function messages(loading: Promise<Spec>): Promise<string[]> {
  const error: unknown = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof SpecError)) throw error
  return error.problems.map((problem) => `${problem.line}:${problem.column} ${problem.message}`)
}

test('the example of the design, as far as it is supported, gives a spec without anything left open', async () => {
  const spec = await load(`
service: orders
provider: { runtime: nodejs22.x, region: eu-west-1, timeout: 6, memorySize: 256, environment: { STAGE: local } }
functions:
  checkout:
    handler: src/checkout.handler
    reservedConcurrency: 10
    url: true
    events:
      - sqs: { queue: orders, batchSize: 10, maximumBatchingWindow: 5, functionResponseType: ReportBatchItemFailures,
               maximumConcurrency: 4 }
      - schedule: rate(5 minutes)
    maximumRetryAttempts: 2
    maximumEventAge: 3600
    onError: sqs:orders-dead
    destinations: { onSuccess: lambda:report, onFailure: sqs:orders-failed }
  report: { handler: report.handler, timeout: 1m, environment: { KIND: report } }
resources:
  queues: { orders: { visibilityTimeout: 36, redrive: { queue: orders-dead, maxReceiveCount: 3 } }, orders-dead: {} }
endpoints: { sqs: embedded, kinesis: http://127.0.0.1:4567 }
clock: live
`)
  const arn = (name: string): string => `arn:aws:sqs:eu-west-1:000000000000:${name}`
  expect(spec).toMatchObject({
    service: 'orders',
    accountId: '000000000000',
    region: 'eu-west-1',
    clock: 'live',
    accountConcurrency: 1000,
    scalingRate: null,
    requestRateLimit: false,
    endpoints: { sqs: 'embedded', kinesis: 'http://127.0.0.1:4567' },
    implied: ['sqs:orders-failed'],
    warnings: [],
  })
  expect(spec.functions[0]).toEqual({
    key: 'checkout',
    name: 'checkout',
    arn: 'arn:aws:lambda:eu-west-1:000000000000:function:checkout',
    description: '',
    handler: 'src/checkout.handler',
    runtime: 'nodejs22.x',
    timeoutSeconds: 6,
    memoryMegabytes: 256,
    environment: { STAGE: 'local' },
    reservedConcurrency: 10,
    provisionedConcurrency: null,
    isolation: 'thread',
    directory: spec.directory,
    layers: [],
    logging: {
      format: 'Text',
      applicationLevel: 'INFO',
      systemLevel: 'INFO',
      group: '/aws/lambda/checkout',
    },
    isTraced: false,
    logRetentionDays: null,
    maximumRetryAttempts: 2,
    maximumEventAgeSeconds: 3600,
    deadLetterArn: arn('orders-dead'),
    destinations: {
      onSuccess: 'arn:aws:lambda:eu-west-1:000000000000:function:report',
      onFailure: arn('orders-failed'),
    },
    url: { invokeMode: 'BUFFERED', cors: null },
    events: [
      {
        source: 'sqs',
        config: {
          queue: arn('orders'),
          batchSize: 10,
          maximumBatchingWindow: 5,
          functionResponseType: 'ReportBatchItemFailures',
          maximumConcurrency: 4,
          enabled: true,
        },
        pointer: '/functions/checkout/events/0/sqs',
      },
      {
        source: 'schedule',
        config: { rate: ['rate(5 minutes)'], enabled: true },
        pointer: '/functions/checkout/events/1/schedule',
      },
    ],
    pointer: '/functions/checkout',
  })
  expect(spec.functions[1]).toMatchObject({
    timeoutSeconds: 60,
    environment: { STAGE: 'local', KIND: 'report' },
  })
  expect(spec.queues.map(({ name, isDeclared }) => [name, isDeclared])).toEqual([
    ['orders', true],
    ['orders-dead', true],
    ['orders-failed', false],
  ])
  expect(spec.queues[0]).toMatchObject({
    visibilityTimeoutSeconds: 36,
    redrive: { deadLetterArn: arn('orders-dead'), maxReceiveCount: 3 },
  })
})

test('destinations and dead letters may be topics, buses and buckets; what is only named is created', async () => {
  const spec = await load(`functions:
  checkout:
    handler: src/checkout.handler
    onError: sns:alerts
    destinations: { onSuccess: events:default, onFailure: s3:failed-events }
  report:
    handler: report.handler
    onError: arn:aws:sns:us-east-1:000000000000:alerts
    destinations: { onSuccess: { type: eventBus, arn: !GetAtt shop.Arn }, onFailure: sns:news }
    environment: { TOPIC: !Ref news, BUCKET: !GetAtt archive.Arn }
resources:
  topics: { news: { displayName: News } }
  buses: { shop: {} }
  buckets: { archive: }
`)
  expect(spec.functions).toMatchObject([
    {
      deadLetterArn: 'arn:aws:sns:us-east-1:000000000000:alerts',
      destinations: {
        onSuccess: 'arn:aws:events:us-east-1:000000000000:event-bus/default',
        onFailure: 'arn:aws:s3:::failed-events',
      },
    },
    {
      deadLetterArn: 'arn:aws:sns:us-east-1:000000000000:alerts',
      destinations: {
        onSuccess: 'arn:aws:events:us-east-1:000000000000:event-bus/shop',
        onFailure: 'arn:aws:sns:us-east-1:000000000000:news',
      },
      environment: { TOPIC: 'arn:aws:sns:us-east-1:000000000000:news', BUCKET: 'arn:aws:s3:::archive' },
    },
  ])
  const names = (items: readonly { name: string; isDeclared: boolean }[]) =>
    items.map(({ name, isDeclared }) => [name, isDeclared])
  expect(spec.topics).toMatchObject([{ displayName: 'News' }, { displayName: '' }])
  expect(names(spec.topics)).toEqual([
    ['news', true],
    ['alerts', false],
  ])
  expect(names(spec.buses)).toEqual([['shop', true]])
  expect(names(spec.buckets)).toEqual([
    ['archive', true],
    ['failed-events', false],
  ])
  expect(spec.implied).toEqual(['sns:alerts', 's3:failed-events'])
})

test("one function is enough; the rest are the Serverless Framework's and AWS's defaults", async () => {
  const spec = await load(
    'functions: { checkout: { handler: src/checkout.handler, events: [{ sqs: orders }] } }',
  )
  expect(spec).toMatchObject({
    service: `app${count}`,
    accountId: '000000000000',
    region: 'us-east-1',
    clock: 'live',
  })
  expect(spec.functions[0]).toMatchObject({
    runtime: 'nodejs22.x',
    timeoutSeconds: 6,
    memoryMegabytes: 1024,
    environment: {},
    reservedConcurrency: null,
    maximumRetryAttempts: 2,
    maximumEventAgeSeconds: 21_600,
    deadLetterArn: null,
    url: null,
  })
  expect(spec.queues).toEqual([
    {
      name: 'orders',
      arn: 'arn:aws:sqs:us-east-1:000000000000:orders',
      isDeclared: false,
      visibilityTimeoutSeconds: 30,
      delaySeconds: 0,
      retentionSeconds: 345_600,
      receiveWaitSeconds: 0,
      maximumMessageBytes: 1_048_576,
      fifo: null,
      redrive: null,
    },
  ])
})

test('the spec is frozen all the way down', async () => {
  const spec = await load(withFunction('environment: { A1: x }\nevents: [{ sqs: { queue: orders } }]'))
  const open: string[] = []
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return
    if (!Object.isFrozen(value)) open.push(path)
    for (const [key, inner] of Object.entries(value)) visit(inner, `${path}/${key}`)
  }
  visit(spec, '')
  expect(open).toEqual([])
})

test('account and region come from the options, else the file, else the environment', async () => {
  const environment = { LAMBENT_ACCOUNT_ID: '111111111111', AWS_REGION: 'eu-north-1' }
  expect(await load(withFunction(''), {}, { environment })).toMatchObject({
    accountId: '111111111111',
    region: 'eu-north-1',
  })
  const file = withFunction('', 'provider: { accountId: 000000000042, region: eu-west-2 }')
  expect(await load(file, {}, { environment })).toMatchObject({
    accountId: '000000000042',
    region: 'eu-west-2',
  })
  const options = { environment, accountId: '222222222222', region: 'us-west-2' }
  expect(await load(file, {}, options)).toMatchObject({ accountId: '222222222222', region: 'us-west-2' })
  expect(await messages(load(withFunction(''), {}, { environment: { LAMBENT_ACCOUNT_ID: 'mine' } }))).toEqual(
    ['1:1 `mine` is no account'],
  )
})

test.each([
  ['90', 90],
  ['90s', 90],
  ['5m', 300],
  ["'5m'", 300],
  ['1h30m', 5400],
  ['1d', 86_400],
])('a duration of %s is %i seconds', async (text, seconds) => {
  const spec = await load(
    withFunction('timeout: 1', `resources: { queues: { orders: { retention: ${text} } } }`),
  )
  expect(spec.queues[0]?.retentionSeconds).toBe(seconds)
})

test.each(['5', '5 m', 'm', '1m1h', '', '-5m', '1.5h'])('the text %j is no duration', async (text) => {
  const found = await messages(load(withFunction(`timeout: '${text}'`)))
  expect(found).toEqual([expect.stringContaining(`4:15 \`timeout\` cannot be the text \`${text}\``)])
})

test('a function URL takes the CORS settings of a serverless.yml', async () => {
  const cors = async (settings: string) => (await load(withFunction(`url: ${settings}`))).functions[0]?.url
  expect(await cors('false')).toBeNull()
  expect(await cors('{}')).toEqual({ invokeMode: 'BUFFERED', cors: null })
  expect(await cors('{ cors: true, invokeMode: BUFFERED }')).toEqual({
    invokeMode: 'BUFFERED',
    cors: {
      allowOrigins: ['*'],
      allowMethods: ['*'],
      allowHeaders: ['Content-Type', 'X-Amz-Date', 'Authorization', 'X-Api-Key', 'X-Amz-Security-Token'],
      exposeHeaders: [],
      allowCredentials: false,
      maxAgeSeconds: 0,
    },
  })
  const given =
    '{ cors: { allowedOrigins: [https://a.example], allowedHeaders: null, exposedResponseHeaders: X-Id, allowCredentials: true, maxAge: 5m } }'
  expect(await cors(given)).toEqual({
    invokeMode: 'BUFFERED',
    cors: {
      allowOrigins: ['https://a.example'],
      allowMethods: ['*'],
      allowHeaders: [],
      exposeHeaders: ['X-Id'],
      allowCredentials: true,
      maxAgeSeconds: 300,
    },
  })
})

test.each([
  ['live', 'live'],
  ['frozen', 'frozen'],
  ['60x', 60],
  ['0.5x', 0.5],
])('clock: %s', async (text, clock) => {
  expect((await load(withFunction('', `clock: ${text}`))).clock).toBe(clock)
})

test('references may be names, short references, ARNs and URLs', async () => {
  const arn = 'arn:aws:sqs:us-east-1:000000000000:orders'
  for (const reference of [
    'orders',
    'sqs:orders',
    arn,
    '!GetAtt orders.Arn',
    '!Ref orders',
    '{ Ref: orders }',
  ]) {
    const spec = await load(
      withFunction(`events: [{ sqs: { queue: ${reference} } }]`, 'resources: { queues: { orders: } }'),
    )
    expect(spec.functions[0]?.events[0]?.config['queue']).toBe(arn)
    expect(spec.implied).toEqual([])
  }
  const spec = await load(`
functions:
  first: { handler: src/checkout.handler, name: the-first, destinations: { onSuccess: second, onFailure: lambda:the-second } }
  second: { handler: report.handler, name: the-second, destinations: { onSuccess: { type: function, arn: !GetAtt first.Arn } } }
`)
  const second = 'arn:aws:lambda:us-east-1:000000000000:function:the-second'
  expect(spec.functions[0]?.destinations).toEqual({ onSuccess: second, onFailure: second })
  expect(spec.functions[1]?.destinations.onSuccess).toBe(
    'arn:aws:lambda:us-east-1:000000000000:function:the-first',
  )
})

test('`arn` is another spelling of `queue`', async () => {
  const spec = await load(withFunction('events: [{ sqs: { arn: sqs:orders } }]'))
  expect(spec.functions[0]?.events[0]?.config).toEqual({
    queue: 'arn:aws:sqs:us-east-1:000000000000:orders',
    batchSize: 10,
    maximumBatchingWindow: 0,
    enabled: true,
  })
})

test("CloudFormation's tags and their long forms give text about queues and functions", async () => {
  const spec = await load(
    withFunction(
      `environment:
  URL: !Ref orders
  ARN: !GetAtt orders.Arn
  NAME: { Fn::GetAtt: [orders, QueueName] }
  FUNCTION: !Ref checkout
  SUB: !Sub "\${AWS::Partition}/\${AWS::Region}/\${AWS::AccountId} \${orders.Arn} \${checkout} \${!Literal} \${env:WHO}"
  MINE: { Fn::Sub: ["\${who} \${orders}", { who: me }] }`,
      'resources: { queues: { orders: {} } }',
    ),
    {},
    { environment: { WHO: 'you' } },
  )
  const url = 'https://sqs.us-east-1.amazonaws.com/000000000000/orders'
  expect(spec.functions[0]?.environment).toEqual({
    URL: url,
    ARN: 'arn:aws:sqs:us-east-1:000000000000:orders',
    NAME: 'orders',
    FUNCTION: 'checkout',
    SUB: 'aws/us-east-1/000000000000 arn:aws:sqs:us-east-1:000000000000:orders checkout ${Literal} you',
    MINE: `me ${url}`,
  })
})

test('values of environment variables become text as they do on AWS, with a warning where YAML changed them', async () => {
  const spec = await load(
    withFunction('environment: { N1: 5, T1: true, Z1: 007, V1: 1.10, S1: "007", D1: 2024-01-01 }'),
  )
  expect(spec.functions[0]?.environment).toEqual({
    N1: '5',
    T1: 'true',
    Z1: '7',
    V1: '1.1',
    S1: '007',
    D1: '2024-01-01',
  })
  expect(spec.warnings.map(({ message }) => message)).toEqual([
    'YAML reads `007` as `7`, and so does the handler',
    'YAML reads `1.10` as `1.1`, and so does the handler',
  ])
})

test('warns of a visibility timeout below six times the function timeout, and of a queue that is likely misspelt', async () => {
  const spec = await load(
    withFunction(
      'timeout: 7\nonError: sqs:order\nevents: [{ sqs: orders }]',
      'resources: { queues: { orders: {} } }',
    ),
  )
  expect(spec.warnings.map(({ line, message, hint }) => [line, message, hint])).toEqual([
    [5, 'the queue `order` is not declared and will be created', 'did you mean `orders`?'],
    [
      7,
      'the visibility timeout of `orders` (30 s) is less than six times the timeout of `checkout` (7 s)',
      'AWS advises `resources.queues.orders.visibilityTimeout` of at least 42, so that no message comes back while it is worked on',
    ],
  ])
})

test('is silent about a queue and a function that both have the defaults', async () => {
  const spec = await load(withFunction('events: [{ sqs: orders }]', 'resources: { queues: { orders: {} } }'))
  expect(spec.warnings).toEqual([])
})

test('of foreign queues nothing is implied or measured, and settings that cannot hold there are told', async () => {
  const spec = await load(
    withFunction(
      'timeout: 60\nonError: sqs:order\nevents: [{ sqs: orders }]',
      'resources: { queues: { orders: { visibilityTimeout: 5 }, plain: {} } }\nendpoints: { sqs: aws }',
    ),
  )
  expect(spec.endpoints).toEqual({ sqs: 'aws' })
  expect(spec.implied).toEqual([])
  expect(spec.warnings.map(({ message, hint }) => [message, hint])).toEqual([
    ['the queue `order` is not declared', 'did you mean `orders`?'],
    [
      'the settings of `orders` are not applied: it is a queue of `endpoints.sqs`, which has its own',
      'nothing is created or changed there; with `sqs: embedded` they hold',
    ],
  ])
})

test('YAML anchors and merge keys work, and point to where the text is', async () => {
  const spec = await load(`
custom: { base: &base { timeout: 3, memorySize: 128 }, more: &more { memorySize: 512, description: both } }
functions:
  checkout: { <<: *base, handler: src/checkout.handler, memorySize: 256 }
  report: { <<: [*base, *more], handler: report.handler }
`)
  expect(spec.functions[0]).toMatchObject({ timeoutSeconds: 3, memoryMegabytes: 256 })
  expect(spec.functions[1]).toMatchObject({ timeoutSeconds: 3, memoryMegabytes: 128, description: 'both' })
  const twice = `
custom: { base: &base { timeout: 1000 } }
functions: { one: { <<: *base, handler: report.a }, two: { <<: *base, handler: report.b } }
`
  expect(await messages(load(twice))).toEqual(['2:34 `timeout` cannot be `1000`'])
})

test('a handler may be any JavaScript or TypeScript file', async () => {
  const names = ['a.js', 'b.mjs', 'c.cjs', 'd.ts', 'e.mts', 'f.cts', 'g.tsx']
  const functions = names.map((name) => `  ${name[0]}: { handler: code/${name[0]}.deep.handler }`).join('\n')
  const others = Object.fromEntries(names.map((name) => [`code/${name}`, '']))
  expect((await load(`functions:\n${functions}`, others)).functions).toHaveLength(names.length)
})

test('names every problem at once, first pass and second, in the order of the file', async () => {
  const found = await messages(
    load(`provider: { timeout: 1000 }
functions:
  checkout:
    handler: src/chekout.handler
    environment: { AWS_REGION: x }
    evnts: []
    events: [{ sqs: { queue: orders, batchSize: 11 } }]
    onError: lambda:nobody
  other: { handler: report.handler, name: checkout, destinations: { onSuccess: lambda:nobody } }
`),
  )
  expect(found.map((each) => each.split(' ')[0])).toEqual([
    '1:22',
    '4:14',
    '5:20',
    '6:5',
    '7:49',
    '8:14',
    '9:43',
    '9:80',
  ])
})

test('a missing or empty file is a problem like any other', async () => {
  const missing = loadSpec('nowhere.yml', { fragments, environment: {}, workingDirectory: root })
  expect(await messages(missing)).toEqual(['1:1 there is no such file'])
  expect(await messages(load('# nothing yet\n'))).toEqual(['1:1 the file is empty'])
})

test('a function that writes text leaves the levels of the provider to those that write JSON', async () => {
  const { functions } = await load(`
provider: { logs: { lambda: { logFormat: JSON, applicationLogLevel: DEBUG, systemLogLevel: WARN } } }
functions:
  checkout: { handler: src/checkout.handler }
  report: { handler: report.handler, logs: { logFormat: Text } }
`)
  expect(
    functions.map(({ logging }) => [logging.format, logging.applicationLevel, logging.systemLevel]),
  ).toEqual([
    ['JSON', 'DEBUG', 'WARN'],
    ['Text', 'INFO', 'INFO'],
  ])
})

test('layers are folders: declared ones by key, reference or ARN, others by path', async () => {
  const yaml = `
provider: { layers: [common], logs: { lambda: { logFormat: JSON, logGroup: /orders/all } }, tracing: { lambda: true } }
layers:
  common: { path: layers/common }
  common-extra: { path: ./layers/extra, name: shop-extra }
functions:
  checkout:
    handler: src/checkout.handler
    layers: [common, !Ref CommonDashextraLambdaLayer, ./layers/local, 'arn:aws:lambda:us-east-1:000000000000:layer:common:1']
    logs: { applicationLogLevel: DEBUG }
    tracing: PassThrough
  report: { handler: report.handler }
`
  const others = { 'layers/common/a': '', 'layers/extra/a': '', 'layers/local/a': '' }
  const spec = await load(yaml, others)
  const folder = (name: string): string => join(spec.directory, 'layers', name)
  const [checkout, report] = spec.functions
  expect(checkout?.layers).toEqual([folder('common'), folder('extra'), folder('local'), folder('common')])
  expect(report?.layers).toEqual([folder('common')])
  expect(checkout).toMatchObject({
    isTraced: false,
    logging: { format: 'JSON', applicationLevel: 'DEBUG', systemLevel: 'INFO', group: '/orders/all' },
  })
  expect(report).toMatchObject({ isTraced: true, logging: { format: 'JSON', applicationLevel: 'INFO' } })
  expect(layerFolder(spec, 'arn:aws:lambda:us-east-1:000000000000:layer:shop-extra:1')).toBe(folder('extra'))
  expect(layerFolder(spec, 'arn:aws:lambda:us-east-1:000000000000:layer:shop-extra:2')).toBeUndefined()
})
