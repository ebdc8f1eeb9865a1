import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { CommandFailure } from './failure.ts'

/** An answer of a running Lambent, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

interface Question {
  readonly method?: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

const HOST = '127.0.0.1'

/** Asks the Lambent on `port`, and waits as long as it takes: a handler may run for fifteen minutes. */
export async function ask(port: number, question: Question): Promise<Answer> {
  const response = await open(port, question)
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer)
  } catch {
    throw new CommandFailure(`The Lambent on port ${port} stopped before it had answered.`)
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }
}

/** Asks, and answers with the response as it begins: for streams. */
export function open(
  port: number,
  { method = 'GET', path, headers, body }: Question,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host: HOST, port, method, path, agent: false, headers: { ...headers } },
      resolve,
    )
    request.on('error', (error: NodeJS.ErrnoException) => reject(explain(error, port)))
    request.end(body)
  })
}

/** Asks the control API; its errors become failures with its own sentence. */
export async function askControl<Result>(port: number, path: string, input?: object): Promise<Result> {
  const answer = await ask(port, {
    method: input === undefined ? 'GET' : 'POST',
    path: `/_lambent/${path}`,
    headers: { accept: 'application/json', ...(input ? { 'content-type': 'application/json' } : {}) },
    ...(input === undefined ? {} : { body: JSON.stringify(input) }),
  })
  const parsed = parseObject(answer.body)
  if (!parsed) throw notLambent(port)
  if (answer.status >= 400) {
    const { message } = parsed
    throw new CommandFailure(typeof message === 'string' ? message : `status ${answer.status}`)
  }
  return parsed as Result
}

/** The body as a JSON object, or nothing when it is none. */
export function parseObject(body: Uint8Array): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body).toString())
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

export const notLambent = (port: number): CommandFailure =>
  new CommandFailure(`What answers on http://${HOST}:${port} is not Lambent. Name its port with --port.`)

function explain(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'ECONNREFUSED') {
    return new CommandFailure(
      `Nothing is running on http://${HOST}:${port}. Start it with \`lambent dev\`, or name its port with --port.`,
    )
  }
  if (error.code?.startsWith('HPE_')) return notLambent(port)
  if (error.code === 'ECONNRESET') {
    return new CommandFailure(`The Lambent on port ${port} stopped before it had answered.`)
  }
  return error
}
