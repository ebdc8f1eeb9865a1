/** One statement of a function's policy, as AWS words it. */
export type Statement = {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Principal: '*' | { readonly Service: string } | { readonly AWS: string }
  readonly Action: string
  readonly Resource: string
  readonly Condition?: Conditions
}

type Conditions = { readonly [operator: string]: { readonly [key: string]: string } }

/** What `AddPermission` says. */
export interface Permission {
  readonly StatementId: string
  readonly Action: string
  readonly Principal: string
  readonly SourceArn?: string | null
  readonly SourceAccount?: string | null
  readonly EventSourceToken?: string | null
  readonly PrincipalOrgID?: string | null
  readonly FunctionUrlAuthType?: string | null
  readonly InvokedViaFunctionUrl?: boolean | null
}

/**
 * The statement that a permission becomes; `undefined` for a principal that is neither a service, nor an account, user
 * or role, nor everybody.
 */
export function statementOf(permission: Permission, resource: string): Statement | undefined {
  const principal = principalOf(permission.Principal)
  if (principal === undefined) return undefined
  const conditions = conditionsOf(permission)
  return {
    Sid: permission.StatementId,
    Effect: 'Allow',
    Principal: principal,
    Action: permission.Action,
    Resource: resource,
    ...(Object.keys(conditions).length > 0 && { Condition: conditions }),
  }
}

function principalOf(text: string): Statement['Principal'] | undefined {
  if (text === '*') return '*'
  if (/^\d{12}$/.test(text)) return { AWS: `arn:aws:iam::${text}:root` }
  if (/^arn:aws[a-z-]*:(?:iam|sts)::\d{12}:/.test(text)) return { AWS: text }
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(text) ? { Service: text } : undefined
}

function conditionsOf(permission: Permission): Conditions {
  const equals = withValues({
    'AWS:SourceAccount': permission.SourceAccount,
    'lambda:EventSourceToken': permission.EventSourceToken,
    'lambda:FunctionUrlAuthType': permission.FunctionUrlAuthType,
    'aws:PrincipalOrgID': permission.PrincipalOrgID,
  })
  const isTrue = withValues({ 'lambda:InvokedViaFunctionUrl': permission.InvokedViaFunctionUrl?.toString() })
  const like = withValues({ 'AWS:SourceArn': permission.SourceArn })
  const all = { StringEquals: equals, Bool: isTrue, ArnLike: like }
  return Object.fromEntries(Object.entries(all).filter(([, keys]) => Object.keys(keys).length > 0))
}

const withValues = (members: Readonly<Record<string, string | null | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(members).flatMap(([key, value]) =>
      value === undefined || value === null ? [] : [[key, value]],
    ),
  )
