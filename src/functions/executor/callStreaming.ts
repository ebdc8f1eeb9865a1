import { finished } from 'node:stream'
import { HIGH_WATER_MARK } from './awslambda.ts'
import type { CallHandler } from './callHandler.ts'
import { isThenable, parseEvent } from './callHandler.ts'
import { classicContext, modernContext } from './context.ts'
import { type AnswerWay, ResponseStream } from './responseStream.ts'

/**
 * Calls a handler that writes its answer piece by piece. It is done when its promise has settled and its stream has
 * ended: one that never ends its stream runs into the timeout, one that breaks it fails.
 */
export const callStreaming =
  (way: AnswerWay): CallHandler =>
  (handler, task, facts, execution) => {
    const highWaterMark = (handler as { [HIGH_WATER_MARK]?: number })[HIGH_WATER_MARK]
    const stream = new ResponseStream(way, { highWaterMark })
    const { profile, capture } = execution.runtime
    const context = profile.hasCallbacks
      ? classicContext(task, facts, refusedEndings(execution.fail.bind(execution)))
      : modernContext(task, facts)
    execution.onSettled = () => way.letGo()
    way.hold()
    // What broke it is told once the handler's promise has settled: by then the handler may have told it itself.
    stream.on('error', () => {})
    try {
      const result = handler(parseEvent(task.payload), stream, context)
      if (!isThenable(result)) throw new Error('Streaming does not support non-async handlers.')
      result.then(
        (value) => {
          if (value !== undefined) capture.warn('Streaming handlers ignore return values.')
          finished(stream, (error) => {
            // A write after the end is no part of `error`: all that was to be sent had been taken.
            const broken = error ?? stream.errored
            if (broken) execution.fail(broken)
            else execution.succeedStreamed()
          })
        },
        (error) => execution.fail(error),
      )
    } catch (error) {
      execution.fail(error)
    }
  }

/** Callbacks do not answer for a streaming handler. */
const refusedEndings = (fail: (error: unknown) => void) => ({
  succeed: () => {},
  fail: (error?: unknown) => fail(error ?? 'handled'),
  done: (error?: unknown) => {
    if (error !== undefined && error !== null) fail(error)
  },
})
