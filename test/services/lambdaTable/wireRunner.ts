import { type RestRoute } from '../../../src/services/protocol/restJsonProtocol.ts'
import { routes } from '../../../src/services/lambda/routes.ts'
import { type Known, learn, revive, withKnown } from './known.ts'
import type { LambdaCase, Ran, Step } from './lambdaCase.ts'

type Answer = Record<string, unknown>

/** Runs cases over bare HTTP: nothing is hidden, neither a `null` nor a member that no SDK knows. */
export async function runOnTheWire(url: string, cases: readonly LambdaCase[]): Promise<Ran[]> {
  const outcomes: Ran[] = []
  for (const one of cases) outcomes.push(await run(url, one))
  return outcomes
}

async function run(url: string, { before = [], request }: LambdaCase): Promise<Ran> {
  const known: Known = {}
  for (const step of before) {
    const { answer, ...outcome } = await call(url, step, known)
    if (!answer) return { failure: `${step[0]}: ${JSON.stringify(outcome)}` }
    learn(known, answer)
  }
  return { ...(await call(url, request, known)), known }
}

async function call(url: string, [operation, input]: Step, known: Known): Promise<Ran> {
  const route = routes.routes.find((one) => one.operation === operation)
  if (!route) return { failure: `there is no ${operation}` }
  const response = await send(url, route, revive(withKnown(input, known)) as Answer)
  const text = await response.text()
  const { status } = response
  const code = response.headers.get('x-amzn-errortype')
  if (code === null) return { answer: answerOf(route, response, text), status }
  return { refusal: { code, members: JSON.parse(text) as Answer }, status }
}

function send(url: string, route: RestRoute, input: Answer): Promise<Response> {
  const rest = { ...input }
  const take = (member: string): unknown => {
    const value = rest[member]
    delete rest[member]
    return value
  }
  const path = route.path.replace(/:(\w+)/g, (_, label: string) => encodeURIComponent(String(take(label))))
  const query = new URLSearchParams(route.when)
  for (const [member, name] of Object.entries(route.query ?? {})) {
    const value = take(member)
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) query.append(name, String(one))
  }
  const headers: Record<string, string> = {}
  for (const [member, name] of Object.entries(route.headers ?? {})) {
    const value = take(member)
    if (value !== undefined) headers[name] = value as string
  }
  const body =
    route.payload === undefined ? JSON.stringify(rest, bytesAsBase64) : (take(route.payload) as Uint8Array)
  const hasBody = route.method === 'POST' || route.method === 'PUT'
  return fetch(`${url}${path}?${query.toString()}`, {
    method: route.method,
    headers,
    ...(hasBody && { body: body as string }),
  })
}

/** Headers that no SDK makes a member of. */
const UNSHOWN = new Set(['TraceId', 'RemappedContentLength'])

function answerOf({ answer: binding }: RestRoute, response: Response, text: string): Answer {
  if (binding?.payload === undefined) return JSON.parse(text) as Answer
  const answer: Answer = {}
  if (binding.status !== undefined) answer[binding.status] = response.status
  for (const [member, name] of Object.entries(binding.headers ?? {})) {
    const value = response.headers.get(name)
    if (value !== null && !UNSHOWN.has(member)) answer[member] = value
  }
  if (text !== '') answer[binding.payload] = text
  return answer
}

/** A buffer that JSON has taken apart, as the text that the wire wants. */
const bytesAsBase64 = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value
    ? Buffer.from(value.data as number[]).toString('base64')
    : value
