import type { QueueSummary } from '../../api/index.ts'
import { readBodyArgument } from '../bodyArgument.ts'
import { ask, askControl, notLambent, parseObject } from '../client.ts'
import { CommandFailure, exitCodes } from '../failure.ts'
import { shortId } from '../renderInvocation.ts'

export interface SendFlags {
  readonly attribute?: Readonly<Record<string, string>>
  /** Seconds. */
  readonly delay?: number
  readonly group?: string
  readonly dedup?: string
  readonly port: number
  readonly json?: boolean
}

/** `lambent queue send`: over the SQS API, as any sender; the message's id goes to stdout. */
export async function send(name: string, body: string, flags: SendFlags): Promise<void> {
  const { attribute = {}, delay, group, dedup, port, json } = flags
  const text = await textOf(body)
  const { url } = await askControl<QueueSummary>(port, `queues/${encodeURIComponent(name)}`)
  const attributes = Object.entries(attribute).map(([key, value]) => [
    key,
    { DataType: 'String', StringValue: value },
  ])
  const answer = await ask(port, {
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' },
    body: JSON.stringify({
      QueueUrl: url,
      MessageBody: text,
      ...(attributes.length > 0 && { MessageAttributes: Object.fromEntries(attributes) }),
      ...(delay !== undefined && { DelaySeconds: delay }),
      ...(group !== undefined && { MessageGroupId: group }),
      ...(dedup !== undefined && { MessageDeduplicationId: dedup }),
    }),
  })
  const sent = parseObject(answer.body)
  if (!sent) throw notLambent(port)
  if (answer.status >= 300) {
    const { message } = sent
    throw new CommandFailure(typeof message === 'string' ? message : `status ${answer.status}`)
  }
  if (json) {
    process.stdout.write(`${JSON.stringify(sent)}\n`)
    return
  }
  const messageId = String(sent['MessageId'])
  process.stdout.write(`${messageId}\n`)
  process.stderr.write(`sent to ${name}; see \`lambent logs --invocation ${shortId(messageId)}\`\n`)
}

/** The body as text; throws when it is none. */
async function textOf(argument: string): Promise<string> {
  const { bytes, origin } = await readBodyArgument(argument)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new CommandFailure(`${origin} is not UTF-8 text, and SQS takes nothing else.`, exitCodes.wrong)
  }
}
