import { Channel } from '../channel.ts'
import { type AnswerEvent, EventAnswer } from '../eventAnswer.ts'
import type { Operation, RequestContext } from '../operation.ts'
import type { InvokeAnswer, InvokeRequest } from './backend.ts'
import {
  type InvocationTools,
  type InvokeInput,
  type InvokeOutput,
  prepareInvocation,
  refusalOf,
  shownTrace,
} from './invoke.ts'

const TYPES = ['RequestResponse', 'DryRun']

/**
 * `InvokeWithResponseStream`: what the function writes, as it writes it. What keeps it from running is an HTTP error;
 * whatever happens once it runs is told by the last event, `InvokeComplete`.
 */
export const createInvokeWithResponseStream =
  (on: InvocationTools): Operation<InvokeInput, Promise<EventAnswer | InvokeOutput>> =>
  async (input, context) => {
    const type = input.InvocationType ?? 'RequestResponse'
    const request = prepareInvocation(input, type, TYPES, context, on)
    if (type === 'DryRun') return { StatusCode: 204 }
    const running = run(request, on)
    const { work } = context
    work.park()
    try {
      const executedVersion = await running.begun
      return new EventAnswer(eventsOf(running, context), {
        StatusCode: 200,
        ExecutedVersion: executedVersion,
        TraceId: shownTrace(request.traceId),
      })
    } finally {
      work.unpark()
    }
  }

interface Running {
  /** The version, once the function begins to answer or has ended; rejects with what kept it from running. */
  readonly begun: Promise<string>
  readonly chunks: Channel<Uint8Array>
  readonly ended: Promise<InvokeAnswer>
}

function run(request: InvokeRequest, { backend }: InvocationTools): Running {
  const chunks = new Channel<Uint8Array>()
  let begin = (_version: string): void => {}
  const hasBegun = new Promise<string>((resolve) => (begin = resolve))
  const ended = backend.invoke({
    ...request,
    response: {
      begin: ({ executedVersion }) => begin(executedVersion),
      write: (chunk) => chunks.write(chunk),
    },
  })
  const versionAtEnd = ended.then((answer) => {
    chunks.end()
    if (answer.kind === 'success' || answer.kind === 'functionError') return answer.executedVersion
    throw answer.kind === 'accepted' ? new Error('It was to be answered at once.') : refusalOf(answer)
  })
  return { begun: Promise.race([hasBegun, versionAtEnd]), chunks, ended }
}

/** Pieces, and then the one event that says how it ended. */
async function* eventsOf({ chunks, ended }: Running, { work }: RequestContext): AsyncGenerator<AnswerEvent> {
  // The handler takes its time, and the reader too: neither holds up a clock that moves.
  work.park()
  try {
    for await (const chunk of chunks.items())
      for (const payload of partsOf(chunk)) yield { type: 'PayloadChunk', payload }
    yield { type: 'InvokeComplete', payload: completionOf(await ended) }
  } finally {
    work.unpark()
  }
}

/** The SDKs' readers of event streams take no event that is longer than 16 to 24 MiB. */
const MOST_EVENT_BYTES = 1_048_576

/** None for an empty one. */
function* partsOf(chunk: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += MOST_EVENT_BYTES) yield chunk.subarray(at, at + MOST_EVENT_BYTES)
}

function completionOf(answer: InvokeAnswer): object {
  if (answer.kind === 'accepted') return {}
  if (answer.kind !== 'success' && answer.kind !== 'functionError') {
    const { code, message } = refusalOf(answer)
    return { ErrorCode: code, ErrorDetails: message }
  }
  const tail = answer.logTail && { LogResult: Buffer.from(answer.logTail).toString('base64') }
  if (answer.kind === 'success') return { ...tail }
  const details = Buffer.from(answer.payload).toString()
  return { ErrorCode: errorTypeOf(details), ErrorDetails: details, ...tail }
}

/** A runtime of one's own may report anything. */
function errorTypeOf(details: string): string {
  try {
    const { errorType } = JSON.parse(details) as { errorType?: unknown }
    return typeof errorType === 'string' ? errorType : 'Unhandled'
  } catch {
    return 'Unhandled'
  }
}
