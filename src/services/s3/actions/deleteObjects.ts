import type { Operation } from '../../operation.ts'
import { readXml, type XmlElement } from '../../protocol/restXmlReader.ts'
import { checksumHeaders } from '../checksums.ts'
import * as errors from '../errors.ts'
import type { OnBucket } from '../member.ts'
import { checkKey } from '../objects.ts'
import type { S3 } from '../operations.ts'
import { originOf } from '../origin.ts'

interface Input extends OnBucket {
  readonly Body: Uint8Array
  readonly ContentMD5?: string
}

const mostKeys = 1_000
/** Room for as many keys of the greatest length, written with references. */
const largestBodyBytes = 8 * 1024 * 1024

/** `DeleteObjects`: up to 1,000 keys; those that are not there count as deleted. */
export const createDeleteObjects =
  ({ buckets, objects }: S3): Operation<Input> =>
  async (input, context) => {
    const bucket = buckets.of(input.Bucket, input.ExpectedBucketOwner)
    const isProtected = ['ContentMD5', ...Object.keys(checksumHeaders)].some((member) => member in input)
    if (!isProtected) throw errors.invalidRequest('Missing required header for this request: Content-MD5')
    if (input.Body.length > largestBodyBytes) throw errors.malformedXml()
    const { keys, isQuiet } = requestIn(await readXml(input.Body, 'Delete'))
    keys.forEach(checkKey)
    const origin = originOf(context)
    // Asked for in one turn, so that they share a commit.
    await Promise.all(keys.map((key) => objects.remove(bucket, key, origin)))
    return { Deleted: isQuiet ? [] : keys.map((key) => ({ Key: key })) }
  }

function requestIn(document: XmlElement | undefined): { keys: string[]; isQuiet: boolean } {
  if (!document) throw errors.malformedXml()
  const { Object: entries = [], Quiet: [quiet = 'false'] = [], ['#text']: _, ...others } = document
  if (entries.length === 0 || entries.length > mostKeys || Object.keys(others).length > 0)
    throw errors.malformedXml()
  if (quiet !== 'true' && quiet !== 'false') throw errors.malformedXml()
  return { keys: entries.map(keyIn), isQuiet: quiet === 'true' }
}

function keyIn(entry: XmlElement | string): string {
  if (typeof entry === 'string') throw errors.malformedXml()
  const { Key: keys = [], ['#text']: _, ...conditions } = entry
  const [condition] = Object.keys(conditions)
  if (condition !== undefined) throw errors.parameterNotImplemented(condition)
  const [key] = keys
  if (keys.length !== 1 || typeof key !== 'string' || key === '') throw errors.malformedXml()
  return key
}
