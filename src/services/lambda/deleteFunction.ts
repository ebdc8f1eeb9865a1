import type { Operation } from '../operation.ts'
import type { DeployTools } from './deployTools.ts'
import * as errors from './errors.ts'
import { readFunctionName } from './functionName.ts'
import { LATEST } from './registry.ts'

interface Input {
  readonly FunctionName: string
  readonly Qualifier?: string
}

/** `DeleteFunction`: a whole function with all that is kept of it, or one published version. */
export const createDeleteFunction =
  (on: DeployTools): Operation<Input> =>
  async (input, context) => {
    const { name, arn, qualifier } = readFunctionName(input.FunctionName, input.Qualifier, context)
    if (qualifier === LATEST)
      throw errors.invalidParameterValue('$LATEST version cannot be deleted without deleting the function.')
    if (!on.backend.describe(name)) throw errors.functionNotFound(arn)
    if (qualifier !== undefined) return await deleteVersion(on, name, qualifier, arn)
    if (on.deployments.isDeclared(name))
      throw errors.resourceConflict(
        `The function ${name} is declared in lambda.yml: take it out of the file to delete it.`,
      )
    return await on.alone(name, arn, async () => {
      await on.registry.forgetFunction(name)
      await on.deployments.changed(name, 'deleted')
      return {}
    })
  }

async function deleteVersion(on: DeployTools, name: string, version: string, arn: string): Promise<object> {
  if (!/^\d+$/.test(version))
    throw errors.invalidParameterValue('Deletion of aliases is not currently supported.')
  const pointing = on.registry
    .aliases(name)
    .filter(({ functionVersion, weights }) => functionVersion === version || version in weights)
  if (pointing.length > 0)
    throw errors.resourceConflict(
      `Version ${version} is being referenced by aliases: ${pointing.map((one) => one.name).join(', ')}`,
    )
  return await on.alone(name, arn, async () => {
    const published = on.registry.version(name, version)
    // AWS does not mind a version that is not there.
    if (!published) return {}
    await on.registry.removeVersion(name, version)
    await on.deployments.versionDeleted(name, published)
    return {}
  })
}
