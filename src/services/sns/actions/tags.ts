import type { Operation } from '../../operation.ts'
import { elementsOf } from '../arns.ts'
import * as errors from '../errors.ts'
import { addTags, readTags, type TagList, tagListOf } from '../tags.ts'
import type { Topic, Topics } from '../topics.ts'

interface Input {
  readonly ResourceArn?: string
}

/** `TagResource`: adds tags to a topic, or replaces their values. */
export const createTagResource =
  (topics: Topics): Operation<Input & { readonly Tags?: TagList }> =>
  async (input) => {
    const topic = resourceOf(topics, input)
    if (input.Tags === undefined) throw errors.missingParameter('Tags')
    await topics.change(topic, { tags: addTags(topic.record.tags, readTags(input.Tags)) })
    return {}
  }

/** `UntagResource`: removes tags; keys that are not there do not matter. */
export const createUntagResource =
  (topics: Topics): Operation<Input & { readonly TagKeys?: readonly string[] }> =>
  async (input) => {
    const topic = resourceOf(topics, input)
    const keys = new Set(input.TagKeys ?? [])
    const left = Object.entries(topic.record.tags).filter(([key]) => !keys.has(key))
    await topics.change(topic, { tags: Object.fromEntries(left) })
    return {}
  }

/** `ListTagsForResource`. */
export const createListTagsForResource =
  (topics: Topics): Operation<Input> =>
  (input) => ({ Tags: tagListOf(resourceOf(topics, input).record.tags) })

function resourceOf(topics: Topics, { ResourceArn }: Input): Topic {
  elementsOf(ResourceArn, 'ResourceArn')
  const topic = topics.byArn(ResourceArn ?? '')
  if (!topic) throw errors.resourceDoesNotExist()
  return topic
}
