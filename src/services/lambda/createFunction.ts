import type { Operation } from '../operation.ts'
import { type CodeInput, packageOf } from './codeInput.ts'
import { longest, refuse, required, typed } from './constraints.ts'
import type { DeployTools } from './deployTools.ts'
import * as errors from './errors.ts'
import { readNewFunctionName } from './functionName.ts'
import { newSettings, type SettingsInput, withInput } from './functionSettings.ts'
import { checkTags } from './tagLimits.ts'

interface Input extends SettingsInput {
  readonly FunctionName?: string
  readonly Code?: CodeInput | null
  readonly PackageType?: string | null
  readonly Publish?: boolean | null
  readonly Tags?: Readonly<Record<string, string>> | null
}

/** `CreateFunction`: code from a zip, here or in a bucket; it is there, durably, when this answers. */
export const createCreateFunction =
  (on: DeployTools): Operation<Input> =>
  async (input, context) => {
    typed('FunctionName', input.FunctionName, 'string')
    typed('Code', input.Code, 'object')
    typed('Publish', input.Publish, 'boolean')
    typed('PackageType', input.PackageType, 'string')
    refuse(
      required('functionName', input.FunctionName),
      required('role', input.Role),
      required('code', input.Code),
      longest('functionName', input.FunctionName, 140),
    )
    const { name, arn } = readNewFunctionName(input.FunctionName ?? '', context)
    if (input.PackageType === 'Image')
      throw errors.invalidParameterValue('PackageType Image is not supported here: give the code as a zip.')
    const settings = withInput(newSettings(name), input)
    if (settings.runtime === '' || settings.handler === '')
      throw errors.invalidParameterValue(
        'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
      )
    on.checkLayers(settings.layers)
    const tags = checkTags(input.Tags)
    return await on.alone(name, arn, async () => {
      if (on.backend.describe(name)) throw errors.resourceConflict(`Function already exist: ${name}`)
      const code = await on.deployments.unpack(name, await packageOf(input.Code ?? {}, on.deployments))
      await on.deployments.beginning(name)
      await on.keep({ name, settings, code }, tags)
      await on.deployments.changed(name, 'created')
      return await on.answer(name, 'created', input.Publish === true)
    })
  }
