import type { FunctionDeployments } from './backend.ts'
import { refuse, required, typed } from './constraints.ts'
import * as errors from './errors.ts'

/** Where new code comes from, as `CreateFunction` and `UpdateFunctionCode` are told. */
export interface CodeInput {
  /** Base64 of a zip. */
  readonly ZipFile?: string | null
  readonly S3Bucket?: string | null
  readonly S3Key?: string | null
  readonly S3ObjectVersion?: string | null
  readonly ImageUri?: string | null
  readonly [other: string]: unknown
}

/** What a package may have, packed. */
const MOST_PACKED_BYTES = 52_428_800

/** The bytes of a package; throws AWS's errors for one that is not there, or too large. */
export async function packageOf(input: CodeInput, deployments: FunctionDeployments): Promise<Buffer> {
  for (const member of ['ZipFile', 'S3Bucket', 'S3Key', 'S3ObjectVersion', 'ImageUri'] as const)
    typed(member, input[member], 'string')
  if (input.ImageUri)
    throw errors.invalidParameterValue(
      'ImageUri is not supported here: give the code as ZipFile, or as S3Bucket and S3Key.',
    )
  if (input.SourceKMSKeyArn)
    throw errors.invalidParameterValue('SourceKMSKeyArn is not supported here: nothing is encrypted.')
  if (input.ZipFile && input.S3Bucket)
    throw errors.invalidParameterValue(
      'Please do not provide other FunctionCode parameters when providing a ZipFile.',
    )
  if (input.ZipFile) return ofLimitedSize(decode(input.ZipFile))
  if (!input.S3Bucket && !input.S3Key)
    throw errors.invalidParameterValue('Please provide a source for function code.')
  refuse(required('s3Bucket', input.S3Bucket), required('s3Key', input.S3Key))
  return ofLimitedSize(
    await deployments.object(input.S3Bucket ?? '', input.S3Key ?? '', input.S3ObjectVersion ?? undefined),
  )
}

function decode(text: string): Buffer {
  if (/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) return Buffer.from(text, 'base64')
  throw errors.unreadableMember('ZipFile', text, 'base64')
}

function ofLimitedSize(archive: Buffer): Buffer {
  if (archive.length <= MOST_PACKED_BYTES) return archive
  throw errors.packageTooLarge(MOST_PACKED_BYTES)
}
