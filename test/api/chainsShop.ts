/** The application of the chains test as a table: `lambda.yml` is written from it, and the model reads it. */

/** `sqs:inbox`, `sns:news`, `lambda:first`, `events:shop`, `s3:failures`. */
export type Target = `${'sqs' | 'sns' | 'lambda' | 'events' | 's3'}:${string}`

export interface FunctionNode {
  readonly retries?: number
  readonly ageSeconds?: number
  readonly reserved?: number
  readonly onSuccess?: Target
  readonly onFailure?: Target
  readonly onError?: Target
  /** The handler itself publishes the token there when it has succeeded. */
  readonly publishes?: string
}

export interface QueueNode {
  readonly delaySeconds?: number
  readonly visibilitySeconds?: number
  readonly redrive?: { readonly queue: string; readonly maxReceiveCount: number }
  readonly reader?: Reader
}

export interface Reader {
  readonly functionName: string
  readonly batchSize: number
  readonly reportsItems: boolean
  readonly windowSeconds?: number
  readonly maximumConcurrency?: number
}

export interface SubscriptionNode {
  readonly to: Target
  readonly isRaw?: boolean
}

export interface RuleNode {
  readonly name: string
  readonly pattern: Readonly<Record<string, unknown>>
  /** What the pattern says, as the model knows events. */
  readonly matches: (event: { readonly detailType: string; readonly size: number }) => boolean
  readonly to: Target
  /** The target gets `$.detail` alone. */
  readonly onlyDetail?: boolean
}

const SUCCESS = 'Lambda Function Invocation Result - Success'
const FAILURE = 'Lambda Function Invocation Result - Failure'

/** Each leads only to what stands further down, or in queues, topics and rules that do: every chain ends. */
export const FUNCTIONS: Readonly<Record<string, FunctionNode>> = {
  never: { reserved: 0, onFailure: 'sqs:inbox', onError: 'sns:letters' },
  narrow: { reserved: 1, onSuccess: 'lambda:first', onFailure: 'sns:news', onError: 'sqs:graves' },
  first: { onSuccess: 'sqs:inbox', onFailure: 'lambda:second', onError: 'sns:letters' },
  slowly: {},
  brief: { ageSeconds: 90, onSuccess: 'lambda:second', onFailure: 'sqs:inbox', onError: 'sqs:graves' },
  take: { publishes: 'news' },
  mourn: {},
  second: { retries: 1, onSuccess: 'sns:news', onFailure: 'events:shop', onError: 'sns:letters' },
  read: { onSuccess: 'events:shop', onFailure: 'sqs:orders', onError: 'sqs:graves' },
  echo: { reserved: 1 },
  bill: { retries: 1, onSuccess: 'lambda:audit', onFailure: 's3:failures', onError: 'sns:letters' },
  praise: { retries: 0, onSuccess: 'sns:letters', onFailure: 'lambda:audit' },
  order: {},
  audit: { retries: 0, ageSeconds: 60, onSuccess: 'sqs:audited', onFailure: 's3:failures' },
  clerk: { retries: 2, ageSeconds: 60, onFailure: 's3:failures', onError: 'sqs:graves' },
}

export const QUEUES: Readonly<Record<string, QueueNode>> = {
  slow: {
    delaySeconds: 7,
    visibilitySeconds: 20,
    redrive: { queue: 'inbox', maxReceiveCount: 2 },
    reader: { functionName: 'slowly', batchSize: 1, reportsItems: false },
  },
  inbox: {
    visibilitySeconds: 30,
    redrive: { queue: 'inbox-dead', maxReceiveCount: 4 },
    reader: { functionName: 'take', batchSize: 10, reportsItems: true },
  },
  'inbox-dead': {
    visibilitySeconds: 40,
    redrive: { queue: 'graves', maxReceiveCount: 6 },
    reader: { functionName: 'mourn', batchSize: 1, reportsItems: false, maximumConcurrency: 2 },
  },
  'raw-news': {
    visibilitySeconds: 300,
    redrive: { queue: 'graves', maxReceiveCount: 2 },
    reader: { functionName: 'echo', batchSize: 1, reportsItems: false },
  },
  orders: {
    visibilitySeconds: 60,
    redrive: { queue: 'graves', maxReceiveCount: 2 },
    reader: { functionName: 'order', batchSize: 10_000, reportsItems: true, windowSeconds: 5 },
  },
  'all-news': {},
  'all-letters': {},
  blame: {},
  log: {},
  audited: {},
  graves: {},
}

/**
 * When these run depends on what other tokens do: a message waits for the end of its batch's window, or for the one
 * place that its reader shares with events.
 */
export const WITHOUT_TIME: ReadonlySet<string> = new Set(['order', 'echo'])

export const TOPICS: Readonly<Record<string, readonly SubscriptionNode[]>> = {
  news: [{ to: 'lambda:read' }, { to: 'sqs:all-news' }, { to: 'sqs:raw-news', isRaw: true }],
  letters: [{ to: 'lambda:clerk' }, { to: 'sqs:all-letters' }],
}

/** All of the bus `shop`. */
export const RULES: readonly RuleNode[] = [
  {
    name: 'bill',
    pattern: { source: ['shop'] },
    matches: ({ detailType }) => detailType === 'Order',
    to: 'lambda:bill',
  },
  {
    name: 'praise',
    pattern: { source: ['lambda'], detail: { requestContext: { condition: ['Success'] } } },
    matches: ({ detailType }) => detailType === SUCCESS,
    to: 'lambda:praise',
  },
  {
    name: 'blame',
    pattern: { 'detail-type': [{ suffix: 'Failure' }] },
    matches: ({ detailType }) => detailType === FAILURE,
    to: 'sqs:blame',
  },
  {
    name: 'large',
    pattern: { source: ['shop'], detail: { token: { size: [{ numeric: ['>', 10] }] } } },
    matches: ({ detailType, size }) => detailType === 'Order' && size > 10,
    to: 'sqs:orders',
  },
  {
    name: 'log',
    pattern: { source: [{ exists: true }] },
    matches: () => true,
    to: 'sqs:log',
    onlyDetail: true,
  },
]

const eventsOf = (name: string): object[] => [
  ...Object.entries(QUEUES).flatMap(([queue, { reader }]) =>
    reader?.functionName === name
      ? [
          {
            sqs: {
              queue,
              batchSize: reader.batchSize,
              ...(reader.reportsItems && { functionResponseType: 'ReportBatchItemFailures' }),
              ...(reader.windowSeconds && { maximumBatchingWindow: reader.windowSeconds }),
              ...(reader.maximumConcurrency && { maximumConcurrency: reader.maximumConcurrency }),
            },
          },
        ]
      : [],
  ),
  ...Object.entries(TOPICS).flatMap(([topic, subscriptions]) =>
    subscriptions.some(({ to }) => to === `lambda:${name}`) ? [{ sns: topic }] : [],
  ),
  ...RULES.flatMap(({ to, pattern }) =>
    to === `lambda:${name}` ? [{ eventBridge: { eventBus: 'shop', pattern } }] : [],
  ),
]

const functionOf = (name: string, node: FunctionNode): object => ({
  handler: 'main.handler',
  ...(node.retries !== undefined && { maximumRetryAttempts: node.retries }),
  ...(node.ageSeconds !== undefined && { maximumEventAge: node.ageSeconds }),
  ...(node.reserved !== undefined && { reservedConcurrency: node.reserved }),
  ...(node.onError && { onError: node.onError }),
  destinations: {
    ...(node.onSuccess && { onSuccess: node.onSuccess }),
    ...(node.onFailure && { onFailure: node.onFailure }),
  },
  environment: { PUBLISHES: node.publishes ? topicArn(node.publishes) : '' },
  events: eventsOf(name),
})

export const topicArn = (name: string): string => `arn:aws:sns:us-east-1:000000000000:${name}`
export const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`

/** Behaves as the token in its event says: fails so many times, then succeeds, and passes the token along. */
const HANDLER = `
const { appendFileSync, statSync } = require('node:fs')

/** Environments share nothing but files. */
function attemptOf(requestId) {
  const file = process.env.ATTEMPTS + '/' + requestId
  appendFileSync(file, '.')
  return statSync(file).size
}

function tokenOf(text) {
  const event = typeof text === 'string' ? JSON.parse(text) : text
  const inner = event.requestPayload ?? event.detail ?? event.Records?.[0].Sns.Message ?? event.Message
  return event.token ?? tokenOf(inner)
}

async function publish(token) {
  const form = new URLSearchParams({
    Action: 'Publish', Version: '2010-03-31', TopicArn: process.env.PUBLISHES, Message: JSON.stringify({ token }),
  })
  const { status } = await fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', body: form })
  if (status !== 200) throw new Error('Publish answered ' + status)
}

async function each(records, name) {
  const batchItemFailures = []
  for (const { messageId, body, attributes } of records) {
    const token = tokenOf(body)
    if (Number(attributes.ApproximateReceiveCount) <= (token.fails[name] ?? 0)) {
      batchItemFailures.push({ itemIdentifier: messageId })
    } else if (process.env.PUBLISHES) {
      await publish(token)
    }
  }
  if (records.length === 1 && batchItemFailures.length === 1) throw new Error(name + ' fails')
  return { batchItemFailures }
}

exports.handler = async (event, { functionName, awsRequestId }) => {
  if (event.Records?.[0].eventSource === 'aws:sqs') return each(event.Records, functionName)
  const token = tokenOf(event)
  const fails = token.fails[functionName] ?? 0
  if (fails > 0 && attemptOf(awsRequestId) <= fails) {
    if (token.crashes) process.exit(1)
    throw new Error(functionName + ' fails')
  }
  return { did: functionName }
}
`

/** The project's files; handlers count their attempts in the folder `attempts`. */
export const shopFiles = (attempts: string): Record<string, string> => ({
  // JSON is YAML.
  'lambda.yml': JSON.stringify({
    provider: { environment: { ATTEMPTS: attempts } },
    functions: Object.fromEntries(
      Object.entries(FUNCTIONS).map(([name, node]) => [name, functionOf(name, node)]),
    ),
    resources: {
      queues: Object.fromEntries(
        Object.entries(QUEUES).map(([name, { delaySeconds = 0, visibilitySeconds = 30, redrive }]) => [
          name,
          { delay: delaySeconds, visibilityTimeout: visibilitySeconds, ...(redrive && { redrive }) },
        ]),
      ),
      topics: Object.fromEntries(Object.keys(TOPICS).map((name) => [name, {}])),
      buses: { shop: {} },
      buckets: { uploads: {}, failures: {} },
    },
  }),
  'main.js': HANDLER,
})
