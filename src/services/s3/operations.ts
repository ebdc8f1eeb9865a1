import type { Operation } from '../operation.ts'
import { createCopyObject } from './actions/copyObject.ts'
import { createCreateBucket } from './actions/createBucket.ts'
import { createDeleteBucket } from './actions/deleteBucket.ts'
import { createDeleteObject } from './actions/deleteObject.ts'
import { createDeleteObjects } from './actions/deleteObjects.ts'
import { createGetBucketLocation } from './actions/getBucketLocation.ts'
import { createGetObject } from './actions/getObject.ts'
import { createHeadBucket } from './actions/headBucket.ts'
import { createHeadObject } from './actions/headObject.ts'
import { createListBuckets } from './actions/listBuckets.ts'
import { createListObjects } from './actions/listObjects.ts'
import { createListObjectsV2 } from './actions/listObjectsV2.ts'
import { createPutObject } from './actions/putObject.ts'
import type { Buckets, Edges } from './buckets.ts'
import type { Objects } from './objects.ts'
import type { BuiltOperation } from './routes.ts'

/** What the actions work on. */
export interface S3 {
  readonly identity: Edges['identity']
  readonly buckets: Buckets
  readonly objects: Objects
}

/** The table of S3's operations. */
export const operationsOf = (s3: S3): Record<BuiltOperation, Operation> => ({
  ListBuckets: createListBuckets(s3),
  CreateBucket: createCreateBucket(s3),
  HeadBucket: createHeadBucket(s3),
  DeleteBucket: createDeleteBucket(s3),
  GetBucketLocation: createGetBucketLocation(s3),
  ListObjects: createListObjects(s3),
  ListObjectsV2: createListObjectsV2(s3),
  DeleteObjects: createDeleteObjects(s3),
  PutObject: createPutObject(s3),
  CopyObject: createCopyObject(s3),
  GetObject: createGetObject(s3),
  HeadObject: createHeadObject(s3),
  DeleteObject: createDeleteObject(s3),
})
