import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { type App, start } from 'lambent'
import { createProject } from '../tools/project.ts'
import { type Injection, type Token, whenOf } from './chainsModel.ts'
import {
  FUNCTIONS,
  QUEUES,
  queueArn,
  RULES,
  shopFiles,
  TOPICS,
  topicArn,
  WITHOUT_TIME,
} from './chainsShop.ts'
import { unwrap, unwrapMessage } from './chainsTrail.ts'

/** The application of the chains test, running. */
export interface ChainsWorld {
  readonly app: App
  /** Empties everything, and subscribes anew what the API has to subscribe. */
  begin(): Promise<void>
  inject(injection: Injection, token: Token): Promise<void>
  /** All that has happened since `begin`, in the words of the model, and what no cause is known of. */
  observed(): string[]
  stop(): Promise<void>
}

const FROM_OUTSIDE: ReadonlySet<string> = new Set(['api', 'code'])

/** Starts it; once for all seeds. */
export async function startChainsWorld(options: { readonly ephemeral: boolean }): Promise<ChainsWorld> {
  const project = createProject({})
  const attempts = path.join(project.directory, 'attempts')
  for (const [file, text] of Object.entries(shopFiles(attempts))) project.write(file, text)
  const app = await start({ config: project.config, clock: 'frozen', ...options })
  const wire = createWire(app.url)
  const lines: string[] = []
  const events = new Map<string, unknown>()
  /** By request id, for what did not come from outside. */
  const causes = new Map<string, string>()
  const ids = new Set<string>()

  app.ledger.subscribe((entry, payload) => {
    switch (entry.kind) {
      case 'invocationAccepted':
        if (payload) events.set(entry.requestId, JSON.parse(Buffer.from(payload).toString()))
        ids.add(entry.requestId)
        if (!FROM_OUTSIDE.has(entry.door)) causes.set(entry.requestId, entry.cause ?? 'nothing')
        break
      case 'messageSent':
        for (const id of entry.messageIds) ids.add(id)
        break
      case 'invocationEnded':
        lines.push(...linesOf(entry, events.get(entry.requestId)))
        break
      case 'messagePublished':
        lines.push(`published to ${entry.topic}`)
        ids.add(entry.messageId)
        break
      case 'eventPut':
        lines.push(`put on ${entry.bus}`)
        ids.add(entry.eventId)
        break
      case 'deliveryFailed':
      case 'handOverFailed':
      case 'recursionStopped':
        lines.push(JSON.stringify(entry))
        break
      case 'invocationThrottled':
        if (!WITHOUT_TIME.has(entry.functionName)) lines.push(JSON.stringify(entry))
        break
      default:
    }
  })

  return {
    app,
    async begin() {
      await app.reset()
      rmSync(attempts, { recursive: true, force: true })
      mkdirSync(attempts)
      await subscribeQueues(wire)
      lines.length = 0
      events.clear()
      causes.clear()
      ids.clear()
    },
    async inject(injection, token) {
      switch (injection.kind) {
        case 'send':
          return wire.json('AmazonSQS.SendMessage', '1.0', {
            QueueUrl: `${app.url}/000000000000/${injection.queue}`,
            MessageBody: JSON.stringify({ token }),
            DelaySeconds: injection.delaySeconds,
          })
        case 'publish':
          return wire.query({
            Action: 'Publish',
            TopicArn: topicArn(injection.topic),
            Message: JSON.stringify({ token }),
            ...(injection.isLoud && {
              'MessageAttributes.entry.1.Name': 'kind',
              'MessageAttributes.entry.1.Value.DataType': 'String',
              'MessageAttributes.entry.1.Value.StringValue': 'loud',
            }),
          })
        case 'putEvent': {
          const entry = { Source: 'shop', DetailType: 'Order', Detail: JSON.stringify({ token }) }
          return wire.json('AWSEvents.PutEvents', '1.1', { Entries: [{ EventBusName: 'shop', ...entry }] })
        }
        case 'invoke':
          if (injection.byCode) await app.invoke(injection.functionName, { token }, { type: 'Event' })
          else await wire.invoke(injection.functionName, { token })
          return
        case 'putObject':
          return wire.putObject('uploads', token.id, { token })
      }
    },
    observed: () => [
      ...lines,
      ...recordsOf(app),
      ...contentsOf(app),
      ...[...causes].flatMap(([id, cause]) => (ids.has(cause) ? [] : [`${id} was led to by ${cause}`])),
    ],
    stop: () => app.stop(),
  }
}

interface Ended {
  readonly functionName: string
  readonly attempt: number
  readonly outcome: string
  readonly atMs: number
}

/** One line, or one for each message of a batch. */
function linesOf({ functionName, attempt, outcome, atMs }: Ended, event: unknown): string[] {
  if (event === undefined) return [`${functionName} ended what was accepted before the reset`]
  const line = (token: Token, what: string, trail: string): string =>
    `${functionName} ${whenOf(functionName, atMs - token.atMs)} ${what}: ${trail}`
  if (!isBatch(event)) {
    const { token, trail } = unwrap(event)
    return [line(token, `attempt ${attempt} ${outcome}`, trail)]
  }
  return event.Records.map(({ body, attributes, messageAttributes }) => {
    const named = Object.entries(messageAttributes).map(([name, { stringValue }]) => [name, stringValue])
    const { token, trail } = unwrapMessage(body, Object.fromEntries(named) as Record<string, string>)
    const ended = reportsItems(functionName) ? '' : ` ${outcome}`
    return line(token, `receive ${attributes.ApproximateReceiveCount}${ended}`, trail)
  })
}

const reportsItems = (name: string): boolean =>
  Object.values(QUEUES).some(({ reader }) => reader?.functionName === name && reader.reportsItems)

interface Batch {
  readonly Records: readonly {
    readonly body: string
    readonly attributes: { readonly ApproximateReceiveCount: string }
    readonly messageAttributes: Readonly<Record<string, { readonly stringValue: string }>>
  }[]
}

const isBatch = (event: unknown): event is Batch =>
  (event as { Records?: { eventSource?: string }[] }).Records?.[0]?.eventSource === 'aws:sqs'

const contentsOf = (app: App): string[] => [
  ...Object.keys(QUEUES).flatMap((name) =>
    app
      .queue(name)
      .messages()
      .map(({ body, attributes }) => `queue ${name}: ${unwrapMessage(body, attributes).trail}`),
  ),
  ...['uploads', 'failures'].flatMap((name) =>
    app
      .bucket(name)
      .messages()
      .map(({ body }) => `bucket ${name}: ${unwrap(body).trail}`),
  ),
]

const recordsOf = (app: App): string[] =>
  Object.entries(FUNCTIONS).flatMap(([name, node]) =>
    (['onSuccess', 'onFailure'] as const).flatMap((condition) =>
      node[condition]
        ? app
            .destination(name, condition)
            .messages()
            .map((record) => `to ${condition}: ${unwrap(record).trail}`)
        : [],
    ),
  )

/** Queues cannot be subscribed in `lambda.yml`. */
async function subscribeQueues(wire: Wire): Promise<void> {
  for (const [topic, subscriptions] of Object.entries(TOPICS)) {
    for (const { to, isRaw } of subscriptions) {
      if (!to.startsWith('sqs:')) continue
      const raw = { 'Attributes.entry.1.key': 'RawMessageDelivery', 'Attributes.entry.1.value': 'true' }
      await wire.query({
        Action: 'Subscribe',
        TopicArn: topicArn(topic),
        Protocol: 'sqs',
        Endpoint: queueArn(to.slice(4)),
        ...(isRaw && raw),
      })
    }
  }
  for (const { name, pattern, to, onlyDetail } of RULES) {
    if (!to.startsWith('sqs:')) continue
    const EventPattern = JSON.stringify(pattern)
    await wire.json('AWSEvents.PutRule', '1.1', { Name: name, EventBusName: 'shop', EventPattern })
    const target = { Id: 'queue', Arn: queueArn(to.slice(4)), ...(onlyDetail && { InputPath: '$.detail' }) }
    await wire.json('AWSEvents.PutTargets', '1.1', { Rule: name, EventBusName: 'shop', Targets: [target] })
  }
}

/** Requests as SDKs shape them, without the cost of four clients. */
interface Wire {
  json(target: string, version: string, body: object): Promise<void>
  query(form: Readonly<Record<string, string>>): Promise<void>
  invoke(functionName: string, event: object): Promise<void>
  putObject(bucket: string, key: string, content: object): Promise<void>
}

function createWire(url: string): Wire {
  async function send(method: string, to: string, headers: Record<string, string>, body: string) {
    const response = await fetch(`${url}${to}`, { method, headers, body })
    const text = await response.text()
    if (!response.ok || text.includes('"FailedEntryCount":1')) throw new Error(`${to} answered ${text}`)
  }
  const signature = (service: string): string =>
    `AWS4-HMAC-SHA256 Credential=key/20260102/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=x`
  return {
    json: (target, version, body) =>
      send(
        'POST',
        '/',
        { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': target },
        JSON.stringify(body),
      ),
    query: (form) =>
      send(
        'POST',
        '/',
        { 'content-type': 'application/x-www-form-urlencoded', authorization: signature('sns') },
        new URLSearchParams({ Version: '2010-03-31', ...form }).toString(),
      ),
    invoke: (functionName, event) =>
      send(
        'POST',
        `/2015-03-31/functions/${functionName}/invocations`,
        { 'x-amz-invocation-type': 'Event' },
        JSON.stringify(event),
      ),
    putObject: (bucket, key, content) =>
      send('PUT', `/${bucket}/${key}`, { authorization: signature('s3') }, JSON.stringify(content)),
  }
}
