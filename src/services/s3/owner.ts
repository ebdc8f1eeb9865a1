import { createHash } from 'node:crypto'

/** S3's own id of an account: opaque, the same from run to run. */
export const canonicalIdOf = (accountId: string): string =>
  createHash('sha256').update(`owner ${accountId}`).digest('hex')
