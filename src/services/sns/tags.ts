import * as errors from './errors.ts'

/** Tags as they are kept. */
export type Tags = Readonly<Record<string, string>>

/** Tags as the API has them. */
export type TagList = readonly { readonly Key?: string; readonly Value?: string }[]

const maximumTags = 50

/** Reads tags that a caller sends; throws SNS's errors. */
export function readTags(list: TagList): Tags {
  const entries = list.map(({ Key, Value = '' }, index) => {
    if (Key === undefined) throw errors.nullMember(`tags.${index + 1}.member.key`)
    return [Key, Value] as const
  })
  const tags = Object.fromEntries(entries)
  if (Object.keys(tags).length < entries.length)
    throw errors.invalidParameter('Duplicated keys are not allowed.')
  checkCount(tags)
  return tags
}

/** Tags and those that come to them; throws when they are too many. */
export function addTags(current: Tags, added: Tags): Tags {
  const tags = { ...current, ...added }
  checkCount(tags)
  return tags
}

function checkCount(tags: Tags): void {
  if (Object.keys(tags).length > maximumTags) throw errors.tooManyTags()
}

export const tagListOf = (tags: Tags): TagList => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
