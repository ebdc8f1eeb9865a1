import type { RestXmlHeaders, RestXmlRoute } from '../protocol/restXmlProtocol.ts'
import * as errors from './errors.ts'

/** Headers that say nothing about the object: of the signature, the body's encoding, who pays. */
const harmless: ReadonlySet<string> = new Set([
  'x-amz-algorithm',
  'x-amz-api-version',
  'x-amz-content-sha256',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-decoded-content-length',
  'x-amz-expected-bucket-owner',
  'x-amz-expires',
  'x-amz-region-set',
  'x-amz-request-payer',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-security-token',
  'x-amz-signature',
  'x-amz-signedheaders',
  // An offer by older SDKs for Java, which a server may leave alone.
  'x-amz-te',
  'x-amz-trailer',
  'x-amz-user-agent',
])

/**
 * Refuses what would have to be stored and ignored: encryption, tags, locks and all other headers of S3's own that
 * the operation does not read.
 */
export function checkHeaders(route: RestXmlRoute, headers: RestXmlHeaders): void {
  const read = new Set(Object.values(route.headers ?? {}))
  for (const name in headers) {
    if (!name.startsWith('x-amz-') || headers[name] === undefined) continue
    if (harmless.has(name) || read.has(name)) continue
    if (route.metadataPrefix !== undefined && name.startsWith(route.metadataPrefix)) continue
    if (name.startsWith('x-amz-grant-')) throw errors.aclNotSupported()
    throw errors.headerNotImplemented(name)
  }
}

/** Who owns objects and what they cost are what S3 gives new buckets; nothing else can be chosen. */
export function checkWriteHeaders({ ACL, StorageClass }: { ACL?: string; StorageClass?: string }): void {
  if (ACL !== undefined && ACL !== 'bucket-owner-full-control') throw errors.aclNotSupported()
  if (StorageClass !== undefined && StorageClass !== 'STANDARD')
    throw errors.headerNotImplemented('x-amz-storage-class')
}
