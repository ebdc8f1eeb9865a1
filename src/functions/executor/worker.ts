import { isMainThread } from 'node:worker_threads'
import { beginInvokeStore, installAwsLambda } from './awslambda.ts'
import { callClassic, type CallHandler, callModern, warnOfCallback } from './callHandler.ts'
import { callStreaming } from './callStreaming.ts'
import { Capture } from './capture.ts'
import { type FunctionFacts, functionFacts } from './context.ts'
import { letLoopRunEmpty } from './emptyLoop.ts'
import { type Handler, isStreamingHandler, loadHandler } from './loadHandler.ts'
import { Memory } from './memory.ts'
import { type Execution, Runtime } from './runtime.ts'
import { logFormatOf } from './logFormat.ts'
import { bringSdk, bringSdkToImports, lacksSdkBesideLambent } from './sdkFallback.ts'
import { AnswerWay } from './responseStream.ts'
import type { InitTask, InvokeTask, Task, TaskResult } from './tasks.ts'
import { warmUp } from './warmUp.ts'

/** A worker thread is one execution environment: it loads one handler, then runs one event at a time. */
interface Environment {
  readonly runtime: Runtime
  readonly facts: FunctionFacts
  readonly handler: Handler
  readonly call: CallHandler
}

if (!isMainThread) letLoopRunEmpty()

let environment: Environment | undefined

export default function work(task: Task): Promise<TaskResult | undefined> {
  switch (task.kind) {
    case 'invoke':
      return invoke(task)
    case 'init':
      return initialise(task)
    case 'warmUp':
      return warmUp()
  }
}

function initialise(task: InitTask): Promise<TaskResult> {
  const { profile } = task
  Object.assign(process.env, task.variables)
  const capture = new Capture(task.logPort, profile.idOutsideRequests, logFormatOf(process.env))
  const runtime = new Runtime(profile, capture, new Memory(task.memoryLimitBytes), task.end)
  const facts = functionFacts(process.env)
  capture.install()
  runtime.install()
  installAwsLambda(profile)
  bringSdk()
  if (task.bringsSdk) bringSdkToImports()
  return runtime.run(profile.initErrorTitle, (execution) => {
    // Node's own status for a module whose top-level await never ends.
    execution.onEmptyLoop = () => process.exit(13)
    execution.isInitialisation = true
    void load(task, { runtime, facts }, execution)
  })
}

async function load(
  task: InitTask,
  parts: Omit<Environment, 'handler' | 'call'>,
  execution: Execution,
): Promise<void> {
  try {
    const handler = await loadHandler(task, task.profile)
    warnOfCallback(handler, task.profile, parts.runtime.capture)
    environment = { ...parts, handler, call: callOf(handler, task) }
    execution.succeed(null)
  } catch (error) {
    if (!task.bringsSdk && lacksSdkBesideLambent(error)) execution.failForSdk()
    else execution.fail(error)
  }
}

function callOf(handler: Handler, { profile, logPort }: InitTask): CallHandler {
  if (isStreamingHandler(handler)) return callStreaming(new AnswerWay(logPort))
  return profile.hasCallbacks ? callClassic : callModern
}

function invoke(task: InvokeTask): Promise<TaskResult> {
  const { runtime, facts, handler, call } = environment as Environment
  const { requestId, traceId } = task
  runtime.capture.requestId = requestId
  process.env['_X_AMZN_TRACE_ID'] = traceId
  beginInvokeStore(requestId, traceId)
  return runtime.run('Invoke Error', (execution) => call(handler, task, facts, execution))
}
