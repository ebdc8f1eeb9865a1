/**
 * The largest object, 256 MB. S3 takes 5 GB in one request; here a body is held in memory while it is checked and
 * stored, once as it came and once more for a moment.
 */
export const LARGEST_OBJECT_BYTES = 256 * 1024 * 1024

/** A body with signatures between its chunks is a little longer. */
export const LARGEST_BODY_BYTES = LARGEST_OBJECT_BYTES + 16 * 1024 * 1024

/** User metadata: names and values together. */
export const LARGEST_METADATA_BYTES = 2_048
