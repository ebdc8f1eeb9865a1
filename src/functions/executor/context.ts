import type { InvokeTask } from './tasks.ts'

/** The part of a handler's context that only callback runtimes have, in the order of its keys. */
export interface CallbackContext {
  callbackWaitsForEmptyEventLoop: boolean
  readonly succeed: (result?: unknown) => void
  readonly fail: (error?: unknown) => void
  readonly done: (error?: unknown, result?: unknown) => void
}

/** The context of a classic handler. The order of the keys is AWS's. */
export function classicContext(task: InvokeTask, callbacks: CallbackContext): object {
  const { env } = process
  return Object.assign(callbacks, {
    functionVersion: env['AWS_LAMBDA_FUNCTION_VERSION'],
    functionName: env['AWS_LAMBDA_FUNCTION_NAME'],
    memoryLimitInMB: env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    logGroupName: env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: env['AWS_LAMBDA_LOG_STREAM_NAME'],
    clientContext: clientContextOf(task),
    identity: undefined,
    invokedFunctionArn: task.arn,
    awsRequestId: task.requestId,
    tenantId: undefined,
    getRemainingTimeInMillis: () => task.deadlineMs - Date.now(),
  })
}

/** The context of a modern handler. The order of the keys is AWS's. */
export function modernContext(task: InvokeTask): object {
  const { env } = process
  return {
    clientContext: clientContextOf(task),
    identity: undefined,
    invokedFunctionArn: task.arn,
    awsRequestId: task.requestId,
    tenantId: undefined,
    xRayTraceId: task.traceId,
    getRemainingTimeInMillis: () => task.deadlineMs - Date.now(),
    functionName: env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: env['AWS_LAMBDA_FUNCTION_VERSION'],
    memoryLimitInMB: env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    logGroupName: env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: env['AWS_LAMBDA_LOG_STREAM_NAME'],
  }
}

function clientContextOf(task: InvokeTask): unknown {
  return task.clientContext === undefined || task.clientContext === ''
    ? undefined
    : JSON.parse(task.clientContext)
}
