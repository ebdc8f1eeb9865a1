import type { Operation } from '../../operation.ts'
import { type Attributes, mergeAttributes } from '../attributes.ts'
import * as errors from '../errors.ts'
import { readTags, type TagList, type Tags } from '../tags.ts'
import { checkTopicAttributes, shownTopicAttributes } from '../topicAttributes.ts'
import type { Topic, Topics } from '../topics.ts'

interface Input {
  readonly Name?: string
  readonly Attributes?: Attributes
  readonly Tags?: TagList
  readonly DataProtectionPolicy?: string
}

/** `CreateTopic`: the same topic again is fine, the same name with another value for an attribute or a tag is not. */
export const createCreateTopic =
  (topics: Topics): Operation<Input> =>
  async (input) => {
    const { Name: name, DataProtectionPolicy } = input
    if (name === undefined) throw errors.missingParameter('Name')
    if (/^[\w-]{1,256}\.fifo$/.test(name)) throw errors.notSupported('Topic Name', 'FIFO topics are')
    if (!/^[\w-]{1,256}$/.test(name)) throw errors.invalidParameter('Topic Name')
    if (DataProtectionPolicy !== undefined)
      throw errors.notSupported('DataProtectionPolicy', 'data protection policies are')
    const attributes = checkTopicAttributes(input.Attributes ?? {})
    const tags = readTags(input.Tags ?? [])
    const existing = topics.get(name)
    if (existing) checkIsSame(existing, attributes, tags)
    const topic = existing ?? (await topics.create(name, mergeAttributes({}, attributes), tags))
    return { TopicArn: topic.arn }
  }

function checkIsSame(topic: Topic, attributes: Attributes, tags: Tags): void {
  const { record, arn } = topic
  const accountId = arn.split(':')[4] ?? ''
  const shown = shownTopicAttributes({ arn, accountId, attributes: record.attributes, subscriptions: 0 })
  if (Object.entries(attributes).some(([name, value]) => (shown[name] ?? '') !== value))
    throw errors.invalidParameter('Attributes', 'Topic already exists with different attributes')
  if (Object.entries(tags).some(([key, value]) => record.tags[key] !== value))
    throw errors.invalidParameter('Tags', 'Topic already exists with different tags')
}
