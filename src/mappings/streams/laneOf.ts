const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** The lane of a record: records of one key share one, so that they keep their order (FNV-1a over the key). */
export function laneOf(orderKey: string, lanes: number): number {
  if (lanes === 1) return 0
  let hash = FNV_OFFSET
  for (let index = 0; index < orderKey.length; index++)
    hash = Math.imul(hash ^ orderKey.charCodeAt(index), FNV_PRIME)
  return (hash >>> 0) % lanes
}
