import { endpointOf, isForeign, type Spec } from '../spec/index.ts'

/** The names of services in the hosts of AWS, where they are not those of `endpoints`. */
const HOSTS: Readonly<Record<string, string>> = { dynamodbStreams: 'streams.dynamodb' }

/** Where a service is: the URL as it is given, or AWS's own for `aws`. */
export function serviceUrl(service: string, where: string, region: string): string {
  if (where !== 'aws') return where
  return `https://${HOSTS[service] ?? service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

/** What no SDK of AWS speaks to. */
const BROKERS: ReadonlySet<string> = new Set(['kafka', 'rabbitmq', 'activemq'])

/** `endpoints: { dynamodb: http://... }` becomes `AWS_ENDPOINT_URL_DYNAMODB`, which every SDK honours. */
export function foreignEndpoints(spec: Spec): Record<string, string> {
  // Streams of tables are where the tables are, also where only those are named.
  const services = new Set([...Object.keys(spec.endpoints), 'dynamodbStreams'])
  return Object.fromEntries(
    [...services]
      .filter((service) => isForeign(spec, service) && !BROKERS.has(service))
      .map((service) => [
        `AWS_ENDPOINT_URL_${variablePart(service)}`,
        serviceUrl(service, endpointOf(spec, service), spec.region),
      ]),
  )
}

/** `dynamodbStreams` as `DYNAMODB_STREAMS`. */
const variablePart = (service: string): string =>
  service
    .replaceAll('-', '_')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toUpperCase()
