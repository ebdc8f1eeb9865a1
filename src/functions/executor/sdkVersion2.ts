import Module from 'node:module'
import { sep } from 'node:path'

/** What of `aws-sdk` is used here. */
interface Sdk {
  readonly config: { update(settings: Record<string, unknown>, allowsUnknownKeys: boolean): void }
  readonly events: { on(event: 'afterBuild', listener: (request: SdkRequest) => void): void }
  readonly Endpoint: new (url: string) => object
}

interface SdkRequest {
  readonly service: { readonly serviceIdentifier: string }
  readonly httpRequest: {
    endpoint: { readonly hostname?: string }
    readonly headers: Record<string, string>
  }
}

const PACKAGE = /(?:^|[\\/])aws-sdk(?:[\\/]|$)/
const CORE = ['aws-sdk', 'lib', 'core.js'].join(sep)

/**
 * Version 2 of the SDK, which handlers may still bring, knows nothing of `AWS_ENDPOINT_URL`. Once it is loaded, by
 * `require` or by `import`, it is told.
 */
export function directSdkVersion2(): void {
  const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown }
  const load = loader._load
  const directed = new WeakSet<Sdk>()
  loader._load = function loadModule(this: unknown, request, ...rest) {
    const loaded = load.call(this, request, ...rest)
    if (PACKAGE.test(request)) {
      for (const sdk of loadedSdks()) {
        if (directed.has(sdk)) continue
        directed.add(sdk)
        direct(sdk)
      }
    }
    return loaded
  }
}

/** Whatever part was asked for, the core is loaded; of a copy that is still loading, not all is there. */
function loadedSdks(): Sdk[] {
  const cache = (Module as unknown as { _cache: Record<string, NodeModule | undefined> })._cache
  return Object.entries(cache).flatMap(([file, entry]) =>
    file.endsWith(CORE) && entry?.loaded === true ? [entry.exports as Sdk] : [],
  )
}

function direct(sdk: Sdk): void {
  const { AWS_ENDPOINT_URL: endpoint, ...others } = process.env
  const services = Object.entries(others).flatMap(([name, url]): [string, unknown][] => {
    const service = /^AWS_ENDPOINT_URL_(.+)$/.exec(name)?.[1]
    return service === undefined || !url ? [] : [[identifierOf(service), { endpoint: url }]]
  })
  if (!endpoint && services.length === 0) return
  sdk.config.update(
    { ...(endpoint ? { endpoint } : {}), s3ForcePathStyle: true, ...Object.fromEntries(services) },
    true,
  )
  if (endpoint) stayLocal(sdk, endpoint)
}

/** Addresses of AWS in a queue's URL count more than the endpoint that was configured, so requests are turned here. */
function stayLocal(sdk: Sdk, endpoint: string): void {
  sdk.events.on('afterBuild', ({ service, httpRequest }) => {
    if (service.serviceIdentifier !== 'sqs' || !/\.amazonaws\.com$/.test(httpRequest.endpoint.hostname ?? ''))
      return
    const target = new sdk.Endpoint(process.env['AWS_ENDPOINT_URL_SQS'] ?? endpoint)
    httpRequest.endpoint = target
    httpRequest.headers['Host'] = (target as { host: string }).host
  })
}

/** `DYNAMODB_STREAMS` is `dynamodbstreams` in version 2. */
const identifierOf = (service: string): string => service.toLowerCase().replaceAll('_', '')
