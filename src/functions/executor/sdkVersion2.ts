import Module, { createRequire } from 'node:module'
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

/** Whether a module that is asked for, by name or by path, belongs to version 2 of the SDK. */
export const isSdkVersion2 = (request: string): boolean => PACKAGE.test(request)

const prototype = Module.prototype as unknown as { load(this: unknown, file: string): void }
const directed = new WeakSet<Sdk>()

/**
 * Version 2 of the SDK, which handlers may still bring, knows nothing of `AWS_ENDPOINT_URL`: once it is loaded, by
 * `require` or by `import`, it is told. Nothing of this is in the way of other modules, nor in their stacks.
 */
export function directOnceLoaded(file: string): void {
  if (moduleCache()[file]?.loaded === true) return
  // oxlint-disable-next-line typescript/unbound-method -- put back as it was, and applied to the module below
  const load = prototype.load
  prototype.load = function loadSdk(this: unknown, loading) {
    prototype.load = load
    load.call(this, loading)
    directLoaded()
  }
}

/** Whatever part was asked for, the core is loaded with it. */
function directLoaded(): void {
  for (const [file, entry] of Object.entries(moduleCache())) {
    if (!file.endsWith(CORE) || entry?.loaded !== true) continue
    const sdk = entry.exports as Sdk
    if (directed.has(sdk)) continue
    directed.add(sdk)
    direct(sdk)
  }
}

const moduleCache = (): Record<string, NodeJS.Module | undefined> => createRequire(import.meta.url).cache

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
    if (service.serviceIdentifier !== 'sqs' || !httpRequest.endpoint.hostname?.endsWith('.amazonaws.com'))
      return
    const target = new sdk.Endpoint(process.env['AWS_ENDPOINT_URL_SQS'] ?? endpoint)
    httpRequest.endpoint = target
    httpRequest.headers['Host'] = (target as { host: string }).host
  })
}

/** `DYNAMODB_STREAMS` is `dynamodbstreams` in version 2. */
const identifierOf = (service: string): string => service.toLowerCase().replaceAll('_', '')
