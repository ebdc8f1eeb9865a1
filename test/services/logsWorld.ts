import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { onTestFinished } from 'vitest'
import { createGateway } from '../../src/services/gateway/index.ts'
import { createLogsService } from '../../src/services/logs/index.ts'
import { createMemoryHistory, createMemoryStore, type History, type Store } from '../../src/store/index.ts'
import { createActivity, createClock, createIds, createLedger, silentLog } from '../../src/system/index.ts'

export const identity = { accountId: '000000000000', region: 'us-east-1' }
export const startMs = Date.parse('2026-01-02T03:04:05.678Z')
export const dayMs = 24 * 60 * 60 * 1_000

export interface LogsWorldOptions {
  readonly store?: Store
  readonly history?: History
}

/** CloudWatch Logs behind a gateway on a free port, over a store in memory, on a frozen clock; gone when the test is over. */
export async function createLogsWorld(options: LogsWorldOptions = {}) {
  const activity = createActivity()
  const clock = createClock({ mode: 'frozen', startMs, idle: activity.idle })
  const ids = createIds()
  const store = options.store ?? createMemoryStore()
  const history = options.history ?? createMemoryHistory()
  const service = createLogsService({ store, history, clock, ids, activity, identity })
  const ledger = createLedger(() => clock.now())
  ledger.resumeAfter(history.lastSequence)
  ledger.subscribe((entry) => {
    history.append(entry)
    if (entry.kind === 'logLine') service.note(entry)
  })
  const gateway = createGateway({ services: [service.service], log: silentLog, activity, ids, identity })
  const { url } = await gateway.start(0, '127.0.0.1')
  const logs = new CloudWatchLogs({
    endpoint: url,
    region: identity.region,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
  })
  onTestFinished(async () => {
    logs.destroy()
    await gateway.stop()
    clock.stop()
  })
  return {
    url,
    logs,
    clock,
    store,
    history,
    service,
    activity,
    /** A function prints. */
    print: (functionName: string, text: string, logStream = '2026/01/02/[$LATEST]a'): void => {
      ledger.write({
        kind: 'logLine',
        functionName,
        requestId: undefined,
        logStream,
        source: 'function',
        text,
      })
    },
    /** Creates a group and a stream, and puts messages, a millisecond apart. */
    fill: async (logGroupName: string, logStreamName: string, messages: readonly string[]): Promise<void> => {
      await logs.createLogGroup({ logGroupName }).catch(() => {})
      await logs.createLogStream({ logGroupName, logStreamName })
      const logEvents = messages.map((message, index) => ({ timestamp: startMs + index, message }))
      await logs.putLogEvents({ logGroupName, logStreamName, logEvents })
    },
  }
}

/** The code and text of an error that a call is answered with. */
export const refusal = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'accepted',
    (error: Error) => `${error.name}: ${error.message}`,
  )
