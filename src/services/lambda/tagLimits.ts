import type { Tags } from './accessRegistry.ts'
import { typed } from './constraints.ts'
import * as errors from './errors.ts'

const MOST_TAGS = 50
const LONGEST_KEY = 128
const LONGEST_VALUE = 256

/** Tags as they came, checked; none when there are none. */
export function checkTags(tags: Tags | null | undefined): Tags {
  typed('Tags', tags, 'object')
  for (const [key, value] of Object.entries(tags ?? {})) {
    if (typeof value !== 'string') throw errors.unreadableMember('Tags', value, 'string')
    checkTag(key, value)
  }
  return checkCount(tags ?? {})
}

/** What a resource has when more tags are put on those it had. */
export const withTags = (before: Tags, more: Tags): Tags => checkCount({ ...before, ...more })

/** What is left without some keys. */
export function withoutTags(before: Tags, keys: readonly string[]): Tags {
  const gone = new Set(keys)
  return Object.fromEntries(Object.entries(before).filter(([key]) => !gone.has(key)))
}

function checkCount(tags: Tags): Tags {
  if (Object.keys(tags).length > MOST_TAGS)
    throw errors.invalidParameterValue('Number of tags exceeds resource tag limit.')
  return tags
}

/** The limits are AWS's, the words are ours. */
function checkTag(key: string, value: string): void {
  if (key.length === 0 || key.length > LONGEST_KEY)
    throw errors.invalidParameterValue(`A tag key has from 1 to ${LONGEST_KEY} characters: '${key}'.`)
  if (value.length > LONGEST_VALUE)
    throw errors.invalidParameterValue(
      `The value of the tag '${key}' has more than ${LONGEST_VALUE} characters.`,
    )
  if (/^aws:/i.test(key))
    throw errors.invalidParameterValue(`The tag key '${key}' is AWS's: it may not begin with 'aws:'.`)
}
