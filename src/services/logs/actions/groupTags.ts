import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import type { LogGroup } from '../group.ts'
import type { Groups } from '../groups.ts'
import { check, groupMember, required } from '../members.ts'
import { checkTagKeys, checkTags, type Tags, withoutTags, withTags } from '../tags.ts'
import { nameOf } from '../which.ts'

interface OfGroup {
  readonly logGroupName: string
}

interface OfResource {
  readonly resourceArn: string
}

/** `TagLogGroup`. */
export const createTagLogGroup =
  (groups: Groups): Operation<OfGroup & { readonly tags: Tags }> =>
  async ({ logGroupName, tags }) => {
    check([required(groupMember(logGroupName))])
    checkTags(tags)
    const group = groups.named(logGroupName)
    await groups.change(group, { tags: withTags(group, tags) })
  }

/** `UntagLogGroup`. */
export const createUntagLogGroup =
  (groups: Groups): Operation<OfGroup & { readonly tags: readonly string[] }> =>
  async ({ logGroupName, tags }) => {
    check([required(groupMember(logGroupName))])
    checkTagKeys('tags', tags)
    const group = groups.named(logGroupName)
    await groups.change(group, { tags: withoutTags(group, tags) })
  }

/** `ListTagsLogGroup`. */
export const createListTagsLogGroup =
  (groups: Groups): Operation<OfGroup> =>
  ({ logGroupName }) => {
    check([required(groupMember(logGroupName))])
    return { tags: groups.named(logGroupName).record.tags }
  }

/** `TagResource`, of log groups. */
export const createTagResource =
  (groups: Groups): Operation<OfResource & { readonly tags: Tags }> =>
  async ({ resourceArn, tags }) => {
    checkArn(resourceArn)
    checkTags(tags)
    const group = resourceOf(groups, resourceArn)
    await groups.change(group, { tags: withTags(group, tags) })
  }

/** `UntagResource`. */
export const createUntagResource =
  (groups: Groups): Operation<OfResource & { readonly tagKeys: readonly string[] }> =>
  async ({ resourceArn, tagKeys }) => {
    checkArn(resourceArn)
    checkTagKeys('tagKeys', tagKeys)
    const group = resourceOf(groups, resourceArn)
    await groups.change(group, { tags: withoutTags(group, tagKeys) })
  }

/** `ListTagsForResource`. */
export const createListTagsForResource =
  (groups: Groups): Operation<OfResource> =>
  ({ resourceArn }) => {
    checkArn(resourceArn)
    return { tags: resourceOf(groups, resourceArn).record.tags }
  }

const checkArn = (value: string): void =>
  check([
    required({
      path: 'resourceArn',
      value,
      least: 1,
      most: 1_011,
      pattern: { text: String.raw`[\w+=/:,.@-]*`, expression: /^[\w+=/:,.@-]*$/ },
    }),
  ])

function resourceOf(groups: Groups, arn: string): LogGroup {
  const group = arn.startsWith('arn:') ? groups.get(nameOf(groups, arn)) : undefined
  if (!group) throw errors.resourceNotFound()
  return group
}
