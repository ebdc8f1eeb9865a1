import { checkCount, checkMembers, type Member, type Pattern } from '../constraints.ts'
import { ServiceError } from '../operation.ts'
import * as errors from './errors.ts'

/** The constraints that AWS's model puts on members of inputs. */

const whole = (text: string): Pattern => ({ text, expression: new RegExp(`^(?:${text})$`, 'u') })

const GROUP = whole(String.raw`[\.\-_/#A-Za-z0-9]+`)
const GROUP_PART = whole(String.raw`[\.\-_/#A-Za-z0-9]*`)
const STREAM: Pattern = { text: '[^:*]*', expression: /^[^:*]*$/ }
const IDENTIFIER: Pattern = { text: String.raw`[\w#+=/:,.@-]*`, expression: /^[\w#+=/:,.@-]*$/ }

export const required = (member: Member): Member => ({ ...member, isRequired: true })

export const groupMember = (value: string | undefined, path = 'logGroupName'): Member => ({
  path,
  value,
  least: 1,
  most: 512,
  pattern: GROUP,
})

export const groupPartMember = (value: string | undefined): Member => ({
  path: 'logGroupNamePattern',
  value,
  most: 512,
  pattern: GROUP_PART,
})

export const streamMember = (value: string | undefined, path = 'logStreamName'): Member => ({
  path,
  value,
  least: 1,
  most: 512,
  pattern: STREAM,
})

export const identifierMember = (value: string | undefined, path = 'logGroupIdentifier'): Member => ({
  path,
  value,
  least: 1,
  most: 2_048,
  pattern: IDENTIFIER,
})

export const limitMember = (value: number | undefined, most: number): Member => ({
  path: 'limit',
  value,
  least: 1,
  most,
})

export const timeMember = (path: string, value: number | undefined): Member => ({ path, value, least: 0 })

export const tokenMember = (value: string | undefined): Member => ({ path: 'nextToken', value, least: 1 })

/** Refuses an input for all of its members at once; this service calls it an invalid parameter. */
export const check = (members: readonly Member[]): void => asInvalidParameter(() => checkMembers(members))

/** Refuses a list of a wrong length. */
export const checkLength = (
  path: string,
  items: readonly unknown[] | undefined,
  range: readonly [number, number],
): void => asInvalidParameter(() => checkCount(path, items?.length, range, () => shown(items ?? [])))

const MOST_SHOWN = 100

/** A list in a refusal; ten thousand events are too much to read. */
function shown(items: readonly unknown[]): string {
  const texts = items
    .slice(0, MOST_SHOWN)
    .map((item) => (typeof item === 'string' ? item : JSON.stringify(item).slice(0, MOST_SHOWN)))
  return `[${texts.join(', ')}${items.length > MOST_SHOWN ? ', ...' : ''}]`
}

function asInvalidParameter(work: () => void): void {
  try {
    work()
  } catch (error) {
    throw error instanceof ServiceError ? errors.invalidParameter(error.message) : error
  }
}
