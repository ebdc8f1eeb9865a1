import { beginInvokeStore, installAwsLambda } from './awslambda.ts'
import { callHandler } from './callHandler.ts'
import { Capture } from './capture.ts'
import { letLoopRunEmpty } from './emptyLoop.ts'
import { type Handler, loadHandler } from './loadHandler.ts'
import { Memory } from './memory.ts'
import type { RuntimeProfile } from '../profile.ts'
import { Runtime } from './runtime.ts'
import type { InitTask, InvokeTask, Task, TaskResult } from './tasks.ts'

/** A worker thread is one execution environment: it loads one handler, then runs one event at a time. */
interface Environment {
  readonly runtime: Runtime
  readonly capture: Capture
  readonly profile: RuntimeProfile
  handler: Handler | undefined
}

letLoopRunEmpty()

let environment: Environment | undefined

export default function work(task: Task): Promise<TaskResult> {
  return task.kind === 'invoke' ? invoke(task) : initialise(task)
}

function initialise(task: InitTask): Promise<TaskResult> {
  const { profile } = task
  const capture = new Capture(task.logPort, profile.idOutsideRequests)
  const runtime = new Runtime(profile, capture, new Memory(task.memoryLimitBytes))
  const created: Environment = { runtime, capture, profile, handler: undefined }
  environment = created
  capture.install()
  runtime.install()
  runtime.watchMemory()
  installAwsLambda(profile)
  return runtime.run(profile.initErrorTitle, (pending) => {
    // Node's own status for a module whose top-level await never ends.
    pending.onEmptyLoop = () => process.exit(13)
    loadHandler(task, profile).then((handler) => {
      created.handler = handler
      pending.succeed(null)
    }, pending.fail)
  })
}

function invoke(task: InvokeTask): Promise<TaskResult> {
  const { runtime, capture, profile, handler } = environment as Environment
  capture.requestId = task.requestId
  process.env['_X_AMZN_TRACE_ID'] = task.traceId
  beginInvokeStore(task.requestId, task.traceId)
  return runtime.run('Invoke Error', (pending) => callHandler(handler as Handler, task, profile, pending))
}
