/**
 * The application under fire: a queue with a poller, and functions whose events succeed, fail at first, or fail for
 * good. Handlers write down what they have done, one line at a time, beyond the reach of the kill.
 */
export const PROJECT = {
  'lambda.yml': `
service: chaos
functions:
  worker:
    handler: handlers.worker
    events: [{ sqs: { queue: orders, functionResponseType: ReportBatchItemFailures } }]
  notify:
    handler: handlers.notify
    maximumRetryAttempts: 1
    onError: sqs:dead-letters
    destinations: { onSuccess: sqs:succeeded, onFailure: sqs:failed }
  chain:
    handler: handlers.chain
    maximumRetryAttempts: 0
    destinations: { onSuccess: lambda:audit }
  audit: { handler: handlers.audit }
  spread:
    handler: handlers.spread
    maximumRetryAttempts: 0
    onError: sns:letters
    destinations: { onSuccess: events:results, onFailure: s3:failures }
  listen:
    handler: handlers.listen
    events:
      - sns: letters
      - eventBridge: { eventBus: events:results, pattern: { source: [lambda] } }
  click:
    handler: handlers.click
    events:
      - stream:
          type: kinesis
          stream: clicks
          startingPosition: TRIM_HORIZON
          batchSize: 20
          parallelizationFactor: 3
          maximumRetryAttempts: 1
          bisectBatchOnFunctionError: true
          functionResponseType: ReportBatchItemFailures
          destinations: { onFailure: sqs:lost-clicks }
resources:
  streams: { clicks: { shards: 2 } }
  queues:
    lost-clicks: {}
    orders: { visibilityTimeout: 60, redrive: { queue: dead-orders, maxReceiveCount: 100 } }
    dead-orders: {}
    dead-letters: {}
    succeeded: {}
    failed: {}
  topics: { letters: {} }
  buses: { results: {} }
  buckets: { failures: {} }
clock: 20x
`,
  'handlers.js': `
const { appendFileSync } = require('node:fs')
const done = (line) => appendFileSync(__dirname + '/done.log', line + '\\n')
const tried = new Set()
exports.worker = async ({ Records }) => {
  const batchItemFailures = []
  for (const { messageId, body } of Records) {
    if (Number(body) % 7 === 0 && !tried.has(body)) {
      tried.add(body)
      batchItemFailures.push({ itemIdentifier: messageId })
    } else done('worker ' + body)
  }
  return { batchItemFailures }
}
exports.click = async ({ Records }) => {
  for (const { kinesis: { data, partitionKey, sequenceNumber } } of Records) {
    const id = Number(Buffer.from(data, 'base64').toString())
    const isFirst = !tried.has(sequenceNumber)
    tried.add(sequenceNumber)
    // What stands behind a failed record waits for it: order is kept.
    if (id % 11 === 0 || (id % 7 === 0 && isFirst)) return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] }
    done('click ' + partitionKey + ' ' + sequenceNumber)
  }
}
exports.notify = async ({ id }) => {
  if (id % 5 === 0) throw new Error('always')
  if (id % 5 === 1 && !tried.has(id)) {
    tried.add(id)
    throw new Error('at first')
  }
  done('notify ' + id)
}
exports.spread = async ({ id }) => {
  if (id % 8 === 7) throw new Error('always')
  done('spread ' + id)
}
exports.listen = async ({ Records, detail }) => {
  if (detail) done('listen ' + detail.requestPayload.id)
  else done('listen ' + JSON.parse(Records[0].Sns.Message).id)
}
exports.chain = async ({ id }) => { done('chain ' + id) }
exports.audit = async ({ requestPayload }) => { done('audit ' + requestPayload.id) }
`,
  'done.log': '',
}
