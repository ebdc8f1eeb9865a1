import type { Clock } from '../../system/index.ts'
import type { Operation, RequestContext } from '../operation.ts'
import type { KeptUrlConfig, UrlConfig } from './accessRegistry.ts'
import type { FunctionDescription, LambdaBackend } from './backend.ts'
import { timestamp } from './configuration.ts'
import { refuse } from './constraints.ts'
import * as errors from './errors.ts'
import { readFunctionName } from './functionName.ts'
import {
  readUrlSettings,
  type UrlInput,
  type UrlSettingsInput,
  urlTargetViolations,
} from './functionUrlInput.ts'
import { type PageInput, pageOf, pageViolations } from './page.ts'
import { type FunctionRegistry, LATEST } from './registry.ts'
import { createTurns } from './turns.ts'

/** Whose URL is meant; the function need not be there. */
interface Target {
  readonly name: string
  readonly qualifier: string
  /** With the alias, if one was named. */
  readonly arn: string
  readonly about: FunctionDescription | undefined
  readonly kept: KeptUrlConfig | undefined
}

/** The operations on function URLs: HTTP addresses of a function or an alias, which answer from the moment they exist. */
export function createUrlConfigOperations(backend: LambdaBackend, registry: FunctionRegistry, clock: Clock) {
  const inTurn = createTurns()

  function find(input: UrlInput, context: RequestContext): Target {
    refuse(urlTargetViolations(input))
    const reference = readFunctionName(input.FunctionName, input.Qualifier, context)
    const { name } = reference
    const qualifier = reference.qualifier ?? LATEST
    const arn = reference.qualifier === undefined ? reference.arn : `${reference.arn}:${qualifier}`
    const about = backend.describe(name)
    const kept = about && registry.urlConfig(name, qualifier, declaredFor(about, qualifier))
    return { name, qualifier, arn, about, kept }
  }

  /** Where a URL may be: at a function, or at an alias that it has. */
  function findPlace(input: UrlInput, context: RequestContext): Target & { about: FunctionDescription } {
    const target = find(input, context)
    const { about, name, qualifier } = target
    if (!about || !registry.hasQualifier(name, qualifier)) throw errors.functionDoesNotExist()
    return { ...target, about }
  }

  /** A URL that is there. */
  function existing(target: Target): Target & { kept: KeptUrlConfig; about: FunctionDescription } {
    const { about, kept } = target
    if (!about || !kept) throw errors.noSuchResource()
    return { ...target, about, kept }
  }

  const keep = (
    target: Omit<Target, 'kept'> & { about: FunctionDescription },
    kept: KeptUrlConfig | null,
  ): Promise<void> =>
    registry.keepUrlConfig(target.name, target.qualifier, kept, declaredFor(target.about, target.qualifier))

  async function createNow(input: UrlSettingsInput, context: RequestContext): Promise<object> {
    const given = readUrlSettings(input, true)
    const target = findPlace(input, context)
    if (target.kept)
      throw errors.resourceConflict(
        `Failed to create function url config for [functionArn = ${target.arn}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
      )
    const nowMs = clock.now()
    const config: UrlConfig = { invokeMode: given.invokeMode ?? 'BUFFERED', cors: given.cors ?? null }
    const kept = { config, createdMs: nowMs, modifiedMs: nowMs }
    await keep(target, kept)
    const { LastModifiedTime: _, ...shownNew } = shown(target, kept, context)
    return withModeAsGiven(shownNew, input)
  }

  async function updateNow(input: UrlSettingsInput, context: RequestContext): Promise<object> {
    const given = readUrlSettings(input, false)
    const { kept: before, ...target } = existing(findPlace(input, context))
    const kept = { ...before, config: { ...before.config, ...given }, modifiedMs: clock.now() }
    await keep(target, kept)
    return withModeAsGiven(shown(target, kept, context), input)
  }

  async function removeNow(input: UrlInput, context: RequestContext): Promise<object> {
    await keep(existing(find(input, context)), null)
    return {}
  }

  const get: Operation<UrlInput> = (input, context) => {
    const { kept, ...target } = existing(find(input, context))
    return shown(target, kept, context)
  }

  const list: Operation<UrlInput & PageInput> = (input, context) => {
    refuse(pageViolations(input, 50))
    const { about, name, arn } = find({ FunctionName: input.FunctionName }, context)
    if (!about) throw errors.functionDoesNotExist()
    const all = [...new Set([LATEST, ...registry.urlQualifiers(name)])].flatMap((qualifier) => {
      const kept = registry.urlConfig(name, qualifier, declaredFor(about, qualifier))
      const target = { name, qualifier, about, arn: qualifier === LATEST ? arn : `${arn}:${qualifier}` }
      return kept ? [{ qualifier, config: shown(target, kept, context) }] : []
    })
    const { items, next } = pageOf(all, ({ qualifier }) => qualifier, input, 50)
    return { FunctionUrlConfigs: items.map(({ config }) => config), ...next }
  }

  return {
    CreateFunctionUrlConfig: ((input, context) =>
      inTurn(() => createNow(input, context))) satisfies Operation<UrlSettingsInput>,
    GetFunctionUrlConfig: get,
    UpdateFunctionUrlConfig: ((input, context) =>
      inTurn(() => updateNow(input, context))) satisfies Operation<UrlSettingsInput>,
    DeleteFunctionUrlConfig: ((input, context) =>
      inTurn(() => removeNow(input, context))) satisfies Operation<UrlInput>,
    ListFunctionUrlConfigs: list,
  }
}

/** `lambda.yml` gives URLs to functions, not to aliases. */
const declaredFor = ({ declared }: FunctionDescription, qualifier: string): UrlConfig | null =>
  qualifier === LATEST ? (declared.functionUrl ?? null) : null

/** The path below which a URL's requests come; the alias stands after the name. */
const pathOf = ({ name, qualifier }: Pick<Target, 'name' | 'qualifier'>): string =>
  `/_url/${name}${qualifier === LATEST ? '' : `:${qualifier}`}/`

function shown(
  target: Pick<Target, 'name' | 'qualifier' | 'arn'> & { readonly about: FunctionDescription },
  { config, createdMs, modifiedMs }: KeptUrlConfig,
  { baseUrl }: RequestContext,
) {
  // A declared one is as old as the function.
  const time = (atMs: number): string => timestamp(atMs || target.about.lastModifiedMs)
  return {
    FunctionUrl: `${baseUrl}${pathOf(target)}`,
    FunctionArn: target.arn,
    AuthType: 'NONE',
    ...(config.cors && { Cors: config.cors }),
    CreationTime: time(createdMs),
    LastModifiedTime: time(modifiedMs),
    InvokeMode: config.invokeMode,
  }
}

/** Only the reading operations show the mode in any case. */
function withModeAsGiven({ InvokeMode: mode, ...rest }: { InvokeMode: string }, input: UrlSettingsInput) {
  return input.InvokeMode ? { ...rest, InvokeMode: mode } : rest
}
