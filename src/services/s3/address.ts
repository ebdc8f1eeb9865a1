import type { RestXmlHead } from '../protocol/restXmlProtocol.ts'

/** What a request is about: the service, a bucket, or an object in one. */
export interface Address {
  readonly bucket: string | undefined
  readonly key: string | undefined
}

/** `bucket.s3.us-east-1.amazonaws.com`, `s3.localhost`, `bucket.s3-eu-west-1.amazonaws.com`; any port. */
const s3Host = /^(?:(.+?)\.)?s3(?:[.-][a-z0-9-]+)*\.(?:amazonaws\.com(?:\.cn)?|localhost)$/

/** Whether the host is S3's by its name alone. */
export const isS3Host = ({ host }: RestXmlHead): boolean => s3Host.test(withoutPort(host))

/**
 * Finds bucket and key (S3 User Guide, "Virtual hosting of buckets"): `bucket.s3.REGION...` and `bucket.localhost`
 * name the bucket in the host, all else in the path. A key is taken exactly as it was sent, percent signs decoded:
 * slashes and dots are characters like others. `undefined` when the path cannot be decoded.
 */
export function addressOf(head: RestXmlHead): Address | undefined {
  const path = decode(head.path.startsWith('/') ? head.path.slice(1) : head.path)
  if (path === undefined) return undefined
  const inHost = bucketInHost(withoutPort(head.host))
  if (inHost !== undefined) return { bucket: inHost, key: path === '' ? undefined : path }
  const slash = path.indexOf('/')
  const bucket = slash < 0 ? path : path.slice(0, slash)
  const key = slash < 0 ? '' : path.slice(slash + 1)
  return { bucket: bucket === '' ? undefined : bucket, key: key === '' ? undefined : key }
}

function bucketInHost(name: string): string | undefined {
  const match = s3Host.exec(name)
  return match ? match[1] : /^(.+)\.localhost$/.exec(name)?.[1]
}

const withoutPort = (host: string): string => host.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase()

function decode(path: string): string | undefined {
  try {
    // Some clients send UTF-8 as it is; Node's parser gives its bytes as characters.
    return decodeURIComponent(Buffer.from(path, 'latin1').toString('utf8'))
  } catch {
    return undefined
  }
}
