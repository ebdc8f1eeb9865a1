import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import type { LogGroup } from '../group.ts'
import type { Groups } from '../groups.ts'
import { check, groupMember, required } from '../members.ts'
import { checkTags, type Tags } from '../tags.ts'

interface Creation {
  readonly logGroupName: string
  readonly kmsKeyId?: string
  readonly tags?: Tags
  readonly logGroupClass?: string
  readonly deletionProtectionEnabled?: boolean
}

const CLASSES = ['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY']

/** `CreateLogGroup`. */
export const createCreateLogGroup =
  (groups: Groups): Operation<Creation> =>
  async (input) => {
    const { logGroupName, kmsKeyId, tags, logGroupClass, deletionProtectionEnabled } = input
    check([
      required(groupMember(logGroupName)),
      { path: 'kmsKeyId', value: kmsKeyId, most: 256 },
      { path: 'logGroupClass', value: logGroupClass, oneOf: CLASSES },
    ])
    if (tags) checkTags(tags)
    if (/^aws\//i.test(logGroupName))
      throw errors.invalidParameter('Log groups starting with AWS/ are reserved for AWS.')
    if (logGroupClass !== undefined && logGroupClass !== 'STANDARD')
      throw errors.invalidParameter(
        `The log group class ${logGroupClass} is not supported here; use STANDARD.`,
      )
    await groups.create(logGroupName, {
      ...(kmsKeyId !== undefined && { keyId: kmsKeyId }),
      ...(tags && { tags }),
      ...(deletionProtectionEnabled === true && { isProtected: true }),
    })
  }

/** `DeleteLogGroup`: a function's group comes back with its next line. */
export const createDeleteLogGroup =
  (groups: Groups): Operation<{ readonly logGroupName: string }> =>
  async ({ logGroupName }) => {
    check([required(groupMember(logGroupName))])
    const group = groups.named(logGroupName)
    if (group.record.isProtected)
      throw errors.validation(`The log group ${logGroupName} has deletion protection enabled.`)
    await groups.remove(group)
  }

/** A group as `DescribeLogGroups` answers it. */
export function groupShape({ name, arn, record, streams }: LogGroup): object {
  const { createdMs, retentionDays, keyId, isProtected } = record
  return {
    logGroupName: name,
    creationTime: createdMs,
    ...(retentionDays !== undefined && { retentionInDays: retentionDays }),
    metricFilterCount: 0,
    arn: `${arn}:*`,
    storedBytes: [...streams.values()].reduce((sum, stream) => sum + stream.record.bytes, 0),
    ...(keyId !== undefined && { kmsKeyId: keyId }),
    logGroupClass: 'STANDARD',
    logGroupArn: arn,
    deletionProtectionEnabled: isProtected === true,
  }
}
