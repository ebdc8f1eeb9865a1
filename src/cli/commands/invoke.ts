import type { FunctionSummary } from '../../api/index.ts'
import { type Answer, ask, askControl, notLambent, open, parseObject } from '../client.ts'
import { type Colors, colorsFor } from '../colors.ts'
import { CLIENT_CONTEXT, EVENT, readEvent } from '../eventArgument.ts'
import { CommandFailure } from '../failure.ts'
import { ownLines } from '../logText.ts'

export interface InvokeFlags {
  readonly event?: string
  readonly async?: boolean
  readonly tail?: boolean
  readonly qualifier?: string
  readonly clientContext?: string
  readonly stream?: boolean
  readonly port: number
  readonly json?: boolean
}

/** `lambent invoke`: the payload goes to stdout, all that is said about it to stderr. */
export async function invoke(functionName: string, flags: InvokeFlags): Promise<void> {
  const body = flags.event === undefined ? '' : await readEvent(flags.event, EVENT)
  const question = {
    method: 'POST',
    path: pathOf(functionName, flags),
    headers: await headersOf(flags),
    body,
  } as const
  if (flags.stream) {
    await (
      await import('../streamedAnswer.ts')
    ).showStreamed(await open(flags.port, question), {
      ...flags,
      refusal: (answer) => refusal(answer, functionName, flags),
      functionError: (payload) => functionError(functionName, payload, colorsFor(process.stderr)),
    })
    return
  }
  const answer = await ask(flags.port, question)
  if (answer.headers['x-amzn-requestid'] === undefined) throw notLambent(flags.port)
  if (answer.status >= 300) throw await refusal(answer, functionName, flags)
  if (flags.json) showJson(answer)
  else show(functionName, answer, flags, colorsFor(process.stderr))
}

function pathOf(functionName: string, { stream, qualifier }: InvokeFlags): string {
  const [date, action] = stream
    ? ['2021-11-15', 'response-streaming-invocations']
    : ['2015-03-31', 'invocations']
  const query = qualifier === undefined ? '' : `?Qualifier=${encodeURIComponent(qualifier)}`
  return `/${date}/functions/${encodeURIComponent(functionName)}/${action}${query}`
}

async function headersOf(flags: InvokeFlags): Promise<Record<string, string>> {
  const wantsTail = !flags.async && (flags.tail ?? flags.json ?? false)
  const { clientContext } = flags
  const context = clientContext === undefined ? undefined : await readEvent(clientContext, CLIENT_CONTEXT)
  return {
    'content-type': 'application/json',
    'x-amz-invocation-type': flags.async ? 'Event' : 'RequestResponse',
    ...(wantsTail && { 'x-amz-log-type': 'Tail' }),
    ...(context !== undefined && { 'x-amz-client-context': Buffer.from(context).toString('base64') }),
  }
}

function show(functionName: string, answer: Answer, flags: InvokeFlags, colors: Colors): void {
  if (flags.tail) process.stderr.write(logTail(answer))
  if (flags.async) {
    const requestId = String(answer.headers['x-amzn-requestid'])
    process.stdout.write(`${requestId}\n`)
    process.stderr.write(`accepted; see \`lambent logs --follow --invocation ${requestId.slice(0, 8)}\`\n`)
    return
  }
  const payload = answer.body.toString()
  if (answer.headers['x-amz-function-error'] === undefined) {
    process.stdout.write(`${payload}\n`)
    return
  }
  process.stderr.write(`${functionError(functionName, payload, colors)}\n`)
  process.exitCode = 1
}

/** `checkout failed: Error: boom`, and the trace without the first line, which says the same again. */
function functionError(functionName: string, payload: string, colors: Colors): string {
  const error = parseObject(Buffer.from(payload)) ?? {}
  const type = typeof error['errorType'] === 'string' ? `${error['errorType']}: ` : ''
  const message = typeof error['errorMessage'] === 'string' ? error['errorMessage'] : payload
  const trace = Array.isArray(error['trace']) ? error['trace'].map(String) : []
  const frames = ownLines(trace, process.cwd()).filter((line) => /^\s+at /.test(line))
  return [
    `${colors.red(`${functionName} failed:`)} ${type}${message}`,
    ...frames.map((line) => colors.dim(line)),
  ].join('\n')
}

function showJson(answer: Answer): void {
  const { headers, status, body } = answer
  const functionFailed = headers['x-amz-function-error']
  const result = {
    statusCode: status,
    requestId: headers['x-amzn-requestid'],
    executedVersion: headers['x-amz-executed-version'] ?? null,
    functionError: functionFailed ?? null,
    payload: body.length === 0 ? null : (JSON.parse(body.toString()) as unknown),
    logTail: headers['x-amz-log-result'] === undefined ? null : logTail(answer),
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
  if (functionFailed !== undefined) process.exitCode = 1
}

const logTail = (answer: Answer): string =>
  Buffer.from(String(answer.headers['x-amz-log-result'] ?? ''), 'base64').toString()

/** AWS's error as it is; for what is unknown also the names that there are. */
async function refusal(answer: Answer, functionName: string, flags: InvokeFlags): Promise<CommandFailure> {
  const parsed = parseObject(answer.body)
  const type = String(answer.headers['x-amzn-errortype'] ?? `status ${answer.status}`).split(':')[0]
  const said = parsed?.['message'] ?? parsed?.['Message']
  const message = typeof said === 'string' ? said : answer.body.toString()
  const hint = type === 'ResourceNotFoundException' ? await hintFor(functionName, flags) : ''
  return new CommandFailure(`${type}: ${message}${hint}`)
}

async function hintFor(functionName: string, { port, qualifier }: InvokeFlags): Promise<string> {
  const answer = await askControl<{ functions?: FunctionSummary[] }>(port, 'functions').catch(() => undefined)
  const all = answer?.functions ?? []
  const one = all.find(({ name }) => name === functionName)
  if (one && qualifier !== undefined) return `\n${functionName} has: ${qualifiersOf(one).join(', ')}`
  return all.length === 0 ? '' : `\nThere are: ${all.map(({ name }) => name).join(', ')}`
}

const qualifiersOf = ({ versions, aliases }: FunctionSummary): string[] => [
  '$LATEST',
  ...versions,
  ...aliases.map(({ name }) => name),
]
