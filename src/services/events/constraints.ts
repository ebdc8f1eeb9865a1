import { validation } from './errors.ts'

/** A member of an input and what AWS's model says about it. */
export interface Member {
  /** As AWS's messages have it: `targets.1.member.id`. */
  readonly path: string
  readonly value: string | number | undefined
  readonly isRequired?: boolean
  /** Of a text its length, of a number its value. */
  readonly least?: number
  readonly most?: number
  /** Of the whole text, a regular expression as AWS spells it. */
  readonly pattern?: string
  readonly oneOf?: readonly string[]
}

/** Refuses an input for all of its members at once, as AWS does. */
export function checkMembers(members: readonly Member[]): void {
  const complaints = members.flatMap((member) =>
    violationsOf(member).map((constraint) => complaint(member.path, member.value, constraint)),
  )
  if (complaints.length > 0) throw violations(complaints)
}

/** The refusal of a list for its length; `shown` is how AWS prints the list. */
export function checkLength(
  path: string,
  list: readonly unknown[] | undefined,
  [least, most]: readonly [number, number],
  shown: () => string,
): void {
  if (!list) throw violations([complaint(path, undefined, notNull)])
  if (list.length < least) throw violations([complaint(path, shown(), lengthAtLeast(least))])
  if (list.length > most) throw violations([complaint(path, shown(), lengthAtMost(most))])
}

const violations = (complaints: readonly string[]) =>
  validation(
    `${complaints.length} validation error${complaints.length === 1 ? '' : 's'} detected: ${complaints.join('; ')}`,
  )

const complaint = (path: string, value: string | number | undefined, constraint: string): string =>
  `Value ${value === undefined ? 'null' : `'${value}'`} at '${path}' failed to satisfy constraint: ${constraint}`

const notNull = 'Member must not be null'
const lengthAtLeast = (least: number): string => `Member must have length greater than or equal to ${least}`
const lengthAtMost = (most: number): string => `Member must have length less than or equal to ${most}`

function violationsOf({ value, isRequired, least, most, pattern, oneOf }: Member): string[] {
  if (value === undefined) return isRequired === true ? [notNull] : []
  if (typeof value === 'number')
    return [
      ...(least !== undefined && value < least
        ? [`Member must have value greater than or equal to ${least}`]
        : []),
      ...(most !== undefined && value > most ? [`Member must have value less than or equal to ${most}`] : []),
    ]
  return [
    ...(least !== undefined && value.length < least ? [lengthAtLeast(least)] : []),
    ...(most !== undefined && value.length > most ? [lengthAtMost(most)] : []),
    ...(pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(value)
      ? [`Member must satisfy regular expression pattern: ${pattern}`]
      : []),
    ...(oneOf && !oneOf.includes(value) ? [`Member must satisfy enum value set: [${oneOf.join(', ')}]`] : []),
  ]
}

// ---- members that several operations have ------------------------------------------------------------------------

const named = String.raw`[\.\-_A-Za-z0-9]+`

export const ruleNameMember = (path: string, value: string | undefined): Member => ({
  path,
  value,
  isRequired: true,
  least: 1,
  most: 64,
  pattern: named,
})

export const busMember = (path: string, value: string | undefined): Member => ({
  path,
  value,
  least: 1,
  most: 1_600,
  pattern: String.raw`(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+`,
})

export const limitMember = (value: number | undefined): Member => ({
  path: 'limit',
  value,
  least: 1,
  most: 100,
})

export const targetIdMember = (path: string, value: string | undefined): Member => ({
  path,
  value,
  isRequired: true,
  least: 1,
  most: 64,
  pattern: named,
})
