import type { Deliver } from '../../store/index.ts'
import { restXmlRequestId } from '../protocol/restXmlProtocol.ts'
import type { Buckets, Edges } from './buckets.ts'
import { DEFAULT_CONTENT_TYPE, type Objects } from './objects.ts'

/**
 * Records of failed invocations become objects (Lambda Developer Guide, "Retaining records of asynchronous
 * invocations"): `aws/lambda/async/<function>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<uuid>`. Those of a stream's records lie in a
 * folder of their mapping and shard.
 */
export const createDeliver =
  ({ clock, ids }: Edges, buckets: Buckets, objects: Objects): Deliver =>
  (arn, message) => {
    const name = arn.slice(arn.lastIndexOf(':') + 1)
    const bucket = buckets.get(name)
    if (!bucket) return { kind: 'refused', reason: `there is no bucket ${name}` }
    if (!message.record) return { kind: 'refused', reason: 'only records of invocations can go to a bucket' }
    const folder = message.record.folder ?? `aws/lambda/async/${message.record.functionName}`
    const key = recordKey(folder, clock.now(), ids.uuid())
    const { effects, told } = objects.prepare(bucket, key, message.body, {
      description: { contentType: DEFAULT_CONTENT_TYPE, headers: {}, metadata: {} },
      origin: { requestId: restXmlRequestId(ids.hex(16)), sourceIp: '127.0.0.1', cause: message.cause },
      eventName: 'ObjectCreated:Put',
    })
    return { kind: 'effects', effects, committed: told }
  }

function recordKey(folder: string, nowMs: number, uuid: string): string {
  const time = new Date(nowMs).toISOString()
  const day = time.slice(0, 10)
  const second = time.slice(0, 19).replaceAll(':', '.')
  return `${folder}/${day.replaceAll('-', '/')}/${second}-${uuid}`
}
