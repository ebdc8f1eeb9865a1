import { type SpecDifference } from '../spec/index.ts'
import type { FunctionChanges } from './applySpec.ts'

/** Which functions must be deployed, and which must go. */
export const functionChanges = (difference: SpecDifference): FunctionChanges => ({
  deploy: [
    ...difference.functions.added.map(({ name }) => name),
    ...difference.functions.changed.filter(({ needsDeploy }) => needsDeploy).map(({ after }) => after.name),
  ],
  remove: difference.functions.removed.map(({ name }) => name),
})

/** The changes as people read them: `function checkout changed: timeoutSeconds`. */
export function describeChanges(difference: SpecDifference): string[] {
  const { functions, queues, resources, layers, mappings } = difference
  return [
    ...functions.added.map(({ name }) => `function ${name} added`),
    ...functions.removed.map(({ name }) => `function ${name} removed`),
    ...functions.changed.map(
      ({ after, settings }) => `function ${after.name} changed: ${settings.join(', ')}`,
    ),
    ...queues.added.map(({ name }) => `queue ${name} added`),
    ...queues.removed.map(({ name }) => `queue ${name} is no longer declared; its messages stay`),
    ...queues.changed.map(({ after, settings }) => `queue ${after.name} changed: ${settings.join(', ')}`),
    ...resources.added.map(({ noun, name }) => `${noun} ${name} added`),
    ...resources.removed.map(({ noun, name }) => `${noun} ${name} is no longer declared, and stays as it is`),
    ...resources.changed.map(({ noun, name }) => `${noun} ${name} changed`),
    ...layers.added.map(({ name }) => `layer ${name} added`),
    ...layers.removed.map(({ name }) => `layer ${name} removed`),
    ...layers.changed.map(({ name }) => `layer ${name} changed`),
    ...mappings.added.map(({ functionName, event }) => `${functionName} listens to ${event.source}`),
    ...mappings.removed.map(
      ({ functionName, event }) => `${functionName} no longer listens to ${event.source}`,
    ),
    ...mappings.changed.map(({ functionName, after }) => `${after.source} event of ${functionName} changed`),
    ...(difference.accountConcurrency === null
      ? []
      : [`account concurrency is now ${difference.accountConcurrency}`]),
    ...difference.rates.map((name) => `${name} changed`),
  ]
}
