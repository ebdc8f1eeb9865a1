/** Whose account and where: what every ARN of the spec begins with. */
export interface Identity {
  readonly accountId: string
  readonly region: string
}

export const DEFAULT_ACCOUNT_ID = '000000000000'
export const DEFAULT_REGION = 'us-east-1'

export function functionArn({ region, accountId }: Identity, name: string): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${name}`
}

/** What CloudFormation's `Ref` of a queue gives. */
export function queueUrl({ region, accountId }: Identity, name: string): string {
  return `https://sqs.${region}.amazonaws.com/${accountId}/${name}`
}
