import type { IncomingMessage } from 'node:http'

/** The access key of a signed request: of its `Authorization` header, or of a presigned URL. */
export function accessKeyId(request: IncomingMessage): string | undefined {
  const text = credential(request)
  return text?.slice(0, Math.max(0, text.indexOf('/')))
}

/** The service a request was signed for: `AKID/20260102/eu-west-1/sqs/aws4_request` -> `sqs`. */
export function signedService(request: IncomingMessage): string | undefined {
  return credential(request)?.split('/', 4)[3]
}

/** Whether the request carries a signature at all. */
export const isSigned = (request: IncomingMessage): boolean => credential(request) !== undefined

function credential(request: IncomingMessage): string | undefined {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const start = authorization.indexOf('Credential=')
    if (start < 0) return undefined
    const end = authorization.indexOf(',', start)
    return authorization.slice(start + 'Credential='.length, end < 0 ? undefined : end).trim()
  }
  const match = /[?&]X-Amz-Credential=([^&]+)/.exec(request.url ?? '')
  if (match?.[1] !== undefined) return decodeOrKeep(match[1])
  // Signature version 2, with which boto3 still presigns URLs for S3: a key and nothing else.
  const key = /[?&]AWSAccessKeyId=([^&]+)/.exec(request.url ?? '')?.[1]
  return key === undefined ? undefined : `${decodeOrKeep(key)}/`
}

function decodeOrKeep(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
