import { isObject, parseJson } from './json.ts'
import * as errors from './errors.ts'

/** What `AddPermission` says. */
export interface Permission {
  readonly label: string
  readonly accountIds: readonly string[]
  readonly actions: readonly string[]
}

/** SQS allows so many actions in one statement. */
const mostActions = 7

/** Actions that an owner can let others do (SQS API Reference: those to which cross-account permissions apply). */
const sharedActions: ReadonlySet<string> = new Set([
  '*',
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
])

/** Checks a permission; throws AWS's errors. */
export function checkPermission({ label, accountIds, actions }: Permission): void {
  if (!/^[\w-]{1,80}$/.test(label))
    throw errors.invalidValue(
      label,
      'Label',
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    )
  if (actions.length > mostActions)
    throw errors.overLimit(`${actions.length} Actions were found, maximum allowed is ${mostActions}.`)
  for (const action of actions)
    if (!sharedActions.has(action))
      throw errors.invalidValue(
        `SQS:${action}`,
        'ActionName',
        'Only the queue owner is allowed to invoke this action.',
      )
  for (const accountId of accountIds)
    if (!/^\d{12}$/.test(accountId)) throw errors.invalidValue(accountId, 'PrincipalId', 'Unable to verify.')
}

/** The queue's policy with a statement more, whose `Sid` is the label; throws AWS's error for a label that is taken. */
export function withPermission(policy: string | undefined, queueArn: string, permission: Permission): string {
  const { label, accountIds, actions } = permission
  const { statements, rest } = readPolicy(policy, queueArn)
  if (statements.some(({ Sid }) => Sid === label))
    throw errors.invalidValue(label, 'Label', 'Already exists.')
  const statement = {
    Sid: label,
    Effect: 'Allow',
    Principal: { AWS: oneOrMany(accountIds.map((accountId) => `arn:aws:iam::${accountId}:root`)) },
    Action: oneOrMany(actions.map((action) => `SQS:${action}`)),
    Resource: queueArn,
  }
  return JSON.stringify({ ...rest, Statement: [...statements, statement] })
}

/** The policy without the statements of a label; empty when nothing is left of it. Throws when there is none. */
export function withoutPermission(policy: string | undefined, queueArn: string, label: string): string {
  const { statements, rest } = readPolicy(policy, queueArn)
  const kept = statements.filter(({ Sid }) => Sid !== label)
  if (kept.length === statements.length) throw errors.invalidValue(label, 'Label', "can't find label.")
  return kept.length === 0 ? '' : JSON.stringify({ ...rest, Statement: kept })
}

type Statement = Readonly<Record<string, unknown>>

/** The statements of a stored policy, which may be one alone, and what stands around them. */
function readPolicy(policy: string | undefined, queueArn: string) {
  const value = policy === undefined ? undefined : parseJson(policy)
  const { Statement: given, ...rest } = isObject(value)
    ? value
    : { Version: '2008-10-17', Id: `${queueArn}/SQSDefaultPolicy`, Statement: [] }
  const statements = (Array.isArray(given) ? given : [given]).filter((each): each is Statement =>
    isObject(each),
  )
  return { statements, rest }
}

const oneOrMany = (values: readonly string[]): string | readonly string[] =>
  values.length === 1 ? (values[0] ?? '') : values
