import type { RequestContext } from '../operation.ts'
import type { Origin } from './objects.ts'

/** Who makes a change, of a request. */
export const originOf = ({ requestId, sourceIp, cause }: RequestContext): Origin => ({
  requestId,
  sourceIp,
  cause,
})
