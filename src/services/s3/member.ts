/** The members by which every operation finds what it is about; the address has made sure of them. */
export interface OnBucket {
  readonly Bucket: string
  readonly ExpectedBucketOwner?: string
}

export interface OnObject extends OnBucket {
  readonly Key: string
}
