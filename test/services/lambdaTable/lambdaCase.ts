/**
 * One call: an operation's name and its input, as SDKs take it. `{"$bytes": TEXT}` stands for the bytes of a text,
 * `{"$base64": TEXT}` for what the text encodes, `{"$size": N}` for a JSON text of so many bytes.
 */
export type Step = readonly [operation: string, input: Readonly<Record<string, unknown>>]

/** A refusal as the reference has it. Status, `Type` and the letter case of the message's member follow from the code. */
export interface Refusal {
  readonly code: keyof typeof errorForms
  readonly message: string
  /** Members beside `Type` and the message. */
  readonly more?: Readonly<Record<string, string>>
}

/**
 * A request to Lambda and what AWS answers. In texts `{f}` is the name of a function of this case's own, `{arn}` its ARN.
 * `{revision}`, `{uuid}`, `{marker}`, `{sha}` and `{url}` are what the last answer said that had one. In answers
 * `<uuid>`, `<text>`, `<number>`, `<time>` and `<seconds>` stand for anything of that form.
 */
export interface LambdaCase {
  readonly name: string
  readonly before?: readonly Step[]
  readonly request: Step
  readonly answer?: Readonly<Record<string, unknown>>
  /** The status of the answer, where it is not the operation's only one. */
  readonly status?: number
  readonly refusal?: Refusal
}

/** What a client made of an answer. */
export interface Ran {
  readonly answer?: Readonly<Record<string, unknown>>
  readonly refusal?: {
    readonly code: string
    readonly message?: string | null
    /** All members of the error, where the client shows them. */
    readonly members?: Readonly<Record<string, unknown>>
  }
  /** Where the client shows it. */
  readonly status?: number
  /** What stands in the places kept for them. */
  readonly known?: Readonly<Record<string, string>>
  /** Why the case could not be carried out at all. */
  readonly failure?: string
}

/** Statuses of success: 200 where nothing else is said. */
export const statuses: Readonly<Record<string, number>> = {
  InvokeAsync: 202,
  PublishVersion: 201,
  CreateAlias: 201,
  DeleteAlias: 204,
  DeleteFunctionConcurrency: 204,
  DeleteFunctionEventInvokeConfig: 204,
  CreateEventSourceMapping: 202,
  UpdateEventSourceMapping: 202,
  DeleteEventSourceMapping: 202,
  AddPermission: 201,
  RemovePermission: 204,
  CreateFunctionUrlConfig: 201,
  DeleteFunctionUrlConfig: 204,
  TagResource: 204,
  UntagResource: 204,
  DeleteFunctionCodeSigningConfig: 204,
  CreateFunction: 201,
  DeleteFunction: 204,
  PutProvisionedConcurrencyConfig: 202,
  DeleteProvisionedConcurrencyConfig: 204,
}

/** How each exception is on the wire: its status, the member that its message is in, and whether it has a `Type`. */
export const errorForms = {
  ResourceNotFoundException: { status: 404, member: 'Message', type: true, isModelled: true },
  CodeSigningConfigNotFoundException: { status: 404, member: 'Message', type: true, isModelled: true },
  InvalidParameterValueException: { status: 400, member: 'message', type: true, isModelled: true },
  InvalidRequestContentException: { status: 400, member: 'message', type: true, isModelled: true },
  PolicyLengthExceededException: { status: 400, member: 'message', type: true, isModelled: true },
  ProvisionedConcurrencyConfigNotFoundException: {
    status: 404,
    member: 'message',
    type: true,
    isModelled: true,
  },
  ResourceConflictException: { status: 409, member: 'message', type: true, isModelled: true },
  PreconditionFailedException: { status: 412, member: 'message', type: true, isModelled: true },
  TooManyRequestsException: { status: 429, member: 'message', type: true, isModelled: true },
  ValidationException: { status: 400, member: 'message', type: false, isModelled: false },
  SerializationException: { status: 400, member: 'message', type: false, isModelled: false },
  RequestEntityTooLargeException: { status: 413, member: 'Message', type: false, isModelled: false },
  UnknownOperationException: { status: 501, member: 'message', type: false, isModelled: false },
} as const

/** What a refusal is on the wire, whole. */
export function membersOf({ code, message, more }: Refusal): Record<string, string> {
  const { member, type } = errorForms[code]
  return { ...(type && { Type: 'User' }), ...more, [member]: message }
}

export const bytes = (text: string): object => ({ $bytes: text })
export const base64 = (text: string): object => ({ $base64: text })
export const json = (value: object): string => JSON.stringify(value)

export const notFound = (message: string): Refusal => ({ code: 'ResourceNotFoundException', message })
export const invalid = (message: string): Refusal => ({ code: 'InvalidParameterValueException', message })
export const conflict = (message: string): Refusal => ({ code: 'ResourceConflictException', message })
export const noFunction = (arn: string): Refusal => notFound(`Function not found: ${arn}`)
export const staleRevision: Refusal = {
  code: 'PreconditionFailedException',
  message:
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
}
export const otherQualifier = invalid(
  'The derived qualifier from the function name does not match the specified qualifier.',
)

/** A member that breaks a constraint. */
export type Violated = readonly [value: string | null, path: string, constraint: string]

/** Members that break their constraints. */
export const violations = (...all: readonly Violated[]): Refusal => ({
  code: 'ValidationException',
  message: `${all.length} validation error${all.length === 1 ? '' : 's'} detected: ${all
    .map(
      ([value, path, constraint]) =>
        `Value ${value === null ? 'null' : `'${value}'`} at '${path}' failed to satisfy constraint: ${constraint.startsWith('Map') ? '' : 'Member must '}${constraint}`,
    )
    .join('; ')}`,
})

export const NAME_PATTERN = String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`

export const FunctionName = '{f}'
export const accountId = '000000000000'
export const region = 'us-east-1'
export const arnOf = (name: string): string => `arn:aws:lambda:${region}:${accountId}:function:${name}`

export const publish: Step = ['PublishVersion', { FunctionName }]
export const alias = (Name = 'live', FunctionVersion = '1', more: object = {}): Step => [
  'CreateAlias',
  { FunctionName, Name, FunctionVersion, ...more },
]
export const withAlias: readonly Step[] = [publish, alias()]

/** A configuration as lists show it. */
export const listed = (more: object = {}): object => ({
  FunctionName,
  FunctionArn: '{arn}',
  Runtime: 'nodejs22.x',
  Role: `arn:aws:iam::${accountId}:role/lambda-role`,
  Handler: 'h.handler',
  CodeSize: '<number>',
  Description: '',
  Timeout: 3,
  MemorySize: 128,
  LastModified: '<time>',
  CodeSha256: '<text>',
  Version: '$LATEST',
  TracingConfig: { Mode: 'PassThrough' },
  RevisionId: '<uuid>',
  PackageType: 'Zip',
  Architectures: [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
  EphemeralStorage: { Size: 512 },
  SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
  LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/{f}' },
  ...more,
})

/** The same as operations on one function show it. */
export const configuration = (more: object = {}): Record<string, unknown> => ({
  ...listed(),
  State: 'Active',
  LastUpdateStatus: 'Successful',
  RuntimeVersionConfig: { RuntimeVersionArn: `arn:aws:lambda:${region}::runtime:<text>` },
  ...more,
})
