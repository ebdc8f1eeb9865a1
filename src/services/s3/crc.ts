/** The cyclic redundancy checks that Node does not have; both reflected, as in their catalogue entries. */

const crc32cTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let rest = index
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0x82f63b78 : rest >>> 1
  return rest
})

/** CRC-32C (Castagnoli). */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ (crc32cTable[(crc ^ byte) & 255] ?? 0)
  return (crc ^ 0xffffffff) >>> 0
}

/** The two halves of each entry of CRC-64/NVME's table: 64-bit integers of JavaScript are a hundred times as slow. */
const highTable = new Uint32Array(256)
const lowTable = new Uint32Array(256)
for (let index = 0; index < 256; index++) {
  let high = 0
  let low = index
  for (let bit = 0; bit < 8; bit++) {
    const isOdd = low & 1
    low = (low >>> 1) | (high << 31)
    high >>>= 1
    if (isOdd) {
      high ^= 0x9a6c9329
      low ^= 0xac4bc9b5
    }
  }
  highTable[index] = high
  lowTable[index] = low
}

/** CRC-64/NVME, as eight bytes. */
export function crc64nvme(bytes: Uint8Array): Buffer {
  let high = -1
  let low = -1
  for (const byte of bytes) {
    const index = (low ^ byte) & 255
    low = ((low >>> 8) | (high << 24)) ^ (lowTable[index] ?? 0)
    high = (high >>> 8) ^ (highTable[index] ?? 0)
  }
  const result = Buffer.allocUnsafe(8)
  result.writeUInt32BE(~high >>> 0, 0)
  result.writeUInt32BE(~low >>> 0, 4)
  return result
}
