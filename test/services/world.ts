import { LambdaClient } from '@aws-sdk/client-lambda'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import { STSClient } from '@aws-sdk/client-sts'
import { onTestFinished } from 'vitest'
import { sqsDeliverer } from '../../src/api/deliverers.ts'
import { mappingHost } from '../../src/api/lambdaBackend.ts'
import { createGateway, type ExtraRoute } from '../../src/services/gateway/index.ts'
import {
  createFunctionRegistry,
  createLambdaService,
  createMappingRegistry,
  type LambdaBackend,
  type MappingHost,
} from '../../src/services/lambda/index.ts'
import type { Service } from '../../src/services/service.ts'
import type { Signals } from '../../src/services/signals.ts'
import { createSnsService, type DeliveryFailure, type PublishedFact } from '../../src/services/sns/index.ts'
import type { SnsNotification } from '../../src/services/sns/signals.ts'
import { createSqsService } from '../../src/services/sqs/index.ts'
import { createStsService } from '../../src/services/sts/index.ts'
import { createMemoryStore, type Store } from '../../src/store/index.ts'
import { type ClockMode, createActivity, createClock, createIds, type Log } from '../../src/system/index.ts'

export const accountId = '000000000000'
export const region = 'us-east-1'
export const startMs = Date.parse('2026-01-02T03:04:05.678Z')

export interface WorldOptions {
  readonly clock?: ClockMode
  readonly backend?: LambdaBackend
  readonly extraRoutes?: readonly ExtraRoute[]
  readonly extraServices?: readonly Service[]
  readonly causeOf?: (accessKeyId: string) => string | undefined
  readonly store?: Store
  /** ARNs of the functions that topics can reach. */
  readonly functions?: readonly string[]
  /** What mappings may read beside queues, and who reads. */
  readonly mappingHost?: Partial<MappingHost>
}

/** A gateway with all services on a free port, over a store in memory; gone when the test is over. */
export async function createWorld(options: WorldOptions = {}) {
  const activity = createActivity()
  const clock = createClock({ mode: options.clock ?? 'frozen', startMs, idle: activity.idle })
  const ids = createIds()
  const store = options.store ?? createMemoryStore()
  const identity = { accountId, region }
  const sqs = createSqsService({ store, clock, ids, identity, activity })
  const told: SnsNotification[] = []
  const published: PublishedFact[] = []
  const failures: DeliveryFailure[] = []
  const topics = createSnsService({
    store,
    clock,
    ids,
    identity,
    signals: notifying(options.functions ?? [], told),
    deliver: sqsDeliverer(sqs),
    onPublished: (fact) => published.push(fact),
    onDeliveryFailed: (failure) => failures.push(failure),
  })
  const logged: string[] = []
  const mappings = {
    registry: createMappingRegistry(store),
    host: { ...mappingHost(nobodyReads, sqs), ...options.mappingHost },
  }
  const gateway = createGateway({
    services: [
      createLambdaService(options.backend ?? noBackend, createFunctionRegistry(store), mappings, {
        clock,
        ids,
      }),
      sqs.service,
      topics.service,
      createStsService(identity),
      ...(options.extraServices ?? []),
    ],
    log: logInto(logged),
    activity,
    ids,
    identity,
    ...(options.causeOf && { causeOf: options.causeOf }),
    ...(options.extraRoutes && { extraRoutes: options.extraRoutes }),
  })
  const { url, port } = await gateway.start(0, '127.0.0.1')
  const clientOptions = {
    endpoint: url,
    region,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
  }
  const clients = {
    sqs: new SQSClient(clientOptions),
    sns: new SNSClient(clientOptions),
    lambda: new LambdaClient(clientOptions),
    sts: new STSClient(clientOptions),
  }
  onTestFinished(async () => {
    for (const client of Object.values(clients)) client.destroy()
    await gateway.stop()
    clock.stop()
    await store.close()
  })
  return {
    ...clients,
    activity,
    clock,
    store,
    gateway,
    logged,
    queues: sqs,
    topics,
    told,
    published,
    failures,
    url,
    port,
  }
}

/** Takes what is for functions that exist: an entry in a table stands for the event in their queue. */
const notifying = (functions: readonly string[], told: SnsNotification[]): Pick<Signals, 'prepare'> => ({
  prepare(_, detail) {
    const notification = detail as SnsNotification
    if (!functions.includes(notification.functionArn)) return { effects: [], told: () => {} }
    const key = `${notification.messageId} ${notification.subscriptionArn}`
    return {
      effects: [{ kind: 'set', table: 'events', key, value: notification.message }],
      told: () => told.push(notification),
    }
  },
})

const nobodyReads = {
  begin: () => Promise.resolve(),
  forget: () => Promise.resolve(),
  follow: () => Promise.resolve(),
  problem: () => undefined,
  lastProcessingResult: () => undefined,
}

/** For tests of what needs no functions made over the API. */
export const noDeployments: LambdaBackend['deployments'] = {
  isDeclared: () => true,
  declaration: () => undefined,
  object: () => Promise.reject(new Error('there is no S3')),
  unpack: () => Promise.reject(new Error('nothing is unpacked')),
  settled: () => {},
  discard: async () => {},
  hasLayer: () => false,
  changed: async () => {},
  beginning: () => Promise.resolve(),
  versionDeleted: () => Promise.resolve(),
}

const noBackend: LambdaBackend = {
  deployments: noDeployments,
  describe: () => undefined,
  list: () => [],
  accountConcurrency: () => 1_000,
  codeLocation: (_, version) => `file:///versions/${version}`,
  snapshot: () => Promise.reject(new Error('there is no function')),
  invoke: () => Promise.reject(new Error('there is no function')),
}

const logInto = (lines: string[]): Log => ({
  debug() {},
  info() {},
  warn: (message) => lines.push(message),
  error: (message, cause) => lines.push(`${message}: ${String(cause)}`),
})

/** Calls an SQS action in JSON, without an SDK that would check or retry. */
export async function sqsJson(
  url: string,
  operation: string,
  input: unknown,
): Promise<{ status: number; queryError: string | null; body: Record<string, unknown> }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.0',
      'X-Amz-Target': `AmazonSQS.${operation}`,
    },
    body: typeof input === 'string' ? input : JSON.stringify(input),
  })
  return {
    status: response.status,
    queryError: response.headers.get('x-amzn-query-error'),
    body: (await response.json()) as Record<string, unknown>,
  }
}

/** Posts a form, as SDKs did before SQS spoke JSON; answers status and XML with the request id cut out. */
export async function query(
  url: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; xml: string }> {
  const response = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) })
  const xml = await response.text()
  return { status: response.status, xml: xml.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<uuid>') }
}
