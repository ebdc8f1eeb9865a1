import type { Operation } from '../operation.ts'
import { typed } from './constraints.ts'
import type { DeployTools } from './deployTools.ts'
import * as errors from './errors.ts'
import { readFunctionName } from './functionName.ts'
import { type SettingsInput, withInput } from './functionSettings.ts'

interface Input extends SettingsInput {
  readonly FunctionName: string
  readonly RevisionId?: string | null
}

/**
 * `UpdateFunctionConfiguration`. Of a function that `lambda.yml` declares it changes what the file says for as long as the
 * file goes on saying it.
 */
export const createUpdateFunctionConfiguration =
  (on: DeployTools): Operation<Input> =>
  async ({ FunctionName, RevisionId, ...input }, context) => {
    typed('RevisionId', RevisionId, 'string')
    const { name, arn } = readFunctionName(FunctionName, undefined, context)
    const about = on.backend.describe(name)
    const declaration = on.deployments.declaration(name)
    const kept = on.registry.keptFunction(name)
    const settings = declaration?.settings ?? kept?.settings
    if (!about || !settings) {
      // A setting that cannot be is refused before anybody looks for the function.
      throw errors.functionNotFound(arn)
    }
    const after = withInput(settings, input)
    on.checkLayers(input.Layers ?? [])
    if (RevisionId && RevisionId !== about.revisionId) throw errors.preconditionFailed()
    return await on.alone(name, arn, async () => {
      if (declaration) {
        const earlier = on.registry.change(name, declaration.text)?.input
        const change = {
          input: { ...earlier, ...given(input) },
          revisionId: on.ids.uuid(),
          modifiedMs: on.clock.now(),
        }
        await on.registry.keepChange(name, change, declaration.text)
      } else if (kept) await on.keep({ name, settings: after, code: kept.code })
      await on.deployments.changed(name, 'updated')
      return await on.answer(name, 'updated', false)
    })
  }

/** Members that say something. */
const given = (input: SettingsInput): SettingsInput =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null && value !== undefined))
