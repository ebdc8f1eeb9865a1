import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { RestXmlHeaders } from '../protocol/restXmlProtocol.ts'
import { crc32c, crc64nvme } from './crc.ts'
import * as errors from './errors.ts'

/** A checksum that came with an object (S3 User Guide, "Checking object integrity"). */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm
  /** In base64. */
  readonly value: string
}

const fourBytes = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(value)
  return bytes
}
const hashed = (name: string) => (content: Uint8Array) => createHash(name).update(content).digest()

/** S3's algorithms, but for the xxHash family. */
const algorithms = {
  CRC32: (content: Uint8Array) => fourBytes(crc32(content)),
  CRC32C: (content: Uint8Array) => fourBytes(crc32c(content)),
  CRC64NVME: crc64nvme,
  SHA1: hashed('sha1'),
  SHA256: hashed('sha256'),
  SHA512: hashed('sha512'),
  MD5: hashed('md5'),
} as const satisfies Record<string, (content: Uint8Array) => Buffer>

export type ChecksumAlgorithm = keyof typeof algorithms

const names = Object.keys(algorithms) as ChecksumAlgorithm[]

/** Member -> header, for the routes whose objects carry a checksum. */
export const checksumHeaders: Readonly<Record<string, string>> = Object.fromEntries(
  names.map((name) => [`Checksum${name}`, `x-amz-checksum-${name.toLowerCase()}`]),
)

export const isAlgorithm = (name: string): name is ChecksumAlgorithm => Object.hasOwn(algorithms, name)

export const checksumOf = (algorithm: ChecksumAlgorithm, content: Uint8Array): Checksum => ({
  algorithm,
  value: algorithms[algorithm](content).toString('base64'),
})

/** The members that show a checksum in an answer. */
export const checksumMembers = (checksum: Checksum | undefined): Record<string, string> =>
  checksum ? { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: 'FULL_OBJECT' } : {}

/** The checksum that the headers tell; more than one is refused. */
export function checksumIn(headers: RestXmlHeaders): Checksum | undefined {
  const found = names.flatMap((algorithm) => {
    const value = headers[`x-amz-checksum-${algorithm.toLowerCase()}`]
    return value === undefined ? [] : [{ algorithm, value }]
  })
  if (found.length > 1)
    throw errors.invalidRequest(
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    )
  return found[0]
}

/** Compares a body with all that its headers say of it: `Content-MD5`, the signed hash, a checksum. */
export function checkIntegrity(headers: RestXmlHeaders, body: Buffer): void {
  const contentMd5 = headers['content-md5']
  if (contentMd5 !== undefined) checkContentMd5(contentMd5, body)
  const sha256 = headers['x-amz-content-sha256']
  if (sha256 !== undefined && /^[0-9a-f]{64}$/i.test(sha256)) {
    const calculated = hashed('sha256')(body).toString('hex')
    if (calculated !== sha256.toLowerCase()) throw errors.contentSha256Mismatch(sha256, calculated)
  }
  const checksum = checksumIn(headers)
  if (checksum) checkChecksum(checksum, body)
  else if (headers['x-amz-sdk-checksum-algorithm'] !== undefined && body.length > 0)
    throw errors.invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    )
}

function checkContentMd5(sent: string, body: Buffer): void {
  if (!/^[A-Za-z0-9+/]{22}==$/.test(sent)) throw errors.invalidDigest(sent)
  const calculated = hashed('md5')(body).toString('base64')
  if (calculated !== sent) throw errors.badContentMd5(sent, calculated)
}

function checkChecksum({ algorithm, value }: Checksum, body: Buffer): void {
  const calculated = algorithms[algorithm](body)
  if (!isBase64Of(calculated.length, value))
    throw errors.invalidRequest(`Value for x-amz-checksum-${algorithm.toLowerCase()} header is invalid.`)
  if (calculated.toString('base64') !== value) throw errors.badChecksum(algorithm)
}

const isBase64Of = (bytes: number, text: string): boolean =>
  /^[A-Za-z0-9+/]+={0,2}$/.test(text) && Buffer.from(text, 'base64').length === bytes && text.length % 4 === 0
