import type { FunctionDescription } from '../../src/services/lambda/index.ts'
import { accountId, region, startMs } from './world.ts'

/** What a backend says of a function about which nothing is special. */
export const functionDescription = (name: string): FunctionDescription => ({
  name,
  arn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
  version: '$LATEST',
  description: '',
  runtime: 'nodejs22.x',
  handler: 'index.handler',
  role: `arn:aws:iam::${accountId}:role/r`,
  timeoutSeconds: 3,
  memoryMegabytes: 128,
  environment: undefined,
  declared: { reservedConcurrency: null, eventInvokeConfig: null },
  deadLetterArn: null,
  codeBytes: 300,
  codeSha256: 'c2hh',
  lastModifiedMs: startMs,
  revisionId: '11111111-2222-4333-8444-555555555555',
})
