import type { GivenCors, InvokeMode } from './accessRegistry.ts'
import { longest, matching, oneOf, refuse, required, typed, typedList, within } from './constraints.ts'
import * as errors from './errors.ts'
import { regularExpression } from './functionName.ts'

export interface UrlInput {
  readonly FunctionName: string
  readonly Qualifier?: string
}

export interface UrlSettingsInput extends UrlInput {
  readonly AuthType?: string | null
  readonly Cors?: GivenCors | null
  readonly InvokeMode?: string | null
}

/** What a request says of a URL; what it does not mention is absent. */
export interface GivenUrlSettings {
  readonly cors?: GivenCors | null
  readonly invokeMode?: InvokeMode
}

const FUNCTION_NAME = String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?`
const QUALIFIER = String.raw`((?!^\d+$)^[0-9a-zA-Z-_]+$)`

/** Checks who is meant: URLs are of functions and aliases, never of versions, and `$LATEST` has no other name. */
export const urlTargetViolations = ({ FunctionName, Qualifier }: UrlInput): errors.Violation[] => [
  ...longest('functionName', FunctionName, 140),
  ...(FunctionName.includes('.') && !FunctionName.includes('$')
    ? [{ value: FunctionName, path: 'functionName', constraint: regularExpression(FUNCTION_NAME) }]
    : []),
  ...matching('qualifier', Qualifier, QUALIFIER, /^(?!\d+$)[0-9a-zA-Z\-_]+$/),
]

/** Checks what a request says of a URL, member by member. */
export function readUrlSettings(input: UrlSettingsInput, isNew: boolean): GivenUrlSettings {
  typed('AuthType', input.AuthType, 'string')
  typed('InvokeMode', input.InvokeMode, 'string')
  typed('Cors', input.Cors, 'object')
  const { Cors: cors } = input
  checkCorsTypes(cors ?? {})
  refuse(
    isNew ? required('authType', input.AuthType) : [],
    oneOf('authType', input.AuthType ?? undefined, ['NONE', 'AWS_IAM']),
    oneOf('invokeMode', input.InvokeMode ?? undefined, ['BUFFERED', 'RESPONSE_STREAM']),
    corsViolations(cors ?? {}),
    urlTargetViolations(input),
  )
  refuseSignatures(input.AuthType)
  return {
    ...(cors && { cors: onlyKnown(cors) }),
    ...(input.InvokeMode && { invokeMode: input.InvokeMode as InvokeMode }),
  }
}

/** Nobody here can check a signature: secret keys are any text. A URL that anybody may call must not look protected. */
function refuseSignatures(authType: string | null | undefined): void {
  if (authType === 'AWS_IAM')
    throw errors.invalidParameterValue(
      'AuthType AWS_IAM is not supported here: signatures are not checked. Use NONE.',
    )
}

const LISTS = [
  { member: 'AllowHeaders', most: 100, longest: 1_024 },
  { member: 'AllowMethods', most: 6, longest: 6 },
  { member: 'AllowOrigins', most: 100, longest: 253 },
  { member: 'ExposeHeaders', most: 100, longest: 1_024 },
] as const

function checkCorsTypes(cors: GivenCors): void {
  typed('AllowCredentials', cors.AllowCredentials, 'boolean')
  typed('MaxAge', cors.MaxAge, 'integer')
  for (const { member } of LISTS) typedList(member, cors[member], 'string')
}

const corsViolations = (cors: GivenCors): errors.Violation[] => [
  ...LISTS.flatMap(({ member, ...limits }) => listViolations(member, cors[member] ?? [], limits)),
  ...within('cors.maxAge', cors.MaxAge ?? undefined, 0, 86_400),
]

function listViolations(
  member: string,
  words: readonly string[],
  limits: { readonly most: number; readonly longest: number },
): errors.Violation[] {
  const path = `cors.${member.charAt(0).toLowerCase()}${member.slice(1)}`
  const value = `[${words.join(', ')}]`
  const atMost = (limit: number): string => `Member must have length less than or equal to ${limit}`
  return [
    ...(words.length > limits.most ? [{ value, path, constraint: atMost(limits.most) }] : []),
    ...(words.some((word) => word.length > limits.longest)
      ? [{ value, path, constraint: `Member must satisfy constraint: [${atMost(limits.longest)}]` }]
      : []),
  ]
}

/** In AWS's order, without what was not given. */
const onlyKnown = (cors: GivenCors): GivenCors => ({
  ...(typeof cors.AllowCredentials === 'boolean' && { AllowCredentials: cors.AllowCredentials }),
  ...(cors.AllowHeaders && { AllowHeaders: cors.AllowHeaders }),
  ...(cors.AllowMethods && { AllowMethods: cors.AllowMethods }),
  ...(cors.AllowOrigins && { AllowOrigins: cors.AllowOrigins }),
  ...(cors.ExposeHeaders && { ExposeHeaders: cors.ExposeHeaders }),
  ...(typeof cors.MaxAge === 'number' && { MaxAge: cors.MaxAge }),
})
