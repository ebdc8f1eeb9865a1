/** A number as a stored value. */
export function numberValue(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeDoubleLE(value)
  return bytes
}

/** The number that {@link numberValue} stored, or 0 where nothing is. */
export function numberIn(bytes: Buffer | undefined): number {
  return bytes ? bytes.readDoubleLE(0) : 0
}

/** The value of a key that says all there is to say. */
export const NOTHING: Buffer = Buffer.alloc(0)
