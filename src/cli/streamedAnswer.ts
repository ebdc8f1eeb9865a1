import type { IncomingMessage } from 'node:http'
import type { Answer } from './client.ts'
import { CommandFailure } from './failure.ts'
import { readEventStream } from './eventStreamReader.ts'

export interface StreamedAnswerFlags {
  readonly port: number
  readonly tail?: boolean
  readonly refusal: (answer: Answer) => Promise<CommandFailure>
  /** The words for a failure of the function, given the JSON text of its error. */
  readonly functionError: (payload: string) => string
}

/** Prints a streamed answer as it comes: what the handler writes to stdout, how it ended to stderr. */
export async function showStreamed(response: IncomingMessage, flags: StreamedAnswerFlags): Promise<void> {
  if ((response.statusCode ?? 0) >= 300) throw await flags.refusal(await wholeOf(response))
  try {
    for await (const { headers, payload } of readEventStream(response)) {
      if (headers[':event-type'] === 'PayloadChunk') process.stdout.write(payload)
      else showEnd(JSON.parse(payload.toString()) as Completion, flags)
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw error
    throw new CommandFailure(`The Lambent on port ${flags.port} stopped before it had answered.`)
  }
}

interface Completion {
  readonly ErrorCode?: string
  readonly ErrorDetails?: string
  readonly LogResult?: string
}

function showEnd(end: Completion, { tail, functionError }: StreamedAnswerFlags): void {
  if (process.stdout.isTTY) process.stdout.write('\n')
  if (tail) process.stderr.write(Buffer.from(end.LogResult ?? '', 'base64').toString())
  if (end.ErrorCode === undefined) return
  process.stderr.write(`${functionError(end.ErrorDetails ?? JSON.stringify({ errorType: end.ErrorCode }))}\n`)
  process.exitCode = 1
}

async function wholeOf(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }
}
