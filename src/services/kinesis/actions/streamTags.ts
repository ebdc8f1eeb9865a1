import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import { limitMember, type StreamInput, streamMembers } from '../members.ts'
import type { Streams } from '../streams.ts'
import { checkNewTags, checkTagKeys, checkTagMap, type Tags, tagShapes, withoutTags } from '../tags.ts'

/** `AddTagsToStream`. */
export const createAddTagsToStream =
  (streams: Streams): Operation<StreamInput & { readonly Tags: Tags }> =>
  async (input) => {
    checkMembers(streamMembers(input))
    checkTagMap(input.Tags)
    const stream = streams.ofInput(input)
    checkNewTags(stream.record.tags, input.Tags)
    await streams.change(stream, { tags: { ...stream.record.tags, ...input.Tags } })
  }

/** `RemoveTagsFromStream`: keys that are not there do not matter. */
export const createRemoveTagsFromStream =
  (streams: Streams): Operation<StreamInput & { readonly TagKeys: readonly string[] }> =>
  async (input) => {
    checkMembers(streamMembers(input))
    checkTagKeys(input.TagKeys)
    const stream = streams.ofInput(input)
    await streams.change(stream, { tags: withoutTags(stream.record.tags, input.TagKeys) })
  }

interface ListInput extends StreamInput {
  readonly ExclusiveStartTagKey?: string
  readonly Limit?: number
}

/** `ListTagsForStream`, in the order of keys. */
export const createListTagsForStream =
  (streams: Streams): Operation<ListInput> =>
  (input) => {
    checkMembers([
      ...streamMembers(input),
      { path: 'exclusiveStartTagKey', value: input.ExclusiveStartTagKey, least: 1, most: 128 },
      limitMember(input.Limit, 50),
    ])
    const { ExclusiveStartTagKey: after = '', Limit: limit = Infinity } = input
    const rest = tagShapes(streams.ofInput(input).record.tags).filter(({ Key }) => Key > after)
    return { Tags: rest.slice(0, limit), HasMoreTags: rest.length > limit }
  }
