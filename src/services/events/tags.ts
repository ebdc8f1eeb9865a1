import { resourceOf } from './arns.ts'
import type { Buses } from './buses.ts'
import { checkMembers, type Member } from './constraints.ts'
import { limitExceeded, validation } from './errors.ts'
import type { Tags } from './rule.ts'

/** A tag in the API's shape. */
export interface SentTag {
  readonly Key?: string
  readonly Value?: string
}

/** The members of tags that a caller sends. */
export const tagMembers = (tags: readonly SentTag[] | undefined): Member[] =>
  (tags ?? []).flatMap(({ Key, Value }, index) => [
    { path: `tags.${index + 1}.member.key`, value: Key, isRequired: true, least: 1, most: 128 },
    { path: `tags.${index + 1}.member.value`, value: Value, isRequired: true, most: 256 },
  ])

/** The tags after some were added. */
export function withTags(current: Tags, sent: readonly SentTag[] | undefined, most: number): Tags {
  const tags = {
    ...current,
    ...Object.fromEntries((sent ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  }
  if (Object.keys(tags).length > most) throw limitExceeded()
  return tags
}

/** What a bus or a rule has to do with tags. */
export interface Tagged {
  readonly tags: Tags
  set(tags: Tags): Promise<unknown>
}

/** The bus or rule of an ARN. Throws AWS's error when there is none. */
export function taggedResource(buses: Buses, arn: string | undefined): Tagged {
  checkMembers([{ path: 'resourceARN', value: arn, isRequired: true, least: 1, most: 1_600 }])
  const resource = resourceOf(buses.edges.identity, arn ?? '')
  if (!resource)
    throw validation(`Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`)
  if (resource.rule === undefined) {
    const bus = buses.named(resource.bus)
    return { tags: bus.record.tags, set: (tags) => buses.setTags(bus, tags) }
  }
  const rule = buses.rule(resource.bus, resource.rule)
  return { tags: rule.record.tags, set: (tags) => buses.changeRule(rule, { tags }) }
}
