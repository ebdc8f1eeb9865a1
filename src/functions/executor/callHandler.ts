import type { RuntimeProfile } from '../profile.ts'
import type { Capture } from './capture.ts'
import { classicContext, type FunctionFacts, modernContext } from './context.ts'
import { RuntimeError } from './errors.ts'
import type { Handler } from './loadHandler.ts'
import type { Execution } from './runtime.ts'
import type { InvokeTask } from './tasks.ts'

/** Calls the handler with one event (invocation reference, section 3.2). */
export type CallHandler = (
  handler: Handler,
  task: InvokeTask,
  facts: FunctionFacts,
  execution: Execution,
) => void

/** Where callbacks still work, a handler that declares one is told once that they will not for ever. */
export function warnOfCallback(handler: Handler, { hasCallbacks }: RuntimeProfile, capture: Capture): void {
  const isQuiet = Boolean(process.env['AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING'])
  if (!hasCallbacks || isQuiet || handler.length < 3 || isAsync(handler)) return
  capture.warn(
    'AWS Lambda plans to remove support for callback-based function handlers starting with Node.js 24. ' +
      'You will need to update this function to use an async handler to use Node.js 24 or later. ' +
      'To disable this warning, set the AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING environment variable.',
  )
}

const isAsync = (handler: Handler): boolean => handler.constructor.name === 'AsyncFunction'

export const callModern: CallHandler = (handler, task, facts, execution) => {
  try {
    const result = handler(parseEvent(task.payload), modernContext(task, facts))
    if (isThenable(result)) settleWith(result, execution)
    else execution.succeed(result)
  } catch (error) {
    execution.fail(error)
  }
}

function settleWith(result: Thenable, execution: Execution): void {
  result.then(
    (value) => execution.succeed(value),
    (error) => execution.fail(error),
  )
}

/**
 * The callback, the context's `done`, `succeed` and `fail`, and the promise: the first of them wins. A callback without
 * an error is answered when the event loop has nothing left, unless the handler says otherwise.
 */
export const callClassic: CallHandler = (handler, task, facts, execution) => {
  let isDone = false

  const done = (error?: unknown, result?: unknown): void => {
    if (isDone) return
    isDone = true
    if (error === undefined || error === null) execution.succeed(result)
    else execution.fail(error)
  }
  const callback = (error?: unknown, result?: unknown): void => {
    if (isDone) return
    if ((error !== undefined && error !== null) || !context.callbackWaitsForEmptyEventLoop) {
      done(error, result)
      return
    }
    isDone = true
    execution.onEmptyLoop = () => execution.succeed(result)
  }
  const succeed = (result?: unknown): void => done(null, result)
  const fail = (error?: unknown): void => done(error ?? 'handled')

  const context = classicContext(task, facts, { succeed, fail, done })
  // A callback that nobody called is an empty success; an async function that can never settle is a failure.
  execution.onEmptyLoop = () => {
    if (isAsync(handler)) execution.fail(neverSettled())
    else execution.succeed(null)
  }
  try {
    const result = handler(parseEvent(task.payload), context, callback)
    if (isThenable(result)) result.then(succeed, fail)
  } catch (error) {
    done(error ?? 'handled')
  }
}

export function parseEvent(payload: string | Uint8Array): unknown {
  const text = typeof payload === 'string' ? payload : Buffer.from(payload.buffer).toString('utf8')
  return text === '' ? {} : (JSON.parse(text) as unknown)
}

function neverSettled(): RuntimeError {
  return new RuntimeError(
    'NodeJsExit',
    'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise ' +
      'that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes',
  )
}

export interface Thenable {
  then(onValue: (value: unknown) => void, onError: (error: unknown) => void): unknown
}

export function isThenable(value: unknown): value is Thenable {
  return Boolean(value) && typeof (value as { then?: unknown }).then === 'function'
}
