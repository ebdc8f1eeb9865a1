import { createHash } from 'node:crypto'

/** A record as the Kinesis Producer Library is given it. */
export interface ProducerRecord {
  readonly partitionKey: string
  readonly explicitHashKey?: string
  readonly data: Uint8Array
}

/** Puts records together into the data of one, as the Kinesis Producer Library does. */
export function aggregate(records: readonly ProducerRecord[]): Buffer {
  const partitionKeys = [...new Set(records.map(({ partitionKey }) => partitionKey))]
  const hashKeys = [...new Set(records.flatMap(({ explicitHashKey }) => explicitHashKey ?? []))]
  const body = Buffer.concat([
    ...partitionKeys.map((key) => block(1, Buffer.from(key))),
    ...hashKeys.map((key) => block(2, Buffer.from(key))),
    ...records.map(({ partitionKey, explicitHashKey, data }) =>
      block(
        3,
        Buffer.concat([
          number(1, partitionKeys.indexOf(partitionKey)),
          ...(explicitHashKey === undefined ? [] : [number(2, hashKeys.indexOf(explicitHashKey))]),
          block(3, data),
        ]),
      ),
    ),
  ])
  const digest = createHash('md5').update(body).digest()
  return Buffer.concat([Buffer.from('f3899ac2', 'hex'), body, digest])
}

const number = (field: number, value: number): Buffer => Buffer.concat([varint(field * 8), varint(value)])

const block = (field: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes])

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left])
    bytes.push((left % 128) + 128)
  }
}
