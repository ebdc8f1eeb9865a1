import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import type FindMyWay from 'find-my-way'
import type { RestRoute } from '../protocol/restJsonProtocol.ts'
import type { Service } from '../service.ts'
import { signedService } from './credential.ts'
import { restXmlHeadOf } from './restXmlHead.ts'
import { pathOf, queryStringOf } from './url.ts'

/** An import of CommonJS would load Node's parser of it, some 5 MiB; so packages of that kind are required. */
const findMyWay = createRequire(import.meta.url)('find-my-way') as typeof FindMyWay

/** What a request asks for, as far as its head tells. */
export type Dispatch =
  | { readonly kind: 'json'; readonly service: Service; readonly operation: string }
  | { readonly kind: 'rest'; readonly service: Service; readonly match: RestMatch }
  | { readonly kind: 'restXml'; readonly service: Service }
  /** The action is in the form; `service` is known from the signature, or by the action's version. */
  | { readonly kind: 'query'; readonly service: Service | undefined }
  | { readonly kind: 'noRoute'; readonly service: Service }
  | { readonly kind: 'unknownService'; readonly name: string | undefined }

export interface RestMatch {
  readonly operation: string
  /** Absent when the operation is not built. */
  readonly route: RestRoute | undefined
  readonly labels: Readonly<Record<string, string | undefined>>
}

export interface Dispatcher {
  ofHead(request: IncomingMessage): Dispatch
  /** The service of a form that names only `Action` and `Version`. */
  ofForm(form: URLSearchParams): Service | undefined
}

interface RouteEntry {
  readonly service: Service
  readonly operation: string
  readonly route: RestRoute | undefined
  /** Routes of the same method and path that the query string tells from this one. */
  readonly variants?: RouteEntry[]
}

/**
 * Finds out whom a request is for: by `X-Amz-Target`, then by the service it was signed for, then by its host, its
 * path, or `Action=`.
 */
export function createDispatcher(services: readonly Service[]): Dispatcher {
  const byTarget = new Map(
    services.flatMap((service) => (service.json ? [[service.json.target, service]] : [])),
  )
  const byName = new Map(services.map((service) => [service.name, service]))
  const xmlService = services.find((service) => service.restXml)
  const queryServices = services.filter((service) => service.query)
  const findRoute = createRouter(services)

  function ofHead(request: IncomingMessage): Dispatch {
    const target = request.headers['x-amz-target']
    if (typeof target === 'string') {
      const dot = target.lastIndexOf('.')
      const service = byTarget.get(target.slice(0, dot))
      if (!service) return { kind: 'unknownService', name: target.slice(0, dot) }
      return { kind: 'json', service, operation: target.slice(dot + 1) }
    }
    const name = signedService(request)
    if (name !== undefined) {
      const service = byName.get(name)
      if (!service) return { kind: 'unknownService', name }
      if (service.restXml) return { kind: 'restXml', service }
      if (!service.rest) return { kind: 'query', service }
      const match = findRoute(request)
      return match?.service === service ? rest(match) : { kind: 'noRoute', service }
    }
    // A path that is an operation's is meant: curl calls everything that it posts a form.
    const match = findRoute(request)
    if (match) return rest(match)
    const isPosted = request.method === 'POST' || request.method === 'GET'
    if (isPosted && isForm(request)) return { kind: 'query', service: undefined }
    const meant = xmlService?.restXml?.isMeant(restXmlHeadOf(request))
    if (xmlService && meant) return { kind: 'restXml', service: xmlService }
    return isForm(request)
      ? { kind: 'query', service: undefined }
      : { kind: 'unknownService', name: undefined }
  }

  function ofForm(form: URLSearchParams): Service | undefined {
    const version = form.get('Version')
    const action = form.get('Action') ?? ''
    return (
      queryServices.find((service) => service.query?.version === version) ??
      queryServices.find((service) => Object.hasOwn(service.operations, action))
    )
  }

  return { ofHead, ofForm }
}

type FoundRoute = RouteEntry & Pick<RestMatch, 'labels'>

const rest = ({ service, operation, route, labels }: FoundRoute): Dispatch => ({
  kind: 'rest',
  service,
  match: { operation, route, labels },
})

const isForm = (request: IncomingMessage): boolean =>
  request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true ||
  /[?&]Action=/.test(request.url ?? '')

function createRouter(services: readonly Service[]): (request: IncomingMessage) => FoundRoute | undefined {
  const router = findMyWay({ ignoreTrailingSlash: true, maxParamLength: 4_096 })
  const add = (method: string, path: string, entry: RouteEntry): void => {
    router.on(method as FindMyWay.HTTPMethod, path, ignore, entry)
  }
  for (const service of services) {
    const routes = service.rest?.routes ?? []
    for (const route of routes.filter(({ when }) => !when)) {
      const variants = routes
        .filter(({ when, method, path }) => when && method === route.method && path === route.path)
        .map((variant) => ({ service, operation: variant.operation, route: variant }))
      const entry = { service, operation: route.operation, route }
      add(route.method, route.path, variants.length > 0 ? { ...entry, variants } : entry)
    }
    for (const { operation, method, path } of service.rest?.notBuilt ?? [])
      add(method, path, { service, operation, route: undefined })
  }
  const find = (method: string, path: string): FoundRoute | undefined => {
    const found = router.find(method as FindMyWay.HTTPMethod, path)
    // A path that cannot be percent-decoded comes back as a handler without a store.
    return found?.store ? { ...(found.store as RouteEntry), labels: found.params } : undefined
  }

  // The same few functions are invoked over and over: remembering their paths is cheaper than parsing them again.
  const known = new Map<string, FoundRoute>()
  return (request) => {
    const method = request.method ?? 'GET'
    const path = pathOf(request.url ?? '/')
    const key = `${method} ${path}`
    const remembered = known.get(key)
    if (remembered) return variantOf(remembered, request)
    const found = find(method, path)
    if (found && key.length <= longestKnownPath) {
      if (known.size >= mostKnownPaths) known.clear()
      known.set(key, found)
    }
    return found && variantOf(found, request)
  }
}

function variantOf(found: FoundRoute, request: IncomingMessage): FoundRoute {
  if (!found.variants) return found
  const query = new URLSearchParams(queryStringOf(request.url ?? ''))
  const isMeant = ({ route }: RouteEntry): boolean =>
    Object.entries(route?.when ?? {}).every(([name, value]) => query.get(name) === value)
  const variant = found.variants.find(isMeant)
  return variant ? { ...variant, labels: found.labels } : found
}

const mostKnownPaths = 1_000
const longestKnownPath = 512

const ignore = (): void => {}
