import type { Operation } from '../../operation.ts'
import { readXml } from '../../protocol/restXmlReader.ts'
import * as errors from '../errors.ts'
import type { S3 } from '../operations.ts'

interface Input {
  readonly Bucket: string
  readonly Body: Uint8Array
  readonly ACL?: string
  readonly ObjectOwnership?: string
  readonly ObjectLockEnabledForBucket?: string
}

/**
 * `CreateBucket`. A bucket that the caller owns already is an error, but in us-east-1, where it has always been fine.
 * All buckets are in the runner's region.
 */
export const createCreateBucket =
  ({ buckets, identity }: S3): Operation<Input> =>
  async (input) => {
    const { Bucket } = input
    if (input.ACL !== undefined && input.ACL !== 'private') throw errors.headerNotImplemented('x-amz-acl')
    if (input.ObjectOwnership !== undefined && input.ObjectOwnership !== 'BucketOwnerEnforced')
      throw errors.headerNotImplemented('x-amz-object-ownership')
    if (input.ObjectLockEnabledForBucket?.toLowerCase() === 'true')
      throw errors.headerNotImplemented('x-amz-bucket-object-lock-enabled')
    const constraint = await locationIn(input.Body)
    if ((constraint ?? 'us-east-1') !== identity.region)
      throw errors.illegalLocation(constraint ?? 'unspecified')
    const existing = buckets.get(Bucket)
    if (existing && identity.region !== 'us-east-1') throw errors.bucketAlreadyOwnedByYou(Bucket)
    if (!existing) await buckets.create(Bucket)
    return { Location: `/${Bucket}`, BucketArn: `arn:aws:s3:::${Bucket}` }
  }

/** The region in the configuration; everything else that may stand there is not built. */
async function locationIn(body: Uint8Array): Promise<string | undefined> {
  if (body.length === 0) return undefined
  const configuration = await readXml(body, 'CreateBucketConfiguration')
  if (!configuration) throw errors.malformedXml()
  const { LocationConstraint: constraints = [], ['#text']: _, ...others } = configuration
  const [other] = Object.keys(others)
  if (other !== undefined) throw errors.parameterNotImplemented(other)
  const [constraint] = constraints
  if (constraints.length > 1 || typeof constraint === 'object') throw errors.malformedXml()
  return constraint === '' ? undefined : constraint === 'EU' ? 'eu-west-1' : constraint
}
