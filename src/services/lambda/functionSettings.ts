import type { JsonObject } from '../../system/index.ts'
import { longest, matching, oneOf, refuse, required, typed, typedList, within } from './constraints.ts'
import * as errors from './errors.ts'
import type { Violation } from './errors.ts'

/** The settings of a function that the API makes, with every default filled in. Plain data: kept as it is. */
export type FunctionSettings = JsonObject & {
  readonly description: string
  readonly role: string
  readonly runtime: string
  readonly handler: string
  readonly timeoutSeconds: number
  readonly memoryMegabytes: number
  /** `null`: nothing was ever set. */
  readonly environment: { readonly [name: string]: string } | null
  readonly deadLetterArn: string | null
  readonly isTraced: boolean
  readonly logging: {
    readonly format: 'Text' | 'JSON'
    readonly applicationLevel: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL'
    readonly systemLevel: 'DEBUG' | 'INFO' | 'WARN'
    readonly group: string
  }
  /** ARNs of layer versions. */
  readonly layers: readonly string[]
  readonly architectures: readonly string[]
  readonly ephemeralStorageMegabytes: number
}

/** What `CreateFunction` and `UpdateFunctionConfiguration` take of settings. */
export interface SettingsInput {
  readonly Description?: string | null
  readonly Role?: string | null
  readonly Runtime?: string | null
  readonly Handler?: string | null
  readonly Timeout?: number | null
  readonly MemorySize?: number | null
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> | null } | null
  readonly DeadLetterConfig?: { readonly TargetArn?: string | null } | null
  readonly TracingConfig?: { readonly Mode?: string | null } | null
  readonly LoggingConfig?: LoggingInput | null
  readonly Layers?: readonly string[] | null
  readonly Architectures?: readonly string[] | null
  readonly EphemeralStorage?: { readonly Size?: number | null } | null
  readonly SnapStart?: { readonly ApplyOn?: string | null } | null
  readonly [other: string]: unknown
}

interface LoggingInput {
  readonly LogFormat?: string | null
  readonly ApplicationLogLevel?: string | null
  readonly SystemLogLevel?: string | null
  readonly LogGroup?: string | null
}

const ROLE_TEXT = String.raw`arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+`
const ROLE = /^arn:(?:aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-/]+$/
const DEAD_LETTER_TEXT = String.raw`(arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}(-gov)?-[a-z]+-\d{1})?:(\d{12})?:(.*))|()`
const DEAD_LETTER =
  /^(?:arn:aws[a-zA-Z0-9-]*:[a-zA-Z0-9-]+:(?:[a-z]{2}(?:-gov)?-[a-z]+-\d)?:(?:\d{12})?:.*)?$/
const HANDLER_TEXT = String.raw`[^\s]+`
const VARIABLE_TEXT = '[a-zA-Z]([a-zA-Z0-9_])+'
const GROUP_TEXT = String.raw`[\.\-_/#A-Za-z0-9]+`
const RUNTIMES = [
  'nodejs18.x',
  'nodejs20.x',
  'nodejs22.x',
  'nodejs24.x',
  'python3.8',
  'python3.9',
  'python3.10',
  'python3.11',
  'python3.12',
  'python3.13',
  'python3.14',
  'java8.al2',
  'java11',
  'java17',
  'java21',
  'java25',
  'dotnet6',
  'dotnet8',
  'dotnet10',
  'ruby3.2',
  'ruby3.3',
  'ruby3.4',
  'provided.al2',
  'provided.al2023',
]
/** Newer ones than are known here are run by the rules of the newest that is. */
const NEWER_RUNTIME = /^(nodejs[1-9]\d\.x|python3\.\d+|ruby\d\.\d+|java\d+(\.al\d+)?|dotnet\d+|provided)$/
const APPLICATION_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const
const SYSTEM_LEVELS = ['DEBUG', 'INFO', 'WARN'] as const
const MOST_LAYERS = 5
const MOST_ENVIRONMENT_BYTES = 4096

const RESERVED =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_DEFAULT_REGION|AWS_REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_(FUNCTION_|METADATA_).*|AWS_LAMBDA_LOG_.*|AWS_LAMBDA_INITIALIZATION_TYPE|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|AWS_LAMBDA_RUNTIME_API|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR|AWS_LAMBDA_MAX_CONCURRENCY)$/

/** What there is before anything is said of a new function; AWS's defaults. */
export const newSettings = (name: string): FunctionSettings => ({
  description: '',
  role: '',
  runtime: '',
  handler: '',
  timeoutSeconds: 3,
  memoryMegabytes: 128,
  environment: null,
  deadLetterArn: null,
  isTraced: false,
  logging: {
    format: 'Text',
    applicationLevel: 'INFO',
    systemLevel: 'INFO',
    group: `/aws/lambda/${name}`,
  },
  layers: [],
  architectures: [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
  ephemeralStorageMegabytes: 512,
})

/** Settings as they are once `input` was said; throws AWS's errors for what cannot be. */
export function withInput(before: FunctionSettings, input: SettingsInput): FunctionSettings {
  checkTypes(input)
  refuse(
    longest('description', input.Description ?? undefined, 256),
    matching('role', input.Role ?? undefined, ROLE_TEXT, ROLE),
    runtimeViolations(input.Runtime ?? undefined),
    longest('handler', input.Handler ?? undefined, 128),
    matching('handler', input.Handler ?? undefined, HANDLER_TEXT, /^\S+$/),
    within('timeout', input.Timeout ?? undefined, 1, 900),
    within('memorySize', input.MemorySize ?? undefined, 128, 10_240),
    environmentViolations(input),
    matching(
      'deadLetterConfig.targetArn',
      input.DeadLetterConfig?.TargetArn ?? undefined,
      DEAD_LETTER_TEXT,
      DEAD_LETTER,
    ),
    oneOf('tracingConfig.mode', input.TracingConfig?.Mode ?? undefined, ['Active', 'PassThrough']),
    loggingViolations(input.LoggingConfig ?? {}),
    architectureViolations(input.Architectures ?? []),
    input.EphemeralStorage ? ephemeralViolations(input.EphemeralStorage.Size) : [],
    oneOf('snapStart.applyOn', input.SnapStart?.ApplyOn ?? undefined, ['PublishedVersions', 'None']),
  )
  refuseUnsupported(input)
  checkDeadLetter(input.DeadLetterConfig?.TargetArn)
  const environment = input.Environment == null ? before.environment : (input.Environment.Variables ?? {})
  checkEnvironment(environment ?? {})
  checkLayers(input.Layers ?? [])
  return {
    description: input.Description ?? before.description,
    role: input.Role ?? before.role,
    runtime: input.Runtime ?? before.runtime,
    handler: input.Handler ?? before.handler,
    timeoutSeconds: input.Timeout ?? before.timeoutSeconds,
    memoryMegabytes: input.MemorySize ?? before.memoryMegabytes,
    environment,
    deadLetterArn: input.DeadLetterConfig ? input.DeadLetterConfig.TargetArn || null : before.deadLetterArn,
    isTraced: input.TracingConfig?.Mode == null ? before.isTraced : input.TracingConfig.Mode === 'Active',
    logging: loggingWith(before.logging, input.LoggingConfig ?? {}),
    layers: input.Layers ?? before.layers,
    architectures: input.Architectures?.length ? input.Architectures : before.architectures,
    ephemeralStorageMegabytes: input.EphemeralStorage?.Size ?? before.ephemeralStorageMegabytes,
  }
}

function checkTypes(input: SettingsInput): void {
  for (const member of ['Description', 'Role', 'Runtime', 'Handler'] as const)
    typed(member, input[member], 'string')
  for (const member of ['Timeout', 'MemorySize'] as const) typed(member, input[member], 'integer')
  for (const member of [
    'Environment',
    'DeadLetterConfig',
    'TracingConfig',
    'LoggingConfig',
    'EphemeralStorage',
  ] as const)
    typed(member, input[member], 'object')
  typed('Environment.Variables', input.Environment?.Variables, 'object')
  for (const [name, value] of Object.entries(input.Environment?.Variables ?? {}))
    if (typeof value !== 'string')
      throw errors.unreadableMember(`Environment.Variables.${name}`, value, 'string')
  typed('DeadLetterConfig.TargetArn', input.DeadLetterConfig?.TargetArn, 'string')
  typed('TracingConfig.Mode', input.TracingConfig?.Mode, 'string')
  for (const member of ['LogFormat', 'ApplicationLogLevel', 'SystemLogLevel', 'LogGroup'] as const)
    typed(`LoggingConfig.${member}`, input.LoggingConfig?.[member], 'string')
  typedList('Layers', input.Layers, 'string')
  typedList('Architectures', input.Architectures, 'string')
  typed('EphemeralStorage.Size', input.EphemeralStorage?.Size, 'integer')
  typed('SnapStart', input.SnapStart, 'object')
  typed('SnapStart.ApplyOn', input.SnapStart?.ApplyOn, 'string')
}

const runtimeViolations = (runtime: string | undefined): Violation[] =>
  runtime !== undefined && NEWER_RUNTIME.test(runtime) ? [] : oneOf('runtime', runtime, RUNTIMES)

const ephemeralViolations = (size: number | null | undefined): Violation[] => [
  ...required('ephemeralStorage.size', size),
  ...within('ephemeralStorage.size', size ?? undefined, 512, 10_240),
]

function architectureViolations(architectures: readonly string[]): Violation[] {
  const value = `[${architectures.join(', ')}]`
  const violation = (constraint: string): Violation => ({ value, path: 'architectures', constraint })
  if (architectures.length > 1) return [violation('Member must have length less than or equal to 1')]
  const areKnown = architectures.every((one) => one === 'x86_64' || one === 'arm64')
  return areKnown
    ? []
    : [violation('Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64]]')]
}

function loggingViolations(logging: LoggingInput): Violation[] {
  return [
    ...oneOf('loggingConfig.logFormat', logging.LogFormat ?? undefined, ['JSON', 'Text']),
    ...oneOf(
      'loggingConfig.applicationLogLevel',
      logging.ApplicationLogLevel ?? undefined,
      APPLICATION_LEVELS,
    ),
    ...oneOf('loggingConfig.systemLogLevel', logging.SystemLogLevel ?? undefined, SYSTEM_LEVELS),
    ...matching('loggingConfig.logGroup', logging.LogGroup ?? undefined, GROUP_TEXT, /^[.\-_/#A-Za-z0-9]+$/),
  ]
}

function loggingWith(before: FunctionSettings['logging'], input: LoggingInput): FunctionSettings['logging'] {
  const format = (input.LogFormat ?? before.format) as 'Text' | 'JSON'
  if (format === 'Text' && (input.ApplicationLogLevel != null || input.SystemLogLevel != null))
    throw errors.invalidParameterValue(
      'The application and system log level fields are not supported when the log format is TEXT.',
    )
  return {
    format,
    applicationLevel: (input.ApplicationLogLevel ??
      before.applicationLevel) as FunctionSettings['logging']['applicationLevel'],
    systemLevel: (input.SystemLogLevel ?? before.systemLevel) as FunctionSettings['logging']['systemLevel'],
    group: input.LogGroup ?? before.group,
  }
}

function environmentViolations({ Environment }: SettingsInput): Violation[] {
  const names = Object.keys(Environment?.Variables ?? {})
  if (names.every((name) => /^[a-zA-Z][a-zA-Z0-9_]+$/.test(name))) return []
  return [
    {
      value: `{${names.map((name) => `${name}=****`).join(', ')}}`,
      path: 'environment.variables',
      constraint: `Map keys must satisfy constraint: [Member must satisfy regular expression pattern: ${VARIABLE_TEXT}]`,
    },
  ]
}

function checkEnvironment(variables: Readonly<Record<string, string>>): void {
  const reserved = Object.keys(variables).filter((name) => RESERVED.test(name))
  if (reserved.length > 0)
    throw errors.invalidParameterValue(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    )
  const text = JSON.stringify(variables)
  if (Buffer.byteLength(text) > MOST_ENVIRONMENT_BYTES)
    throw errors.invalidParameterValue(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${text}`,
    )
}

/** AWS's own words for this are not recorded. */
function checkDeadLetter(arn: string | null | undefined): void {
  if (!arn || /^arn:aws[a-zA-Z0-9-]*:(?:sqs|sns):/.test(arn)) return
  throw errors.invalidParameterValue(
    `The dead-letter target ${arn} is invalid: it is neither an SQS queue nor an SNS topic.`,
  )
}

function checkLayers(layers: readonly string[]): void {
  if (layers.length > MOST_LAYERS)
    throw errors.invalidParameterValue(`Cannot reference more than ${MOST_LAYERS} layers.`)
}

/** Settings without an effect here; `true` where a value asks for nothing. */
const UNSUPPORTED: Readonly<Record<string, (value: unknown) => boolean>> = {
  VpcConfig: (value) => isEmptyObject(value) || !hasItems(value, 'SubnetIds', 'SecurityGroupIds'),
  FileSystemConfigs: (value) => Array.isArray(value) && value.length === 0,
  KMSKeyArn: (value) => value === '',
  SnapStart: (value) => (value as { ApplyOn?: unknown }).ApplyOn !== 'PublishedVersions',
  ImageConfig: isEmptyObject,
  DurableConfig: isEmptyObject,
  TenancyConfig: isEmptyObject,
  CapacityProviderConfig: isEmptyObject,
  CodeSigningConfigArn: (value) => value === '',
  PublishTo: () => false,
}

function refuseUnsupported(input: SettingsInput): void {
  for (const [member, asksForNothing] of Object.entries(UNSUPPORTED)) {
    const value = input[member]
    if (value === undefined || value === null || asksForNothing(value)) continue
    throw errors.invalidParameterValue(`${member} is not supported here: it would have no effect.`)
  }
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

const hasItems = (value: unknown, ...members: string[]): boolean =>
  members.some((member) => {
    const list = (value as Record<string, unknown>)[member]
    return Array.isArray(list) && list.length > 0
  })
