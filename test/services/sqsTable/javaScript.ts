import * as sdk from '@aws-sdk/client-sqs'
import { type Case, type Got, type Step, stepsBefore } from './case.ts'
import { createFiller, valueAt } from './fill.ts'
import type { Run } from './run.ts'

type Input = ConstructorParameters<typeof sdk.SendMessageCommand>[0]
type Operation = new (input: Input) => sdk.SendMessageCommand

/** Runs the cases through the AWS SDK for JavaScript. */
export const runJavaScript: Run = async (cases, names, url) => {
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }
  const client = new sdk.SQSClient({ endpoint: url, region: 'us-east-1', maxAttempts: 1, credentials })
  const got: Got[] = []
  for (const [index, one] of cases.entries()) got.push(await runOne(client, one, { ...names[index] }))
  client.destroy()
  return got
}

async function runOne(client: sdk.SQSClient, one: Case, saved: Record<string, string>): Promise<Got> {
  const fill = createFiller(saved)
  for (const before of stepsBefore(one)) {
    const answer = await call(client, before, fill)
    for (const [name, path] of Object.entries(before.save ?? {})) saved[name] = valueAt(answer, path)
  }
  try {
    return { answer: plain(await call(client, one, fill)), saved }
  } catch (error) {
    if (!(error instanceof sdk.SQSServiceException)) throw error
    const { name, message, Code } = error as Error & { Code?: string }
    // Errors that the SDK has no class for are named by the code of the query protocol.
    return { error: { message, code: Code ?? name, ...(name !== Code && { type: name }) }, saved }
  }
}

const operations = sdk as unknown as Readonly<Record<string, Operation>>

async function call(client: sdk.SQSClient, { operation, input }: Step, fill: (value: unknown) => unknown) {
  const Command = operations[`${operation}Command`]
  if (!Command) throw new Error(`the SDK has no ${operation}`)
  const { $metadata: _, ...answer } = await client.send(new Command(fill(input) as Input))
  return answer
}

const plain = (answer: unknown): unknown =>
  JSON.parse(
    JSON.stringify(answer, (_, value: unknown) =>
      value instanceof Uint8Array ? { $base64: Buffer.from(value).toString('base64') } : value,
    ),
  )
