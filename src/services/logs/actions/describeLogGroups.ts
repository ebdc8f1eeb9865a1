import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import type { LogGroup } from '../group.ts'
import type { Groups } from '../groups.ts'
import {
  check,
  checkLength,
  groupMember,
  groupPartMember,
  identifierMember,
  limitMember,
  tokenMember,
} from '../members.ts'
import { pageOf } from '../page.ts'
import { nameOf } from '../which.ts'
import { groupShape } from './logGroups.ts'

interface Input {
  readonly accountIdentifiers?: readonly string[]
  readonly includeLinkedAccounts?: boolean
  readonly logGroupNamePrefix?: string
  readonly logGroupNamePattern?: string
  readonly logGroupClass?: string
  readonly logGroupIdentifiers?: readonly string[]
  readonly nextToken?: string
  readonly limit?: number
}

/** `DescribeLogGroups`, in the order of names. There are no linked accounts: each sees its own groups. */
export const createDescribeLogGroups =
  (groups: Groups): Operation<Input> =>
  (input) => {
    checkInput(input)
    const { page, next } = pageOf(wanted(groups, input), ({ name }) => name, input)
    return { logGroups: page.map(groupShape), ...next }
  }

function checkInput(input: Input): void {
  const { logGroupNamePrefix, logGroupNamePattern, logGroupIdentifiers } = input
  check([
    groupMember(logGroupNamePrefix, 'logGroupNamePrefix'),
    groupPartMember(logGroupNamePattern),
    {
      path: 'logGroupClass',
      value: input.logGroupClass,
      oneOf: ['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY'],
    },
    tokenMember(input.nextToken),
    limitMember(input.limit, 50),
    ...(logGroupIdentifiers ?? []).map((one, index) =>
      identifierMember(one, `logGroupIdentifiers.${index + 1}.member`),
    ),
  ])
  if (logGroupIdentifiers) checkLength('logGroupIdentifiers', logGroupIdentifiers, [1, 50])
  if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined)
    throw errors.invalidParameter(
      'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
    )
}

function wanted(groups: Groups, input: Input): LogGroup[] {
  const { accountIdentifiers, logGroupIdentifiers, logGroupNamePrefix = '', logGroupNamePattern = '' } = input
  const { accountId } = groups.edges.identity
  if (input.includeLinkedAccounts && accountIdentifiers?.includes(accountId) === false) return []
  if (input.logGroupClass !== undefined && input.logGroupClass !== 'STANDARD') return []
  const names = logGroupIdentifiers && new Set(logGroupIdentifiers.map((one) => nameOf(groups, one)))
  return groups
    .all()
    .filter(
      ({ name }) =>
        name.startsWith(logGroupNamePrefix) &&
        name.includes(logGroupNamePattern) &&
        (names?.has(name) ?? true),
    )
}
