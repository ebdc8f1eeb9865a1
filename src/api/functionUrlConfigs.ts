import { type FunctionUrl, type UrlCors, urlIdOf } from '../services/functionUrl/index.ts'
import type { FunctionRegistry, UrlConfig } from '../services/lambda/index.ts'
import type { Trigger } from '../sources/index.ts'
import type { FunctionSpec } from '../spec/index.ts'

const LATEST = '$LATEST'

/** The function URL that `lambda.yml` gives to a function, as the Lambda API shows it; `null` without one. */
export const declaredUrlConfig = ({ url }: FunctionSpec): UrlConfig | null =>
  url && { invokeMode: url.invokeMode, cors: url.cors && shownCors(url.cors) }

/** Whether the function itself has a URL, by the file or by the API. */
export const hasOwnUrl = (one: FunctionSpec, registry: Pick<FunctionRegistry, 'urlConfig'>): boolean =>
  registry.urlConfig(one.name, LATEST, declaredUrlConfig(one)) !== undefined

/** All URLs there are: those of `lambda.yml` and those that the Lambda API was told of, at functions and at aliases. */
export function functionUrlsOf(
  functions: readonly FunctionSpec[],
  registry: Pick<FunctionRegistry, 'urlConfig' | 'urlQualifiers' | 'hasQualifier'>,
): FunctionUrl[] {
  return functions.flatMap((one) => {
    const qualifiers = new Set([LATEST, ...registry.urlQualifiers(one.name)])
    return [...qualifiers].flatMap((qualifier) => {
      const declared = qualifier === LATEST ? declaredUrlConfig(one) : null
      const kept = registry.urlConfig(one.name, qualifier, declared)
      return kept && registry.hasQualifier(one.name, qualifier)
        ? [urlOf(one, qualifier === LATEST ? null : qualifier, kept.config)]
        : []
    })
  })
}

/** What makes each URL's requests invoke its function. */
export const urlTriggersOf = (urls: readonly FunctionUrl[]): Trigger[] =>
  urls.map(({ functionName, alias }) => ({
    id: `${functionName}${alias === null ? '' : `:${alias}`}/functionUrl`,
    functionName,
    ...(alias !== null && { qualifier: alias }),
    source: 'functionUrl',
    config: {},
  }))

const urlOf = (one: FunctionSpec, alias: string | null, { cors, invokeMode }: UrlConfig): FunctionUrl => ({
  functionName: one.name,
  alias,
  urlId: urlIdOf(alias === null ? one.arn : `${one.arn}:${alias}`),
  invokeMode,
  cors: cors && readCors(cors),
})

type ShownCors = NonNullable<UrlConfig['cors']>

/** Only what is set, as with a URL that the API made. */
const shownCors = (cors: UrlCors): ShownCors => ({
  ...(cors.allowCredentials && { AllowCredentials: true }),
  ...(cors.allowHeaders.length > 0 && { AllowHeaders: cors.allowHeaders }),
  ...(cors.allowMethods.length > 0 && { AllowMethods: cors.allowMethods }),
  ...(cors.allowOrigins.length > 0 && { AllowOrigins: cors.allowOrigins }),
  ...(cors.exposeHeaders.length > 0 && { ExposeHeaders: cors.exposeHeaders }),
  ...(cors.maxAgeSeconds > 0 && { MaxAge: cors.maxAgeSeconds }),
})

const readCors = (cors: ShownCors): UrlCors => ({
  allowCredentials: cors.AllowCredentials ?? false,
  allowHeaders: cors.AllowHeaders ?? [],
  allowMethods: cors.AllowMethods ?? [],
  allowOrigins: cors.AllowOrigins ?? [],
  exposeHeaders: cors.ExposeHeaders ?? [],
  maxAgeSeconds: cors.MaxAge ?? 0,
})
