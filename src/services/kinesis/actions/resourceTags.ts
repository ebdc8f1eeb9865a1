import type { Operation } from '../../operation.ts'
import { type ResourceInput, resourceOf } from '../resources.ts'
import type { Streams } from '../streams.ts'
import { checkNewTags, checkTagKeys, checkTagMap, type Tags, tagShapes, withoutTags } from '../tags.ts'

/** `TagResource`, of a stream or a consumer. */
export const createTagResource =
  (streams: Streams): Operation<ResourceInput & { readonly Tags: Tags }> =>
  async (input) => {
    checkTagMap(input.Tags)
    const resource = resourceOf(streams, input)
    checkNewTags(resource.tags, input.Tags)
    await resource.change({ tags: { ...resource.tags, ...input.Tags } })
  }

/** `UntagResource`. */
export const createUntagResource =
  (streams: Streams): Operation<ResourceInput & { readonly TagKeys: readonly string[] }> =>
  async (input) => {
    checkTagKeys(input.TagKeys)
    const resource = resourceOf(streams, input)
    await resource.change({ tags: withoutTags(resource.tags, input.TagKeys) })
  }

/** `ListTagsForResource`. */
export const createListTagsForResource =
  (streams: Streams): Operation<ResourceInput> =>
  (input) => ({ Tags: tagShapes(resourceOf(streams, input).tags) })
