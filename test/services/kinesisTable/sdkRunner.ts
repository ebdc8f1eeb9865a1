import { Kinesis, KinesisServiceException } from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { KinesisCase, Ran, Step } from './kinesisCase.ts'

type Answer = Record<string, unknown>
type Known = Record<string, string>

/** Runs cases with the AWS SDK for JavaScript: over HTTP/2, as it does by itself, or over HTTP/1.1. */
export async function runWithSdk(
  url: string,
  cases: readonly KinesisCase[],
  version: 'HTTP/1.1' | 'HTTP/2',
): Promise<Ran[]> {
  const client = new Kinesis({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
    ...(version === 'HTTP/1.1' && { requestHandler: new NodeHttpHandler() }),
  })
  const outcomes: Ran[] = []
  for (const kinesisCase of cases) outcomes.push(await run(client, url, kinesisCase))
  client.destroy()
  return outcomes
}

async function run(client: Kinesis, url: string, { before = [], request }: KinesisCase): Promise<Ran> {
  const known: Known = {}
  try {
    for (const step of before) learn(known, await call(client, url, step, known))
  } catch (error) {
    return { failure: String(error) }
  }
  try {
    const { $metadata: _, ...answer } = await call(client, url, request, known)
    return { answer: plain(answer) as Answer, known }
  } catch (error) {
    if (!(error instanceof KinesisServiceException)) return { failure: String(error) }
    const status = error.$metadata.httpStatusCode ?? 0
    return { refusal: { code: error.name, message: error.message, status }, known }
  }
}

async function call(client: Kinesis, url: string, [operation, input]: Step, known: Known): Promise<Answer> {
  if (operation === 'Wait') {
    await fetch(`${url}/wait/${String(input['ms'])}`, { method: 'POST' })
    return {}
  }
  const method = (operation.charAt(0).toLowerCase() + operation.slice(1)) as 'putRecord'
  const revived = revive(withKnown(input, known)) as Parameters<Kinesis['putRecord']>[0]
  return (await (client[method](revived) as Promise<object>)) as Answer
}

/** Remembers what later steps speak of. */
function learn(known: Known, answer: Answer): void {
  const iterator = answer['ShardIterator'] ?? answer['NextShardIterator']
  if (typeof iterator === 'string') known['iterator'] = iterator
  const consumer = answer['Consumer'] as { ConsumerARN?: string } | undefined
  if (consumer?.ConsumerARN !== undefined) known['consumer'] = consumer.ConsumerARN
  if (typeof answer['NextToken'] === 'string') known['token'] = answer['NextToken']
  if (typeof answer['SequenceNumber'] === 'string') {
    const count = Object.keys(known).filter((name) => name.startsWith('sequence')).length
    known[`sequence${count + 1}`] = answer['SequenceNumber']
  }
}

/** Puts what is known in the places kept for it. */
export const withKnown = <Value>(value: Value, known: Readonly<Known>): Value => {
  let text = JSON.stringify(value)
  for (const [name, known_] of Object.entries(known)) text = text.replaceAll(`{${name}}`, known_)
  return JSON.parse(text) as Value
}

const revive = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, member: unknown) => {
    if (typeof member !== 'object' || member === null) return member
    if ('$bytes' in member) return Buffer.from(String(member.$bytes))
    if ('$size' in member) return Buffer.alloc(Number(member.$size))
    return '$seconds' in member ? new Date(Number(member.$seconds) * 1_000) : member
  })

/** Bytes as text, times in seconds; what is not there is left out. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString()
  if (value instanceof Date) return value.getTime() / 1_000
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      member === undefined || member === null ? [] : [[name, plain(member)]],
    ),
  )
}
