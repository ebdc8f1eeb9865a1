import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import * as errors from '../errors.ts'
import { required } from '../members.ts'
import { type ResourceInput, resourceOf } from '../resources.ts'
import type { Streams } from '../streams.ts'

/** `PutResourcePolicy`: kept and shown; whoever reaches the port may do everything. */
export const createPutResourcePolicy =
  (streams: Streams): Operation<ResourceInput & { readonly Policy: string }> =>
  async (input) => {
    checkMembers([required({ path: 'policy', value: input.Policy })])
    const resource = resourceOf(streams, input)
    if (!isJsonObject(input.Policy)) throw errors.invalidArgument('The resource policy is not valid JSON.')
    await resource.change({ policy: input.Policy })
  }

/** `GetResourcePolicy`: an empty policy when none was put. */
export const createGetResourcePolicy =
  (streams: Streams): Operation<ResourceInput> =>
  (input) => ({ Policy: resourceOf(streams, input).policy ?? '{}' })

/** `DeleteResourcePolicy`. */
export const createDeleteResourcePolicy =
  (streams: Streams): Operation<ResourceInput> =>
  async (input) => {
    const resource = resourceOf(streams, input)
    if (resource.policy === undefined)
      throw errors.resourceNotFound(`No resource policy found for resource ARN ${input.ResourceARN}`)
    await resource.change({ policy: undefined })
  }

function isJsonObject(text: string): boolean {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
