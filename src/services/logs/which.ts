import type { Member } from '../constraints.ts'
import * as errors from './errors.ts'
import type { LogGroup } from './group.ts'
import type { Groups } from './groups.ts'
import { groupMember, identifierMember } from './members.ts'

/** A group by its name, or by its name or ARN. */
export interface GroupInput {
  readonly logGroupName?: string
  readonly logGroupIdentifier?: string
}

export const groupInputMembers = (input: GroupInput): Member[] => [
  groupMember(input.logGroupName),
  identifierMember(input.logGroupIdentifier),
]

/** The group that an input names in one of two ways. */
export function groupOfInput(groups: Groups, { logGroupName, logGroupIdentifier }: GroupInput): LogGroup {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined)
    throw errors.invalidParameter('LogGroup name and LogGroup ARN are mutually exclusive parameters.')
  const name = logGroupName ?? (logGroupIdentifier && nameOf(groups, logGroupIdentifier))
  if (name === undefined)
    throw errors.invalidParameter('Either logGroupName or logGroupIdentifier must be specified.')
  return groups.named(name)
}

/** The name of the group that a name or an ARN means; an ARN of another account or region is of none. */
export function nameOf(groups: Groups, identifier: string): string {
  if (!identifier.startsWith('arn:')) return identifier
  const name = identifier.split(':')[6] ?? ''
  if (identifier === groups.arnOf(name) || identifier === `${groups.arnOf(name)}:*`) return name
  throw errors.groupNotFound()
}
