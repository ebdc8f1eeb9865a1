import { CRASHED, labelled, type Token } from './chainsModel.ts'

/** A token that has been found inside an event, with all that it is wrapped in. */
export interface Found {
  readonly token: Token
  /** From the outside in: `sns(news,,+0)<record(first,Success,1,did first,+0)<7`. */
  readonly trail: string
}

/** The forms that an event of the chains test can have, as far as the trail tells of them. */
interface Wrapped {
  readonly token?: Token
  readonly timestamp?: string
  readonly Records?: readonly { readonly Sns: Notification }[]
  readonly detail?: unknown
  readonly 'detail-type'?: string
  readonly requestPayload?: unknown
  readonly requestContext?: {
    readonly functionArn: string
    readonly condition: string
    readonly approximateInvokeCount: number
  }
  readonly responsePayload?: { readonly did?: string; readonly errorMessage?: string }
}

interface Notification {
  readonly Timestamp: string
  readonly TopicArn: string
  readonly Message: string
  readonly MessageAttributes?: Readonly<Record<string, { readonly Value: string }>>
}

/** Unwraps an event down to its token. */
export function unwrap(event: unknown): Found {
  const wrapped = (typeof event === 'string' ? JSON.parse(event) : event) as Wrapped & Partial<Notification>
  if (wrapped.token) return { token: wrapped.token, trail: wrapped.token.id }
  if (wrapped.requestContext) return within(wrapped.requestPayload, (token) => recordText(wrapped, token))
  if (wrapped.detail) return within(wrapped.detail, () => `bus(${wrapped['detail-type']})`)
  const notification = wrapped.Records?.[0]?.Sns ?? wrapped
  if (notification.Message === undefined) throw new Error(`nobody knows ${JSON.stringify(event)}`)
  return within(notification.Message, (token) => notificationText(notification, token))
}

/** Unwraps a message of a queue; attributes as `{ name: value }`. */
export function unwrapMessage(body: string, attributes: Readonly<Record<string, string>>): Found {
  const { token, trail } = unwrap(body)
  return { token, trail: `${labelled(labelOf(attributes))}${trail}` }
}

function within(inner: unknown, outer: (token: Token) => string): Found {
  const { token, trail } = unwrap(inner)
  return { token, trail: `${outer(token)}<${trail}` }
}

const since = (timestamp: string | undefined, { atMs }: Token): number => Date.parse(timestamp ?? '') - atMs

function recordText({ requestContext, responsePayload, timestamp }: Wrapped, token: Token): string {
  const { functionArn = '', condition, approximateInvokeCount } = requestContext ?? {}
  const [, , , , , , functionName] = functionArn.split(':')
  const { did, errorMessage } = responsePayload ?? {}
  const answer = errorMessage === undefined ? (did ? `did ${did}` : 'nothing') : failureText(errorMessage)
  return `record(${functionName},${condition},${approximateInvokeCount},${answer},+${since(timestamp, token)})`
}

function notificationText(notification: Partial<Notification>, token: Token): string {
  const { TopicArn, MessageAttributes = {}, Timestamp } = notification
  const values = Object.entries(MessageAttributes).map(([name, { Value }]) => [name, Value] as const)
  const label = labelOf(Object.fromEntries(values))
  return `sns(${TopicArn?.split(':').at(-1)},${label},+${since(Timestamp, token)})`
}

/** What AWS says of an event that never ran is not on record, so its error code and message are left out. */
function labelOf({ kind, RequestID, ErrorCode, ErrorMessage }: Readonly<Record<string, string>>): string {
  if (RequestID !== undefined) return `letter: ${ErrorCode === '200' ? failureText(ErrorMessage) : 'nothing'}`
  return kind ?? ''
}

const failureText = (message = ''): string => (message.startsWith('RequestId: ') ? CRASHED : message)
