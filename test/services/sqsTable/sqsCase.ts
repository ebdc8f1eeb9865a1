/** One call: an action's name and its input. `{"$bytes": BASE64}` stands for bytes. */
export type Step = readonly [operation: string, input: Readonly<Record<string, unknown>>]

/** A refusal as the reference has it; what it does not state is left out. */
export interface Refusal {
  /** The name that JSON has for the error. */
  readonly code: string
  /** The query protocol's text is another one for a queue that is not there. */
  readonly message?: string
  readonly queryMessage?: string
  /** 400 unless told. */
  readonly status?: number
}

/**
 * A request to SQS and what AWS answers. In texts `{q}` is a queue name of this case's own, `{url}` and `{arn}` are
 * its URL and ARN, and `{handle}`, `{handle2}`, ... are the receipt handles of the latest receive. In answers
 * `<uuid>`, `<digits>`, `<sequence>` and `<text>` stand for anything of that form.
 */
export interface SqsCase {
  readonly name: string
  readonly before?: readonly Step[]
  readonly request: Step
  readonly answer?: Readonly<Record<string, unknown>>
  readonly refusal?: Refusal
}

/** What a client made of an answer. */
export interface Outcome {
  readonly answer?: Readonly<Record<string, unknown>>
  readonly refusal?: {
    /** `null` where the protocol knows only the other one. */
    readonly code: string | null
    readonly queryCode: string | null
    readonly message: string
    readonly status: number
  }
}

type Attributes = Readonly<Record<string, string>>

export const standard = (Attributes: Attributes = {}, suffix = ''): Step => [
  'CreateQueue',
  { QueueName: `{q}${suffix}`, Attributes },
]

export const fifo = (Attributes: Attributes = {}, suffix = ''): Step => [
  'CreateQueue',
  { QueueName: `{q}${suffix}.fifo`, Attributes: { FifoQueue: 'true', ...Attributes } },
]

export const send = (MessageBody: string, more: object = {}): Step => [
  'SendMessage',
  { QueueUrl: '{url}', MessageBody, ...more },
]

/** A message for a group, with its body for a deduplication id. */
export const sendFifo = (MessageGroupId: string, MessageBody: string, more: object = {}): Step => [
  'SendMessage',
  {
    QueueUrl: '{url}.fifo',
    MessageBody,
    MessageGroupId,
    MessageDeduplicationId: `${MessageGroupId}-${MessageBody}`,
    ...more,
  },
]

export const receive = (more: object = {}): Step => ['ReceiveMessage', { QueueUrl: '{url}', ...more }]

export const receiveFifo = (more: object = {}): Step => [
  'ReceiveMessage',
  { QueueUrl: '{url}.fifo', MaxNumberOfMessages: 10, ...more },
]

/** A message as it comes without any attributes asked for. */
export const message = (Body: string, more: object = {}): object => ({
  MessageId: '<uuid>',
  ReceiptHandle: '<text>',
  MD5OfBody: '<md5>',
  Body,
  ...more,
})

export const bodies = (...texts: string[]): { readonly Messages: readonly object[] } => ({
  Messages: texts.map((text) => message(text)),
})

export const invalid = (text: string): Refusal => ({ code: 'InvalidParameterValueException', message: text })

export const invalidValue = (value: string | number, parameter: string, reason: string): Refusal =>
  invalid(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`)

export const missing = (parameter: string): Refusal => ({
  code: 'MissingRequiredParameterException',
  message: `The request must contain the parameter ${parameter}.`,
})
