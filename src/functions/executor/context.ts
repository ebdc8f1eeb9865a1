import type { InvokeTask } from './tasks.ts'

/** What the context says of the function; the same for all events of an environment. */
export interface FunctionFacts {
  readonly functionName: string | undefined
  readonly functionVersion: string | undefined
  readonly memoryLimitInMB: string | undefined
  readonly logGroupName: string | undefined
  readonly logStreamName: string | undefined
}

/** How a classic handler may end its event, besides its promise. */
export interface Endings {
  readonly succeed: (result?: unknown) => void
  readonly fail: (error?: unknown) => void
  readonly done: (error?: unknown, result?: unknown) => void
}

export interface ClassicContext {
  callbackWaitsForEmptyEventLoop: boolean
}

export function functionFacts(variables: NodeJS.ProcessEnv): FunctionFacts {
  return {
    functionName: variables['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: variables['AWS_LAMBDA_FUNCTION_VERSION'],
    memoryLimitInMB: variables['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    logGroupName: variables['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: variables['AWS_LAMBDA_LOG_STREAM_NAME'],
  }
}

/** The context of a classic handler. The order of the keys is AWS's. */
export function classicContext(task: InvokeTask, facts: FunctionFacts, endings: Endings): ClassicContext {
  const { deadlineMs } = task
  return {
    callbackWaitsForEmptyEventLoop: true,
    succeed: endings.succeed,
    fail: endings.fail,
    done: endings.done,
    functionVersion: facts.functionVersion,
    functionName: facts.functionName,
    memoryLimitInMB: facts.memoryLimitInMB,
    logGroupName: facts.logGroupName,
    logStreamName: facts.logStreamName,
    clientContext: clientContextOf(task),
    identity: undefined,
    invokedFunctionArn: task.arn,
    awsRequestId: task.requestId,
    tenantId: undefined,
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  } as ClassicContext
}

/** The context of a modern handler. The order of the keys is AWS's. */
export function modernContext(task: InvokeTask, facts: FunctionFacts): object {
  const { deadlineMs } = task
  return {
    clientContext: clientContextOf(task),
    identity: undefined,
    invokedFunctionArn: task.arn,
    awsRequestId: task.requestId,
    tenantId: undefined,
    xRayTraceId: task.traceId,
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
    functionName: facts.functionName,
    functionVersion: facts.functionVersion,
    memoryLimitInMB: facts.memoryLimitInMB,
    logGroupName: facts.logGroupName,
    logStreamName: facts.logStreamName,
  }
}

function clientContextOf(task: InvokeTask): unknown {
  return task.clientContext === undefined || task.clientContext === ''
    ? undefined
    : JSON.parse(task.clientContext)
}
