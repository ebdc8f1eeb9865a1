import type { Clock, Ids } from '../../system/index.ts'
import type { Tags } from './accessRegistry.ts'
import type { FunctionDeployments, LambdaBackend } from './backend.ts'
import { fullConfiguration, passingConfiguration } from './configuration.ts'
import type { ChangeGuard } from './changeGuard.ts'
import * as errors from './errors.ts'
import type { FunctionRegistry, KeptFunction } from './registry.ts'
import type { Publisher } from './versions.ts'

/** What the operations have in common that make, change and delete functions. */
export interface DeployTools {
  readonly backend: LambdaBackend
  readonly deployments: FunctionDeployments
  readonly registry: FunctionRegistry
  readonly ids: Ids
  readonly clock: Clock
  /** See {@link ChangeGuard.change}. */
  readonly alone: ChangeGuard['change']
  /** Throws for a layer version that there is not. */
  checkLayers(arns: readonly string[]): void
  /** Keeps a function under a new revision, now; with `tags` it is a new one. */
  keep(kept: Pick<KeptFunction, 'name' | 'settings' | 'code'>, tags?: Tags): Promise<void>
  /** What the caller is told: the version that was published, or the function with its change still under way. */
  answer(name: string, passing: 'created' | 'updated', publishes: boolean): Promise<object>
}

/** Creates them, once for an API. */
export function createDeployTools(
  backend: LambdaBackend,
  registry: FunctionRegistry,
  publisher: Publisher,
  guard: ChangeGuard,
  { clock, ids }: { readonly clock: Clock; readonly ids: Ids },
): DeployTools {
  const { deployments } = backend
  return {
    backend,
    deployments,
    registry,
    ids,
    clock,
    alone: guard.change,
    checkLayers(arns) {
      for (const arn of arns)
        if (!deployments.hasLayer(arn))
          throw errors.invalidParameterValue(
            `Layer version ${arn} does not exist. Layers are those that lambda.yml names under layers.`,
          )
    },
    async keep(kept, tags) {
      const now = { ...kept, revisionId: ids.uuid(), modifiedMs: clock.now() }
      await (tags ? registry.keepNewFunction(now, tags, ids.uuid()) : registry.keepFunction(now))
      deployments.settled(kept.code)
    },
    async answer(name, passing, publishes) {
      if (publishes) {
        const { version, about } = await publisher.publish(name, undefined)
        return fullConfiguration(about, version)
      }
      const about = backend.describe(name)
      if (!about) throw errors.functionNotFound(name)
      return passingConfiguration(about, ids.uuid(), passing)
    },
  }
}
