import type { FunctionDefinition } from '../functions/index.ts'
import type { FunctionSpec, Spec } from '../spec/index.ts'
import { sqsUrl } from './foreignQueues/index.ts'

/** What `functions/` needs to run a function of the spec; handlers find this runner by their environment. */
export function functionDefinition(spec: Spec, one: FunctionSpec, baseUrl: string): FunctionDefinition {
  return {
    name: one.name,
    arn: one.arn,
    version: '$LATEST',
    handler: one.handler,
    runtime: one.runtime,
    timeoutMs: one.timeoutSeconds * 1_000,
    memoryMegabytes: one.memoryMegabytes,
    environment: {
      AWS_REGION: spec.region,
      AWS_DEFAULT_REGION: spec.region,
      AWS_ENDPOINT_URL: baseUrl,
      ...foreignEndpoints(spec),
      ...one.environment,
    },
    directory: spec.directory,
    isolation: one.isolation,
  }
}

/** What no SDK of AWS speaks to. */
const BROKERS = new Set(['kafka', 'rabbitmq', 'activemq'])

/** `endpoints: { dynamodb: http://... }` becomes `AWS_ENDPOINT_URL_DYNAMODB`, which every SDK honours. */
function foreignEndpoints(spec: Spec): Record<string, string> {
  return Object.fromEntries(
    Object.entries(spec.endpoints)
      .filter(([service, where]) => where !== 'embedded' && !BROKERS.has(service))
      .map(([service, where]) => [
        `AWS_ENDPOINT_URL_${service.replaceAll('-', '_').toUpperCase()}`,
        service === 'sqs' ? sqsUrl(where, spec.region) : where,
      ]),
  )
}
