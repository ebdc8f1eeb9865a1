import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import type { Groups } from '../groups.ts'
import { check, groupMember, required } from '../members.ts'
import { complaint } from '../../constraints.ts'

/** What AWS takes, in days. */
export const RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]

interface Input {
  readonly logGroupName: string
  readonly retentionInDays: number
}

/** `PutRetentionPolicy`: by the clock, what is older is not there any more. */
export const createPutRetentionPolicy =
  (groups: Groups): Operation<Input> =>
  async ({ logGroupName, retentionInDays }) => {
    check([
      required(groupMember(logGroupName)),
      required({ path: 'retentionInDays', value: retentionInDays }),
    ])
    if (!RETENTION_DAYS.includes(retentionInDays)) throw errors.invalidParameter(notAllowed(retentionInDays))
    await groups.change(groups.named(logGroupName), { retentionDays: retentionInDays })
  }

/** `DeleteRetentionPolicy`: events stay. */
export const createDeleteRetentionPolicy =
  (groups: Groups): Operation<Pick<Input, 'logGroupName'>> =>
  async ({ logGroupName }) => {
    check([required(groupMember(logGroupName))])
    await groups.change(groups.named(logGroupName), { retentionDays: undefined })
  }

const notAllowed = (days: number): string =>
  `1 validation error detected: ${complaint(
    'retentionInDays',
    days,
    `Member must satisfy enum value set: [${RETENTION_DAYS.join(', ')}]`,
  )}`
