import { isDeepStrictEqual } from 'node:util'
import { areStreamsForeign, type Spec } from '../spec/index.ts'
import { type ConsumerArn, declaredMappingsOf } from './declaredMappings.ts'
import { declareResources, declareSubscriptions } from './declareResources.ts'
import { functionDefinition } from './functionDefinition.ts'
import { functionUrlsOf } from './functionUrlConfigs.ts'
import { nameOfStream } from './mappingSource.ts'
import type { Runner } from './runner.ts'
import { scheduledRulesOf, triggersOf } from './triggers.ts'

/** Which functions a change of the spec concerns. */
export interface FunctionChanges {
  readonly deploy: readonly string[]
  readonly remove: readonly string[]
}

/**
 * Brings a running application in line with `spec`: queues first, then code, then who invokes it; what is no longer
 * wanted stops reading before its function goes.
 */
export async function applySpec(
  runner: Runner,
  spec: Spec,
  changes: FunctionChanges,
  baseUrl: string,
  options: { prewarm?: boolean } = {},
): Promise<void> {
  const triggers = triggersOf(spec)
  await declareResources(runner, spec)
  const names = new Set(spec.functions.map(({ name }) => name))
  const declared = [
    ...declaredMappingsOf(triggers, consumerArnOf(runner, spec)),
    ...(await runner.brokers.declare(spec, triggers)),
  ]
  // Those that the API makes come and go meanwhile.
  const stays = (name: string): boolean => names.has(name) || runner.registry.keptFunction(name) !== undefined
  await runner.mappings.declare(declared, stays)
  const layersBefore = new Map(runner.functionList().map(({ name, layers }) => [name, layers]))
  runner.published.reachedAt(baseUrl)
  runner.setSpec(spec, triggers)
  await Promise.all(
    changes.remove.flatMap((name) => [runner.functions.remove(name), runner.published.forget(name)]),
  )
  // What the API made under the name of a function that left the file is itself again.
  const back = changes.remove.filter((name) => runner.functionNamed(name))
  // The API names layers by their ARNs, and which folders these are the file says.
  const layered = runner.functionList().filter(({ name, layers }) => {
    const before = layersBefore.get(name)
    return before !== undefined && !isDeepStrictEqual(before, layers)
  })
  const deployed = new Set([...changes.deploy, ...back, ...layered.map(({ name }) => name)])
  await Promise.all(
    [...deployed].map(async (name) => {
      const one = runner.functionNamed(name)
      if (one) await runner.functions.deploy(functionDefinition(spec, one, baseUrl), options)
    }),
  )
  void runner.provisioned.follow()
  runner.queue.targetsChanged()
  await declareSubscriptions(runner, spec)
  runner.functionUrls.set(functionUrlsOf(runner.functionList(), runner.registry))
  runner.schedules.set(scheduledRulesOf(spec, triggers))
  await runner.mappings.followAll()
}

/** What consumers are called at a Kinesis elsewhere, only the file can say. */
const consumerArnOf =
  ({ kinesis }: Runner, spec: Spec): ConsumerArn =>
  (streamArn, consumer) =>
    areStreamsForeign(spec) ? undefined : kinesis.consumerArn(nameOfStream(streamArn), consumer)
