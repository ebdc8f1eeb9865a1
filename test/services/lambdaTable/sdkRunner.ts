import { Lambda, LambdaServiceException } from '@aws-sdk/client-lambda'
import { type Known, learn, revive, withKnown } from './known.ts'
import type { LambdaCase, Ran, Step } from './lambdaCase.ts'

type Answer = Record<string, unknown>

/** Runs cases with the AWS SDK for JavaScript. */
export async function runWithSdk(url: string, cases: readonly LambdaCase[]): Promise<Ran[]> {
  const client = new Lambda({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
  })
  const outcomes: Ran[] = []
  for (const one of cases) outcomes.push(await run(client, one))
  client.destroy()
  return outcomes
}

async function run(client: Lambda, { before = [], request }: LambdaCase): Promise<Ran> {
  const known: Known = {}
  try {
    for (const step of before) learn(known, await call(client, step, known))
  } catch (error) {
    return { failure: String(error) }
  }
  try {
    const { $metadata, ...answer } = await call(client, request, known)
    const { httpStatusCode: status } = $metadata as { httpStatusCode: number }
    return { answer: plain(answer) as Answer, status, known }
  } catch (error) {
    if (!(error instanceof LambdaServiceException)) return { failure: String(error) }
    const status = error.$metadata.httpStatusCode ?? 0
    return { refusal: { code: error.name, message: error.message }, status, known }
  }
}

async function call(client: Lambda, [operation, input]: Step, known: Known): Promise<Answer> {
  const method = (operation.charAt(0).toLowerCase() + operation.slice(1)) as 'getFunction'
  const revived = revive(withKnown(input, known)) as Parameters<Lambda['getFunction']>[0]
  return (await (client[method](revived) as Promise<object>)) as Answer
}

/** Bytes as text, times in seconds; what is not there is left out. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.length === 0 ? undefined : Buffer.from(value).toString()
  if (value instanceof Date) return value.getTime() / 1_000
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const shown = plain(member)
      return shown === undefined || shown === null ? [] : [[name, shown]]
    }),
  )
}
