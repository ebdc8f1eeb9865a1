import * as errors from './errors.ts'
import type { LogGroup } from './group.ts'
import { check, checkLength, required } from './members.ts'

export type Tags = Readonly<Record<string, string>>

const MOST_TAGS = 50
const KEY = {
  text: String.raw`^([\p{L}\p{Z}\p{N}_.:/=+\-@]+)$`,
  expression: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u,
}
const VALUE = {
  text: String.raw`^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$`,
  expression: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u,
}

/** The constraints on a map of tags, and on what it may hold. */
export function checkTags(tags: Tags | undefined): void {
  checkLength('tags', tags && Object.keys(tags), [1, MOST_TAGS])
  check(
    Object.entries(tags ?? {}).flatMap(([key, value]) => [
      { path: 'tags', value: key, least: 1, most: 128, pattern: KEY },
      required({ path: `tags.${key}.member`, value, most: 256, pattern: VALUE }),
    ]),
  )
  const reserved = Object.keys(tags ?? {}).find((key) => key.startsWith('aws:'))
  if (reserved !== undefined)
    throw errors.invalidParameter(`Tag keys must not begin with "aws:": ${reserved}`)
}

export function checkTagKeys(path: string, keys: readonly string[] | undefined): void {
  checkLength(path, keys, [0, MOST_TAGS])
  check(
    (keys ?? []).map((value, index) => ({
      path: `${path}.${index + 1}.member`,
      value,
      least: 1,
      most: 128,
      pattern: KEY,
    })),
  )
}

/** The group's tags with others; throws when they would be too many. */
export function withTags({ name, record }: LogGroup, added: Tags): Tags {
  const tags = { ...record.tags, ...added }
  if (Object.keys(tags).length > MOST_TAGS) throw errors.tooManyTags(name)
  return tags
}

export const withoutTags = ({ record }: LogGroup, keys: readonly string[]): Tags =>
  Object.fromEntries(Object.entries(record.tags).filter(([key]) => !keys.includes(key)))
