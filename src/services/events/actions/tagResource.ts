import type { Operation } from '../../operation.ts'
import type { Buses } from '../buses.ts'
import { checkLength, checkMembers } from '../constraints.ts'
import { type SentTag, taggedResource, tagMembers, withTags } from '../tags.ts'

interface Input {
  readonly ResourceARN?: string
  readonly Tags?: readonly SentTag[]
}

/** `TagResource`: adds tags to a bus or a rule, or replaces their values. */
export const createTagResource =
  (buses: Buses): Operation<Input> =>
  async ({ ResourceARN, Tags }) => {
    checkLength('tags', Tags, [0, Infinity], () => '')
    checkMembers(tagMembers(Tags))
    const resource = taggedResource(buses, ResourceARN)
    await resource.set(withTags(resource.tags, Tags, buses.edges.limits.tagsPerResource))
  }
