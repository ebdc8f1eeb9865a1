import { RESPONSE_LIMIT_BYTES } from '../payloads.ts'
import { ProcessPort } from './processPort.ts'
import { type NextEvent, RuntimeClient } from './runtimeClient.ts'
import type { InitTask, TaskResult } from './tasks.ts'
import work from './worker.ts'

/**
 * A whole process that runs the handler of one function by the Runtime API: `isolation: process`. What calls the handler
 * is what calls it in a thread; only the way of events and answers differs.
 */

/** What the process is told about its function, as its one argument. */
export type ProcessSettings = Pick<InitTask, 'root' | 'handler' | 'entryFile' | 'profile'>

const settings = JSON.parse(process.argv[2] ?? '{}') as ProcessSettings
// A handler's own arguments are none.
process.argv.length = 2

const client = new RuntimeClient(process.env['AWS_LAMBDA_RUNTIME_API'] ?? '')
const port = new ProcessPort(client)

async function initialise(): Promise<void> {
  const result = (await work({
    kind: 'init',
    ...settings,
    variables: {},
    // The host watches over the memory of the whole process.
    memoryLimitBytes: Infinity,
    bringsSdk: true,
    logPort: port.asMessagePort(),
    end,
  })) as TaskResult
  if (result.outcome === 'success') return
  if (result.outcome === 'thrown') {
    const { errorType } = JSON.parse(textOf(result)) as { errorType: string }
    await client.failInitialisation(result.payload, errorType)
  }
  process.exit(settings.profile.hasCallbacks ? settings.profile.exceptionStatus : 1)
}

let isAnswering = false
let statusAfterAnswer: number | undefined

/** An error between events ends the process; what is on its way to the Runtime API gets there first. */
function end(status: number): void {
  if (!isAnswering) process.exit(status)
  statusAfterAnswer ??= status
}

async function handle(event: NextEvent): Promise<void> {
  port.beginEvent(event.requestId)
  const { requestId, arn, traceId, clientContext, deadlineMs, payload } = event
  const result = (await work({
    kind: 'invoke',
    requestId,
    arn,
    traceId,
    clientContext,
    deadlineMs,
    payload: payload.toString('utf8'),
  })) as TaskResult
  isAnswering = true
  await answer(requestId, result)
  isAnswering = false
  if (statusAfterAnswer !== undefined) process.exit(statusAfterAnswer)
  if (result.lost !== undefined) process.exit(statusOf(result))
}

async function answer(requestId: string, result: TaskResult): Promise<void> {
  const { response } = port
  switch (result.outcome) {
    case 'success':
      if (response) await response.end()
      else await client.respond(requestId, result.payload)
      return
    case 'thrown': {
      const payload = textOf(result)
      if (!response) await client.fail(requestId, payload)
      else await response.end({ type: (JSON.parse(payload) as { errorType: string }).errorType, payload })
      return
    }
    case 'tooLarge':
      // The Runtime API refuses it by its length, and tells the caller.
      await client.respond(requestId, Buffer.alloc(RESPONSE_LIMIT_BYTES + 1, ' '))
      return
    default:
  }
}

const textOf = ({ payload }: TaskResult): string =>
  typeof payload === 'string' ? payload : Buffer.from(payload).toString('utf8')

const statusOf = ({ exit, lost }: TaskResult): number =>
  exit && 'status' in exit ? exit.status : Number(/\d+$/.exec(lost ?? '')?.[0] ?? 1)

async function run(): Promise<void> {
  await initialise()
  for (;;) await handle(await client.next())
}

// The runner is gone when its API is.
run().catch(() => process.exit(1))
