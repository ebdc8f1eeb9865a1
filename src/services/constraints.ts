import { ServiceError } from './operation.ts'

/** A member of an input and what AWS's model says about it. */
export interface Member {
  /** As AWS's messages have it: `records.1.member.partitionKey`. */
  readonly path: string
  readonly value: string | number | undefined
  readonly isRequired?: boolean
  /** Of a text its length, of a number its value. */
  readonly least?: number
  readonly most?: number
  readonly pattern?: Pattern
  readonly oneOf?: readonly string[]
}

/** Of the whole text: as AWS spells it, and as it is tested. */
export interface Pattern {
  readonly text: string
  readonly expression: RegExp
}

/** Refuses an input for all of its members at once, as AWS does. */
export function checkMembers(members: readonly Member[]): void {
  const complaints = members.flatMap((member) =>
    violationsOf(member).map((constraint) => complaint(member.path, member.value, constraint)),
  )
  refuse(complaints)
}

/** A list or map and how many members it may have; `shown` is how AWS prints it. */
export function checkCount(
  path: string,
  count: number | undefined,
  [least, most]: readonly [number, number],
  shown: () => string,
): void {
  if (count === undefined) refuse([complaint(path, undefined, notNull)])
  else if (count < least) refuse([complaint(path, shown(), lengthAtLeast(least))])
  else if (count > most) refuse([complaint(path, shown(), lengthAtMost(most))])
}

export const lengthAtMost = (most: number): string => `Member must have length less than or equal to ${most}`

/** Throws AWS's ValidationException if there is anything to complain of. */
export function refuse(complaints: readonly string[]): void {
  if (complaints.length === 0) return
  const errors = `${complaints.length} validation error${complaints.length === 1 ? '' : 's'}`
  throw new ServiceError('ValidationException', `${errors} detected: ${complaints.join('; ')}`)
}

export const complaint = (path: string, value: string | number | undefined, constraint: string): string =>
  `Value ${value === undefined ? 'null' : `'${value}'`} at '${path}' failed to satisfy constraint: ${constraint}`

const notNull = 'Member must not be null'
const lengthAtLeast = (least: number): string => `Member must have length greater than or equal to ${least}`

function violationsOf(member: Member): string[] {
  const { value } = member
  if (value === undefined) return member.isRequired === true ? [notNull] : []
  return typeof value === 'number' ? violationsOfNumber(value, member) : violationsOfText(value, member)
}

function violationsOfNumber(value: number, { least, most }: Member): string[] {
  if (least !== undefined && value < least)
    return [`Member must have value greater than or equal to ${least}`]
  return most !== undefined && value > most ? [`Member must have value less than or equal to ${most}`] : []
}

const violationsOfText = (value: string, { least, most, pattern, oneOf }: Member): string[] => [
  ...(pattern && !pattern.expression.test(value)
    ? [`Member must satisfy regular expression pattern: ${pattern.text}`]
    : []),
  ...(least !== undefined && value.length < least ? [lengthAtLeast(least)] : []),
  ...(most !== undefined && value.length > most ? [lengthAtMost(most)] : []),
  ...(oneOf && !oneOf.includes(value) ? [`Member must satisfy enum value set: [${oneOf.join(', ')}]`] : []),
]
