import type { Operation } from '../../operation.ts'
import type { Buses } from '../buses.ts'
import { checkLength } from '../constraints.ts'
import { taggedResource } from '../tags.ts'

interface Input {
  readonly ResourceARN?: string
  readonly TagKeys?: readonly string[]
}

/** `UntagResource`: keys that are not there do not matter. */
export const createUntagResource =
  (buses: Buses): Operation<Input> =>
  async ({ ResourceARN, TagKeys }) => {
    checkLength('tagKeys', TagKeys, [0, Infinity], () => '')
    const resource = taggedResource(buses, ResourceARN)
    const rest = Object.entries(resource.tags).filter(([key]) => TagKeys?.includes(key) !== true)
    await resource.set(Object.fromEntries(rest))
  }
