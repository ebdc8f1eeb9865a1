import { type Message, SQS, SQSServiceException } from '@aws-sdk/client-sqs'
import type { Outcome, SqsCase, Step } from './sqsCase.ts'

type Answer = Record<string, unknown>

/** What a case came to, and the receipt handles that were known by then. */
export interface Ran extends Outcome {
  readonly handles: readonly string[]
  /** Why the case could not be carried out at all. */
  readonly failure?: string
}

/** Runs cases with the AWS SDK for JavaScript. */
export async function runWithSdk(url: string, cases: readonly SqsCase[]): Promise<Ran[]> {
  const client = new SQS({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
  })
  const outcomes: Ran[] = []
  for (const sqsCase of cases) outcomes.push(await run(client, sqsCase))
  client.destroy()
  return outcomes
}

async function run(client: SQS, { before = [], request }: SqsCase): Promise<Ran> {
  let handles: readonly string[] = []
  try {
    for (const step of before) {
      const { Messages } = await call(client, step, handles)
      if (step[0] === 'ReceiveMessage')
        handles = ((Messages ?? []) as Message[]).map(({ ReceiptHandle }) => ReceiptHandle ?? '')
    }
  } catch (error) {
    return { handles, failure: String(error) }
  }
  try {
    const { $metadata: _, ...answer } = await call(client, request, handles)
    return { handles, answer: asJson(answer) }
  } catch (error) {
    if (!(error instanceof SQSServiceException)) return { handles, failure: String(error) }
    const { Error: told } = error as unknown as { Error?: { Code?: string } }
    return {
      handles,
      refusal: {
        code: error.name,
        queryCode: told?.Code ?? null,
        message: error.message,
        status: error.$metadata.httpStatusCode ?? 0,
      },
    }
  }
}

function call(client: SQS, [operation, input]: Step, handles: readonly string[]): Promise<Answer> {
  const method = (operation.charAt(0).toLowerCase() + operation.slice(1)) as 'sendMessage'
  const revived = revive(withHandles(input, handles)) as Parameters<SQS['sendMessage']>[0]
  return client[method](revived) as Promise<object> as Promise<Answer>
}

/** Puts receipt handles in the places kept for them. */
export const withHandles = <Value>(value: Value, handles: readonly string[]): Value =>
  handles.reduce<Value>((now, handle, index) => {
    const text = JSON.stringify(now).replaceAll(`{handle${index > 0 ? index + 1 : ''}}`, handle)
    return JSON.parse(text) as Value
  }, value)

const revive = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, member: unknown) =>
    isBytes(member) ? Buffer.from(member.$bytes, 'base64') : member,
  )

const isBytes = (value: unknown): value is { readonly $bytes: string } =>
  typeof value === 'object' && value !== null && '$bytes' in value

/** JSON in which bytes stand as the cases write them. */
const asJson = (answer: object): NonNullable<Outcome['answer']> =>
  JSON.parse(
    JSON.stringify(answer, (_, value: unknown) =>
      value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString('base64') } : value,
    ),
  ) as NonNullable<Outcome['answer']>
