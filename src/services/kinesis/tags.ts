import { checkCount, checkMembers, type Member } from '../constraints.ts'
import * as errors from './errors.ts'

export type Tags = Readonly<Record<string, string>>

const MOST_TAGS = 50

/** The constraints on the members of `Tags`. */
export function checkTagMap(tags: Tags | undefined): void {
  const names = tags && Object.keys(tags)
  checkCount('tags', names?.length, [1, 200], () => shownMap(tags ?? {}))
  checkMembers((names ?? []).flatMap((name) => tagMembers(name, tags?.[name])))
}

/** Refuses tags that AWS keeps for itself, or that would be too many. */
export function checkNewTags(current: Tags, added: Tags): void {
  const reserved = Object.keys(added).find((name) => name.startsWith('aws:'))
  if (reserved !== undefined) throw errors.invalidArgument(`Tag keys must not begin with "aws:": ${reserved}`)
  if (Object.keys({ ...current, ...added }).length > MOST_TAGS)
    throw errors.invalidArgument(`Failed to add tags to stream: a stream can have at most ${MOST_TAGS} tags.`)
}

/** The constraints on `TagKeys`. */
export function checkTagKeys(keys: readonly string[] | undefined): void {
  checkCount('tagKeys', keys?.length, [1, 50], () => `[${(keys ?? []).join(', ')}]`)
  checkMembers(
    (keys ?? []).map((value, index) => ({
      path: `tagKeys.${index + 1}.member`,
      value,
      least: 1,
      most: 128,
    })),
  )
}

export const withoutTags = (tags: Tags, keys: readonly string[]): Tags =>
  Object.fromEntries(Object.entries(tags).filter(([name]) => !keys.includes(name)))

/** As the API lists them, in the order of keys. */
export const tagShapes = (tags: Tags): { readonly Key: string; readonly Value: string }[] =>
  Object.entries(tags)
    .map(([Key, Value]) => ({ Key, Value }))
    .sort((one, other) => (one.Key < other.Key ? -1 : 1))

const tagMembers = (name: string, value: string | undefined): Member[] => [
  { path: 'tags', value: name, least: 1, most: 128 },
  { path: `tags.${name}.member`, value, least: 0, most: 256, isRequired: true },
]

const shownMap = (tags: Tags): string =>
  `{${Object.entries(tags)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')}}`
