import type { RuntimeProfile } from '../profile.ts'
import { classicContext, modernContext } from './context.ts'
import { RuntimeError } from './errors.ts'
import type { Handler } from './loadHandler.ts'
import type { Pending } from './runtime.ts'
import type { InvokeTask } from './tasks.ts'

/** Calls the handler with one event, as its runtime's generation does (invocation reference, section 3.2). */
export function callHandler(
  handler: Handler,
  task: InvokeTask,
  profile: RuntimeProfile,
  pending: Pending,
): void {
  try {
    const event = parseEvent(task.payload)
    if (profile.hasCallbacks) callClassic(handler, event, task, pending)
    else callModern(handler, event, task, pending)
  } catch (error) {
    pending.fail(error)
  }
}

function parseEvent(payload: string | Uint8Array): unknown {
  const text = typeof payload === 'string' ? payload : Buffer.from(payload.buffer).toString('utf8')
  return text === '' ? {} : (JSON.parse(text) as unknown)
}

function callModern(handler: Handler, event: unknown, task: InvokeTask, pending: Pending): void {
  const result = handler(event, modernContext(task))
  if (isThenable(result)) result.then(pending.succeed, pending.fail)
  else pending.succeed(result)
}

/**
 * The callback, the context's `done`, `succeed` and `fail`, and the promise: the first of them wins. A callback without
 * an error is answered when the event loop has nothing left, unless the handler says otherwise.
 */
function callClassic(handler: Handler, event: unknown, task: InvokeTask, pending: Pending): void {
  const { succeed, fail } = pending
  let waitsForEmptyLoop = true
  let isDone = false

  const done = (error?: unknown, result?: unknown): void => {
    if (isDone) return
    isDone = true
    if (error === undefined || error === null) succeed(result)
    else fail(error)
  }
  const callback = (error?: unknown, result?: unknown): void => {
    if (isDone) return
    if ((error !== undefined && error !== null) || !waitsForEmptyLoop) {
      done(error, result)
      return
    }
    isDone = true
    pending.onEmptyLoop = () => succeed(result)
  }
  const context = classicContext(task, {
    get callbackWaitsForEmptyEventLoop() {
      return waitsForEmptyLoop
    },
    set callbackWaitsForEmptyEventLoop(value: boolean) {
      waitsForEmptyLoop = value
    },
    succeed: (result) => done(null, result),
    fail: (error) => done(error ?? 'handled'),
    done,
  })
  pending.onEmptyLoop = () => {
    // A callback that nobody called is an empty success; an async function that can never settle is a failure.
    if (handler.constructor.name === 'AsyncFunction') fail(neverSettled())
    else succeed(null)
  }
  const result = handler(event, context, callback)
  if (isThenable(result)) {
    result.then(
      (value) => done(null, value),
      (error) => done(error ?? 'handled'),
    )
  }
}

function neverSettled(): RuntimeError {
  return new RuntimeError(
    'NodeJsExit',
    'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise ' +
      'that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes',
  )
}

interface Thenable {
  then(onValue: (value: unknown) => void, onError: (error: unknown) => void): unknown
}

function isThenable(value: unknown): value is Thenable {
  return Boolean(value) && typeof (value as { then?: unknown }).then === 'function'
}
