import type { Clock } from '../../system/index.ts'
import type { Operation, RequestContext } from '../operation.ts'
import type { FunctionDescription, LambdaBackend } from './backend.ts'
import { longest, matching, refuse, typed, within } from './constraints.ts'
import * as errors from './errors.ts'
import { type FunctionReference, readFunctionName } from './functionName.ts'
import { type PageInput, pageOf, pageViolations } from './page.ts'
import {
  type EventInvokeConfig,
  type FunctionRegistry,
  type KeptEventInvokeConfig,
  LATEST,
} from './registry.ts'

interface Input {
  readonly FunctionName: string
  readonly Qualifier?: string
}

interface ConfigInput extends Input {
  readonly MaximumRetryAttempts?: number | null
  readonly MaximumEventAgeInSeconds?: number | null
  readonly DestinationConfig?: {
    readonly OnSuccess?: { readonly Destination?: string | null } | null
    readonly OnFailure?: { readonly Destination?: string | null } | null
  } | null
}

const LARGEST_PAGE = 50
const LONGEST_ARN = 350
const DESTINATION_PATTERN = String.raw`$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)`
const destinationPattern =
  /^(?:|kafka:\/\/[^.][a-zA-Z0-9\-_.]{0,248}|arn:aws[a-zA-Z0-9-]*:[a-zA-Z0-9-]+:(?:[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d)?:(?:\d{12})?:.*)$/

/** The operations on `FunctionEventInvokeConfig`: how asynchronous invocations by one qualifier are handled. */
export function createEventInvokeConfigOperations(
  backend: LambdaBackend,
  registry: FunctionRegistry,
  clock: Clock,
) {
  function find({ FunctionName, Qualifier }: Input, context: RequestContext) {
    const reference = readFunctionName(FunctionName, Qualifier, context)
    const qualifier = reference.qualifier ?? LATEST
    const about = backend.describe(reference.name)
    const exists = about !== undefined && registry.hasQualifier(reference.name, qualifier)
    return { reference, qualifier, about: exists ? about : undefined }
  }

  const keptOf = (about: FunctionDescription, qualifier: string): KeptEventInvokeConfig | undefined =>
    registry.eventInvokeConfig(about.name, qualifier, declaredFor(about, qualifier))

  /** The config of a function, version or alias that has one. */
  function existing(input: Input, context: RequestContext) {
    const { reference, qualifier, about } = find(input, context)
    const kept = about && keptOf(about, qualifier)
    if (!kept) throw errors.noEventInvokeConfig(`${reference.arn}:${qualifier}`)
    return { reference, qualifier, about, kept }
  }

  function checkDestinations(config: EventInvokeConfig, reference: FunctionReference): void {
    const { onSuccess, onFailure } = config
    const isAllowed = (arn: string | undefined, services: readonly string[]): boolean =>
      arn === undefined || services.includes(arn.split(':')[2] ?? '')
    if (!isAllowed(onSuccess, ON_SUCCESS) || !isAllowed(onFailure, ON_FAILURE))
      throw errors.invalidDestinations(onSuccess, onFailure)
    for (const arn of [onSuccess, onFailure]) {
      if (arn?.split(':')[2] !== 'lambda') continue
      const [, , , , , , name = '', qualifier = LATEST] = arn.split(':')
      const isHere = arn.startsWith(reference.arn.slice(0, -reference.name.length))
      if (isHere && name === reference.name) throw errors.ownDestination()
      if (!isHere || !backend.describe(name) || !registry.hasQualifier(name, qualifier))
        throw errors.invalidDestination(arn)
    }
  }

  async function keep(
    {
      reference,
      qualifier,
      about,
    }: { reference: FunctionReference; qualifier: string; about: FunctionDescription },
    config: EventInvokeConfig,
  ): Promise<object> {
    checkDestinations(config, reference)
    const kept = { config, modifiedMs: clock.now() }
    await registry.keepEventInvokeConfig(about.name, qualifier, kept, declaredFor(about, qualifier))
    return shown(reference.arn, qualifier, kept, about)
  }

  const put: Operation<ConfigInput> = (input, context) => {
    const given = readConfig(input)
    const { reference, qualifier, about } = find(input, context)
    if (!about) throw errors.resourceNotFound("The function doesn't exist.")
    return keep({ reference, qualifier, about }, withoutEmpty(given))
  }

  const update: Operation<ConfigInput> = (input, context) => {
    const given = readConfig(input)
    const found = existing(input, context)
    return keep(found, withoutEmpty({ ...found.kept.config, ...given }))
  }

  const get: Operation<Input> = (input, context) => {
    const { reference, qualifier, about, kept } = existing(input, context)
    return shown(reference.arn, qualifier, kept, about)
  }

  const remove: Operation<Input> = async (input, context) => {
    const { qualifier, about } = existing(input, context)
    const nothing = { config: null, modifiedMs: clock.now() }
    await registry.keepEventInvokeConfig(about.name, qualifier, nothing, declaredFor(about, qualifier))
    return {}
  }

  const list: Operation<Input & PageInput> = (input, context) => {
    refuse(pageViolations(input, LARGEST_PAGE))
    const { reference, about } = find({ FunctionName: input.FunctionName }, context)
    if (!about) throw errors.resourceNotFound("The function doesn't exist.")
    const qualifiers = [...new Set([LATEST, ...registry.configuredQualifiers(about.name)])].sort()
    const configs = qualifiers.flatMap((qualifier) => {
      const kept = keptOf(about, qualifier)
      return kept ? [{ qualifier, kept }] : []
    })
    const { items, next } = pageOf(configs, ({ qualifier }) => qualifier, input, LARGEST_PAGE)
    return {
      FunctionEventInvokeConfigs: items.map(({ qualifier, kept }) =>
        shown(reference.arn, qualifier, kept, about),
      ),
      ...next,
    }
  }

  return {
    PutFunctionEventInvokeConfig: put,
    UpdateFunctionEventInvokeConfig: update,
    GetFunctionEventInvokeConfig: get,
    DeleteFunctionEventInvokeConfig: remove,
    ListFunctionEventInvokeConfigs: list,
  }
}

const ON_SUCCESS = ['sqs', 'sns', 'lambda', 'events']
const ON_FAILURE = [...ON_SUCCESS, 's3']

/** `lambda.yml` speaks of `$LATEST` only. */
const declaredFor = (about: FunctionDescription, qualifier: string): EventInvokeConfig | null =>
  qualifier === LATEST ? about.declared.eventInvokeConfig : null

/** What a request sets; an empty destination is kept, for it takes away the one that was there. */
function readConfig(input: ConfigInput): EventInvokeConfig {
  const { MaximumRetryAttempts: attempts, MaximumEventAgeInSeconds: age, DestinationConfig: to } = input
  typed('MaximumRetryAttempts', attempts, 'integer')
  typed('MaximumEventAgeInSeconds', age, 'integer')
  typed('DestinationConfig', to, 'object')
  typed('OnSuccess', to?.OnSuccess, 'object')
  typed('OnFailure', to?.OnFailure, 'object')
  const onSuccess = to?.OnSuccess?.Destination ?? undefined
  const onFailure = to?.OnFailure?.Destination ?? undefined
  typed('Destination', onSuccess, 'string')
  typed('Destination', onFailure, 'string')
  const arn = (path: string, value: string | undefined): errors.Violation[] => [
    ...longest(path, value, LONGEST_ARN),
    ...matching(path, value, DESTINATION_PATTERN, destinationPattern),
  ]
  refuse(
    within('maximumRetryAttempts', attempts ?? undefined, 0, 2),
    within('maximumEventAgeInSeconds', age ?? undefined, 60, 21_600),
    arn('destinationConfig.onSuccess.destination', onSuccess),
    arn('destinationConfig.onFailure.destination', onFailure),
  )
  if ([attempts, age, to].every((one) => one === undefined || one === null))
    throw errors.invalidParameterValue(
      'You must specify at least one of error handling or destination setting.',
    )
  return {
    ...(attempts !== undefined && attempts !== null && { maximumRetryAttempts: attempts }),
    ...(age !== undefined && age !== null && { maximumEventAgeSeconds: age }),
    ...(to?.OnSuccess && { onSuccess: onSuccess ?? '' }),
    ...(to?.OnFailure && { onFailure: onFailure ?? '' }),
  }
}

function withoutEmpty({ onSuccess, onFailure, ...rest }: EventInvokeConfig): EventInvokeConfig {
  return { ...rest, ...(onSuccess && { onSuccess }), ...(onFailure && { onFailure }) }
}

/** Destinations that are not set are empty objects, numbers that are not set are absent; the ARN has a qualifier always. */
const shown = (
  arn: string,
  qualifier: string,
  { config, modifiedMs }: KeptEventInvokeConfig,
  about: FunctionDescription,
): object => ({
  LastModified: (modifiedMs || about.lastModifiedMs) / 1_000,
  FunctionArn: `${arn}:${qualifier}`,
  ...(config.maximumRetryAttempts !== undefined && { MaximumRetryAttempts: config.maximumRetryAttempts }),
  ...(config.maximumEventAgeSeconds !== undefined && {
    MaximumEventAgeInSeconds: config.maximumEventAgeSeconds,
  }),
  DestinationConfig: {
    OnSuccess: config.onSuccess === undefined ? {} : { Destination: config.onSuccess },
    OnFailure: config.onFailure === undefined ? {} : { Destination: config.onFailure },
  },
})
