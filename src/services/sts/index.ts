import type { Operation } from '../operation.ts'
import { structure } from '../protocol/shapes.ts'
import type { Service } from '../service.ts'

interface CallerIdentity {
  readonly Arn: string
  readonly UserId: string
  readonly Account: string
}

/** Who the caller is: whatever key signed, it is the account itself. */
const callerIdentity =
  (accountId: string): Operation<object, CallerIdentity> =>
  () => ({ Arn: `arn:aws:iam::${accountId}:root`, UserId: accountId, Account: accountId })

const shapes = {
  GetCallerIdentity: {
    input: structure({}),
    output: structure({ Arn: 'string', UserId: 'string', Account: 'string' }),
  },
}

/** Creates the Security Token Service, as far as tools ask it who they are. */
export const createStsService = ({ accountId }: { readonly accountId: string }): Service => ({
  name: 'sts',
  operations: { GetCallerIdentity: callerIdentity(accountId) },
  notBuilt: [
    'AssumeRole',
    'AssumeRoleWithSAML',
    'AssumeRoleWithWebIdentity',
    'AssumeRoot',
    'DecodeAuthorizationMessage',
    'GetAccessKeyInfo',
    'GetDelegatedAccessToken',
    'GetFederationToken',
    'GetSessionToken',
    'GetWebIdentityToken',
  ],
  maximumBodyBytes: 1024 * 1024,
  json: {
    target: 'AWSSecurityTokenServiceV20110615',
    version: '1.1',
    namespace: 'com.amazonaws.sts',
    shapes,
  },
  query: { version: '2011-06-15', xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/', shapes },
})
