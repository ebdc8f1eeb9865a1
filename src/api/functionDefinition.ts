import type { FunctionDefinition } from '../functions/index.ts'
import type { FunctionSpec, Spec } from '../spec/index.ts'
import { foreignEndpoints } from './foreignEndpoints.ts'

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
    directory: one.directory,
    isolation: one.isolation,
    layers: one.layers,
    logging: one.logging,
    isTraced: one.isTraced,
  }
}
