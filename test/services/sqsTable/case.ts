/**
 * One request and what AWS answers to it. Everything is data, so that clients in any language can be fed with it. In
 * every text `{queue}`, `{url}`, `{arn}` stand for the case's own queue, `{dead}`, `{deadUrl}`, `{deadArn}` for a second
 * one, and `{name}` for what an earlier step saved; `{"$base64": "..."}` stands for bytes.
 */
export interface Case extends Step {
  readonly title: string
  /** Of the case's own queue; `null` for no such queue. */
  readonly queue: Readonly<Record<string, string>> | null
  /** Attributes of the second queue, created before the first; absent for none. */
  readonly dead?: Readonly<Record<string, string>>
  /** What has to go well before. */
  readonly before: readonly Step[]
  /** Compared as a whole; the text `<any>` is met by anything that is there. Absent when an error is expected. */
  readonly answer?: unknown
  readonly error?: ExpectedError
}

export interface Step {
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
  /** Name and path (`Messages.0.ReceiptHandle`) of what later texts use. */
  readonly save?: Readonly<Record<string, string>>
}

export interface ExpectedError {
  /** The name in `__type`: what the JSON protocol calls it. */
  readonly type: string
  /** What the query protocol calls it. */
  readonly code: string
  /** Absent where the reference has no text; beginning with an ellipsis, it is the end of the text. */
  readonly message?: string
  /** Where the query protocol words it differently. */
  readonly queryMessage?: string
}

/** What a client made of one case. */
export type Got = { readonly saved: Readonly<Record<string, string>> } & (
  | { readonly answer: unknown }
  | { readonly error: { readonly type?: string; readonly code?: string; readonly message: string } }
)

const CODES: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  InvalidParameterValueException: 'InvalidParameterValue',
  MissingRequiredParameterException: 'MissingParameter',
  AccessDeniedException: 'AccessDenied',
}
const PREFIXED = new Set([
  'BatchEntryIdsNotDistinct',
  'BatchRequestTooLong',
  'EmptyBatchRequest',
  'InvalidBatchEntryId',
  'MessageNotInflight',
  'PurgeQueueInProgress',
  'TooManyEntriesInBatchRequest',
  'UnsupportedOperation',
])

/** An error by its name in the JSON protocol. */
export const refusal = (type: string, message?: string, queryMessage?: string): ExpectedError => ({
  type,
  code: CODES[type] ?? (PREFIXED.has(type) ? `AWS.SimpleQueueService.${type}` : type),
  ...(message !== undefined && { message }),
  ...(queryMessage !== undefined && { queryMessage }),
})

export const missingQueue = refusal(
  'QueueDoesNotExist',
  'The specified queue does not exist.',
  'The specified queue does not exist for this wsdl version.',
)

/** `Value V for parameter P is invalid. Reason: R` */
export const invalidValue = (value: unknown, parameter: string, reason: string): ExpectedError =>
  refusal(
    'InvalidParameterValueException',
    `Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`,
  )

type Outcome = { readonly answer: unknown } | { readonly error: ExpectedError }
type Rest = Partial<Pick<Case, 'queue' | 'dead' | 'before'>>

/** A case with a standard queue and nothing before, unless told otherwise. */
export const entry = (title: string, [operation, input]: Asked, outcome: Outcome, rest: Rest = {}): Case => ({
  title,
  queue: {},
  before: [],
  operation,
  input,
  ...outcome,
  ...rest,
})

/** The queues of a case, and its own steps. */
export const stepsBefore = ({ queue, dead, before }: Case): readonly Step[] => [
  ...(dead ? [create('{dead}', dead)] : []),
  ...(queue ? [create('{queue}', queue)] : []),
  ...before,
]

const create = (QueueName: string, Attributes: Readonly<Record<string, string>>): Step =>
  step('CreateQueue', { QueueName, Attributes })

/** An operation and its input. */
export type Asked = readonly [operation: string, input: Readonly<Record<string, unknown>>]

export const answers = (answer: unknown): Outcome => ({ answer })
export const fails = (error: ExpectedError): Outcome => ({ error })

export const step = (
  operation: string,
  input: Readonly<Record<string, unknown>>,
  save?: Readonly<Record<string, string>>,
): Step => ({ operation, input, ...(save && { save }) })

export const ANY = '<any>'
export const QueueUrl = '{url}'
export const FIFO = { FifoQueue: 'true' }
