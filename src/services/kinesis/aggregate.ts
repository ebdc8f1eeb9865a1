import { hash } from 'node:crypto'
import { hashKeyOf, LARGEST_HASH_KEY } from './hashKeys.ts'

/** A record that the Kinesis Producer Library put into another one with its like. */
export interface InnerRecord {
  readonly partitionKey: string
  /** 32 hexadecimal digits. */
  readonly hashKey: string
  readonly data: Uint8Array
}

const MAGIC = Buffer.from([0xf3, 0x89, 0x9a, 0xc2])
const DIGEST_BYTES = 16

/**
 * The records in the data of an aggregated record, in order (KPL aggregated record format: four bytes by which it is known,
 * a protocol buffer, its MD5). `undefined` for data that is none, or is damaged: then it is what it is.
 */
export function innerRecords(data: Uint8Array): InnerRecord[] | undefined {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  if (bytes.length < MAGIC.length + DIGEST_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    return undefined
  const body = bytes.subarray(MAGIC.length, -DIGEST_BYTES)
  const digest = Buffer.from(hash('md5', body, 'hex'), 'hex')
  if (!digest.equals(bytes.subarray(-DIGEST_BYTES))) return undefined
  try {
    return recordsIn(body)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function recordsIn(body: Buffer): InnerRecord[] {
  const fields = fieldsIn(body)
  const texts = (field: number): string[] => blocksOf(fields, field).map((block) => block.toString())
  const [partitionKeys, hashKeys] = [texts(1), texts(2)]
  return blocksOf(fields, 3).map((block) => {
    const record = fieldsIn(block)
    const [keyIndex, hashKeyIndex] = [numberOf(record, 1), numberOf(record, 2)]
    const partitionKey = partitionKeys[keyIndex ?? -1]
    const explicit = hashKeyIndex === undefined ? undefined : hashKeys[hashKeyIndex]
    const [data] = blocksOf(record, 3)
    const isWhole = partitionKey !== undefined && data !== undefined
    if (!isWhole || (hashKeyIndex !== undefined && !isHashKey(explicit)))
      throw new RangeError('a record of the aggregate is not complete')
    return { partitionKey, hashKey: hashKeyOf(partitionKey, explicit), data }
  })
}

const isHashKey = (text = ''): boolean => /^\d{1,39}$/.test(text) && BigInt(text) <= LARGEST_HASH_KEY

/** A field of a protocol buffer: its number, and what it holds. */
interface Field {
  readonly field: number
  readonly value: number | Buffer
}

const VARINT = 0
const BLOCK = 2

function fieldsIn(buffer: Buffer): Field[] {
  const fields: Field[] = []
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = buffer[at++]
      if (byte === undefined || shift > Number.MAX_SAFE_INTEGER)
        throw new RangeError('the aggregate is cut short')
      value += (byte & 127) * shift
      if (byte < 128) return value
    }
  }
  while (at < buffer.length) {
    const tag = varint()
    const field = Math.floor(tag / 8)
    if (tag % 8 === VARINT) fields.push({ field, value: varint() })
    else if (tag % 8 === BLOCK) {
      const end = varint() + at
      if (end > buffer.length) throw new RangeError('the aggregate is cut short')
      fields.push({ field, value: buffer.subarray(at, end) })
      at = end
    } else throw new RangeError('the aggregate has a field of another kind')
  }
  return fields
}

const blocksOf = (fields: readonly Field[], wanted: number): Buffer[] =>
  fields.flatMap(({ field, value }) => (field === wanted && Buffer.isBuffer(value) ? [value] : []))

const numberOf = (fields: readonly Field[], wanted: number): number | undefined =>
  fields.flatMap(({ field, value }) => (field === wanted && typeof value === 'number' ? [value] : []))[0]
