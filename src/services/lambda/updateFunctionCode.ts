import type { Operation } from '../operation.ts'
import { type CodeInput, packageOf } from './codeInput.ts'
import { passingConfiguration } from './configuration.ts'
import { typed, typedList } from './constraints.ts'
import type { DeployTools } from './deployTools.ts'
import * as errors from './errors.ts'
import { readFunctionName } from './functionName.ts'
import { withInput } from './functionSettings.ts'
import { settingsOf } from './settingsOf.ts'

interface Input extends CodeInput {
  readonly FunctionName: string
  readonly Architectures?: readonly string[] | null
  readonly DryRun?: boolean | null
  readonly Publish?: boolean | null
  readonly PublishTo?: string | null
  readonly RevisionId?: string | null
}

/** `UpdateFunctionCode`: what is invoked from now on runs the new code; what runs ends on the old one. */
export const createUpdateFunctionCode =
  (on: DeployTools): Operation<Input> =>
  async (input, context) => {
    for (const member of ['DryRun', 'Publish'] as const) typed(member, input[member], 'boolean')
    typed('RevisionId', input.RevisionId, 'string')
    typedList('Architectures', input.Architectures, 'string')
    const { name, arn } = readFunctionName(input.FunctionName, undefined, context)
    const about = on.backend.describe(name)
    if (!about) throw errors.functionNotFound(arn)
    if (on.deployments.isDeclared(name))
      throw errors.resourceConflict(
        `The code of ${name} is the files that lambda.yml names (${about.handler}): change those, or take the function out of lambda.yml.`,
      )
    if (input.RevisionId && input.RevisionId !== about.revisionId) throw errors.preconditionFailed()
    return await on.alone(name, arn, async () => {
      const before = on.registry.keptFunction(name)
      if (!before) throw errors.functionNotFound(arn)
      const { Architectures = null, PublishTo = null } = input
      const settings = withInput(before.settings, { Architectures, PublishTo })
      const code = await on.deployments.unpack(name, await packageOf(input, on.deployments))
      if (input.DryRun) {
        await on.deployments.discard(code)
        return passingConfiguration(
          { ...settingsOf(about), codeBytes: code.bytes, codeSha256: code.sha256 },
          about.revisionId,
          'updated',
        )
      }
      await on.keep({ name, settings, code })
      await on.deployments.changed(name, 'updated')
      return await on.answer(name, 'updated', input.Publish === true)
    })
  }
