/** Records of a stream under fire: put, and the stream split and merged meanwhile; what became of them afterwards. */
import { kinesis } from './runner.mjs'

const STREAM = 'clicks'
const KEYS = 10
/** More shards than this are merged, fewer are split. */
const USUAL_SHARDS = 4

/** @typedef {{ key: string, shardId: string, sequenceNumber: bigint }} AcceptedClick */

/**
 * Puts a record; `undefined` when it was not accepted.
 * @param {string} url
 * @param {number} id
 * @returns {Promise<AcceptedClick | undefined>}
 */
export async function putClick(url, id) {
  const key = `key-${id % KEYS}`
  const Data = Buffer.from(String(id)).toString('base64')
  const { isAccepted, text } = await kinesis(url, 'PutRecord', {
    StreamName: STREAM,
    Data,
    PartitionKey: key,
  })
  if (!isAccepted) return undefined
  const { ShardId, SequenceNumber } = JSON.parse(text)
  return { key, shardId: ShardId, sequenceNumber: BigInt(SequenceNumber) }
}

/**
 * Splits a shard, or merges two that lie side by side.
 * @param {string} url
 * @param {() => number} random
 */
export async function reshard(url, random) {
  const { isAccepted, text } = await kinesis(url, 'ListShards', {
    StreamName: STREAM,
    ShardFilter: { Type: 'AT_LATEST' },
  })
  if (!isAccepted) return
  /** @type {{ ShardId: string, HashKeyRange: { StartingHashKey: string, EndingHashKey: string } }[]} */
  const shards = JSON.parse(text).Shards
  const ranges = shards
    .map(({ ShardId, HashKeyRange: { StartingHashKey, EndingHashKey } }) => ({
      ShardId,
      first: BigInt(StartingHashKey),
      last: BigInt(EndingHashKey),
    }))
    .sort((a, b) => (a.first < b.first ? -1 : 1))
  const at = Math.floor(random() * (ranges.length - 1))
  const [one, next] = [ranges[at], ranges[at + 1]]
  if (one && next && ranges.length > USUAL_SHARDS)
    await kinesis(url, 'MergeShards', {
      StreamName: STREAM,
      ShardToMerge: one.ShardId,
      AdjacentShardToMerge: next.ShardId,
    })
  else if (one)
    await kinesis(url, 'SplitShard', {
      StreamName: STREAM,
      ShardToSplit: one.ShardId,
      NewStartingHashKey: String((one.first + one.last) / 2n + 1n),
    })
}

/**
 * @param {Map<number, AcceptedClick>} accepted
 * @param {readonly string[]} lines What handlers wrote down: `click KEY SEQUENCE`, in order.
 * @param {readonly { Body: string }[]} failures
 * @returns {{ lost: string[], disorder: string[] }}
 */
export function judgeClicks(accepted, lines, failures) {
  /** The greatest sequence number handled so far, by key. @type {Map<string, bigint>} */
  const latest = new Map()
  /** @type {Set<bigint>} */
  const done = new Set()
  const givenUp = failures.map(({ Body }) => {
    const { startSequenceNumber, endSequenceNumber } = JSON.parse(Body).KinesisBatchInfo
    return { first: BigInt(startSequenceNumber), last: BigInt(endSequenceNumber) }
  })
  const isGivenUp = (/** @type {bigint} */ sequenceNumber) =>
    givenUp.some((one) => one.first <= sequenceNumber && sequenceNumber <= one.last)
  const disorder = []
  for (const line of lines) {
    const [kind, key = '', number = '0'] = line.split(' ')
    if (kind !== 'click') continue
    const sequenceNumber = BigInt(number)
    // What was given up may come once more after a kill, when others have long been done: it is at its end already.
    if (isGivenUp(sequenceNumber)) continue
    if (!done.has(sequenceNumber) && sequenceNumber < (latest.get(key) ?? 0n))
      disorder.push(`record ${number} of ${key} came after ${latest.get(key)}`)
    if (!done.has(sequenceNumber)) latest.set(key, sequenceNumber)
    done.add(sequenceNumber)
  }
  const lost = [...accepted]
    .filter(([, click]) => !done.has(click.sequenceNumber) && !isGivenUp(click.sequenceNumber))
    .map(([id, click]) => `record ${id} (${click.shardId} ${click.sequenceNumber})`)
  return { lost, disorder }
}
