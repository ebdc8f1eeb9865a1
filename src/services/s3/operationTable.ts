/** What in a request says which operation it means. */
export interface OperationEntry {
  readonly operation: string
  readonly method: string
  readonly level: 'service' | 'bucket' | 'object'
  /** Parameters that must be there, with a value if one is given. */
  readonly parameters: readonly (readonly [name: string, value: string | undefined])[]
  /** A header that must be there. */
  readonly header: string | undefined
}

/**
 * All operations of S3, built or not (its service model), the more particular ones first: level, method and, behind
 * `?` and `@`, the parameters and the header that tell them from others.
 */
const table = `
  service GET ListBuckets
  bucket GET?analytics&id GetBucketAnalyticsConfiguration
  bucket GET?intelligent-tiering&id GetBucketIntelligentTieringConfiguration
  bucket GET?inventory&id GetBucketInventoryConfiguration
  bucket GET?metrics&id GetBucketMetricsConfiguration
  bucket POST?metadataConfiguration CreateBucketMetadataConfiguration
  bucket POST?metadataTable CreateBucketMetadataTableConfiguration
  bucket GET?session CreateSession
  bucket DELETE?analytics DeleteBucketAnalyticsConfiguration
  bucket DELETE?cors DeleteBucketCors
  bucket DELETE?encryption DeleteBucketEncryption
  bucket DELETE?intelligent-tiering DeleteBucketIntelligentTieringConfiguration
  bucket DELETE?inventory DeleteBucketInventoryConfiguration
  bucket DELETE?lifecycle DeleteBucketLifecycle
  bucket DELETE?metadataConfiguration DeleteBucketMetadataConfiguration
  bucket DELETE?metadataTable DeleteBucketMetadataTableConfiguration
  bucket DELETE?metrics DeleteBucketMetricsConfiguration
  bucket DELETE?ownershipControls DeleteBucketOwnershipControls
  bucket DELETE?policy DeleteBucketPolicy
  bucket DELETE?replication DeleteBucketReplication
  bucket DELETE?tagging DeleteBucketTagging
  bucket DELETE?website DeleteBucketWebsite
  bucket POST?delete DeleteObjects
  bucket DELETE?publicAccessBlock DeletePublicAccessBlock
  bucket GET?abac GetBucketAbac
  bucket GET?accelerate GetBucketAccelerateConfiguration
  bucket GET?acl GetBucketAcl
  bucket GET?cors GetBucketCors
  bucket GET?encryption GetBucketEncryption
  bucket GET?lifecycle GetBucketLifecycleConfiguration
  bucket GET?location GetBucketLocation
  bucket GET?logging GetBucketLogging
  bucket GET?metadataConfiguration GetBucketMetadataConfiguration
  bucket GET?metadataTable GetBucketMetadataTableConfiguration
  bucket GET?notification GetBucketNotificationConfiguration
  bucket GET?ownershipControls GetBucketOwnershipControls
  bucket GET?policy GetBucketPolicy
  bucket GET?policyStatus GetBucketPolicyStatus
  bucket GET?replication GetBucketReplication
  bucket GET?requestPayment GetBucketRequestPayment
  bucket GET?tagging GetBucketTagging
  bucket GET?versioning GetBucketVersioning
  bucket GET?website GetBucketWebsite
  bucket GET?object-lock GetObjectLockConfiguration
  bucket GET?publicAccessBlock GetPublicAccessBlock
  bucket GET?analytics ListBucketAnalyticsConfigurations
  bucket GET?intelligent-tiering ListBucketIntelligentTieringConfigurations
  bucket GET?inventory ListBucketInventoryConfigurations
  bucket GET?metrics ListBucketMetricsConfigurations
  bucket GET?uploads ListMultipartUploads
  bucket GET?versions ListObjectVersions
  bucket GET?list-type=2 ListObjectsV2
  bucket PUT?abac PutBucketAbac
  bucket PUT?accelerate PutBucketAccelerateConfiguration
  bucket PUT?acl PutBucketAcl
  bucket PUT?analytics PutBucketAnalyticsConfiguration
  bucket PUT?cors PutBucketCors
  bucket PUT?encryption PutBucketEncryption
  bucket PUT?intelligent-tiering PutBucketIntelligentTieringConfiguration
  bucket PUT?inventory PutBucketInventoryConfiguration
  bucket PUT?lifecycle PutBucketLifecycleConfiguration
  bucket PUT?logging PutBucketLogging
  bucket PUT?metrics PutBucketMetricsConfiguration
  bucket PUT?notification PutBucketNotificationConfiguration
  bucket PUT?ownershipControls PutBucketOwnershipControls
  bucket PUT?policy PutBucketPolicy
  bucket PUT?replication PutBucketReplication
  bucket PUT?requestPayment PutBucketRequestPayment
  bucket PUT?tagging PutBucketTagging
  bucket PUT?versioning PutBucketVersioning
  bucket PUT?website PutBucketWebsite
  bucket PUT?object-lock PutObjectLockConfiguration
  bucket PUT?publicAccessBlock PutPublicAccessBlock
  bucket PUT?metadataInventoryTable UpdateBucketMetadataInventoryTableConfiguration
  bucket PUT?metadataJournalTable UpdateBucketMetadataJournalTableConfiguration
  bucket PUT CreateBucket
  bucket DELETE DeleteBucket
  bucket HEAD HeadBucket
  bucket GET ListObjects
  bucket POST PostObject
  object PUT?partNumber&uploadId@x-amz-copy-source UploadPartCopy
  object POST?select&select-type=2 SelectObjectContent
  object PUT?partNumber&uploadId UploadPart
  object DELETE?uploadId AbortMultipartUpload
  object POST?uploadId CompleteMultipartUpload
  object PUT@x-amz-copy-source CopyObject
  object POST?uploads CreateMultipartUpload
  object DELETE?tagging DeleteObjectTagging
  object GET?acl GetObjectAcl
  object GET?attributes GetObjectAttributes
  object GET?legal-hold GetObjectLegalHold
  object GET?retention GetObjectRetention
  object GET?tagging GetObjectTagging
  object GET?torrent GetObjectTorrent
  object GET?uploadId ListParts
  object PUT?acl PutObjectAcl
  object PUT?legal-hold PutObjectLegalHold
  object PUT?retention PutObjectRetention
  object PUT?tagging PutObjectTagging
  object PUT?renameObject RenameObject
  object POST?restore RestoreObject
  object PUT?encryption UpdateObjectEncryption
  object DELETE DeleteObject
  object GET GetObject
  object HEAD HeadObject
  object PUT PutObject
`

export const parseOperations = (): readonly OperationEntry[] =>
  table
    .trim()
    .split('\n')
    .map((line) => {
      const [level = '', request = '', operation = ''] = line.trim().split(' ')
      const [, method = '', parameters = '', header] =
        /^([A-Z]+)(?:\?([^@]*))?(?:@(.*))?$/.exec(request) ?? []
      return {
        operation,
        method,
        level: level as OperationEntry['level'],
        parameters: parameters
          .split('&')
          .filter((parameter) => parameter !== '')
          .map((parameter) => {
            const [name = '', value] = parameter.split('=')
            return [name, value] as const
          }),
        header,
      }
    })
