import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import type { S3 } from '../operations.ts'
import { canonicalIdOf } from '../owner.ts'

interface Input {
  readonly MaxBuckets?: string
  readonly ContinuationToken?: string
  readonly Prefix?: string
  readonly BucketRegion?: string
}

const mostBuckets = 10_000

/** `ListBuckets`, by name. A region is told only to who asks for pages, as S3 does. */
export const createListBuckets =
  ({ buckets, identity }: S3): Operation<Input> =>
  ({ MaxBuckets, ContinuationToken, Prefix = '', BucketRegion = identity.region }) => {
    const limit = MaxBuckets === undefined ? mostBuckets : Number(MaxBuckets)
    if (!Number.isInteger(limit) || limit < 1 || limit > mostBuckets)
      throw errors.invalidArgument(
        `Argument max-buckets must be an integer between 1 and ${mostBuckets}`,
        'max-buckets',
        MaxBuckets ?? '',
      )
    const after = Buffer.from(ContinuationToken ?? '', 'base64').toString('utf8')
    const found = buckets
      .all()
      .filter(({ name }) => name.startsWith(Prefix) && name > after && BucketRegion === identity.region)
    const page = found.slice(0, limit)
    const last = page.at(-1)
    return {
      Owner: { ID: canonicalIdOf(identity.accountId) },
      Buckets: {
        Bucket: page.map(({ name, createdMs }) => ({
          Name: name,
          CreationDate: new Date(createdMs).toISOString(),
          BucketRegion: MaxBuckets === undefined ? undefined : identity.region,
        })),
      },
      Prefix: Prefix === '' ? undefined : Prefix,
      ContinuationToken:
        last && found.length > page.length ? Buffer.from(last.name).toString('base64') : undefined,
    }
  }
