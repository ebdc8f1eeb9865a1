import {
  BEFORE_HALF,
  closed,
  create,
  get,
  HALF_KEY,
  invalidArgument,
  iterator,
  type KinesisCase,
  LAST_KEY,
  merge,
  notFound,
  put,
  record,
  records,
  shard,
  shardId,
  split,
  type Step,
  validation,
  violation,
  wait,
} from './kinesisCase.ts'

const list = (more: object = { StreamName: '{s}' }): Step => ['ListShards', { ...more }]
const filtered = (Type: string, more: object = {}): Step =>
  list({ StreamName: '{s}', ShardFilter: { Type, ...more } })
const scale = (TargetShardCount: number): Step => [
  'UpdateShardCount',
  { StreamName: '{s}', TargetShardCount, ScalingType: 'UNIFORM_SCALING' },
]
const QUARTER = '85070591730234615865843651857942052864'
const BEFORE_QUARTER = '85070591730234615865843651857942052863'
const place = 'in stream {s} under account 000000000000'
const seconds = Date.parse('2026-01-02T03:04:05.678Z') / 1_000
const day = 24 * 3_600_000

const wasSplit = [
  shard(0, '0', LAST_KEY, closed),
  shard(1, '0', BEFORE_HALF, { ParentShardId: shardId(0) }),
  shard(2, HALF_KEY, LAST_KEY, { ParentShardId: shardId(0) }),
]
const wasMerged = [
  shard(0, '0', BEFORE_HALF, closed),
  shard(1, HALF_KEY, LAST_KEY, closed),
  shard(2, '0', LAST_KEY, { ParentShardId: shardId(0), AdjacentParentShardId: shardId(1) }),
]
const children = [
  {
    ShardId: shardId(1),
    ParentShards: [shardId(0)],
    HashKeyRange: { StartingHashKey: '0', EndingHashKey: BEFORE_HALF },
  },
  {
    ShardId: shardId(2),
    ParentShards: [shardId(0)],
    HashKeyRange: { StartingHashKey: HALF_KEY, EndingHashKey: LAST_KEY },
  },
]

export const shardCases: readonly KinesisCase[] = [
  { name: 'SplitShard answers nothing', before: [create()], request: split(0, HALF_KEY), answer: {} },
  {
    name: 'a split closes the parent and names it in the children',
    before: [create(), put('a', 'a'), split(0, HALF_KEY)],
    request: list(),
    answer: { Shards: wasSplit },
  },
  {
    name: 'a split where it is asked for',
    before: [create(), split(0, '1000')],
    request: list({ StreamName: '{s}', ExclusiveStartShardId: shardId(0) }),
    answer: {
      Shards: [
        shard(1, '0', '999', { ParentShardId: shardId(0) }),
        shard(2, '1000', LAST_KEY, { ParentShardId: shardId(0) }),
      ],
    },
  },
  {
    name: 'a closed shard keeps its records, and tells its children at its end',
    before: [create(), put('a', 'a'), split(0, HALF_KEY), iterator('TRIM_HORIZON')],
    request: get(),
    answer: { Records: [record('a', 'a')], MillisBehindLatest: 0, ChildShards: children },
  },
  {
    name: 'LATEST of a closed shard is its end',
    before: [create(), put('a', 'a'), split(0, HALF_KEY), iterator('LATEST')],
    request: get(),
    answer: { Records: [], MillisBehindLatest: 0, ChildShards: children },
  },
  {
    name: 'a page before the end of a closed shard goes on',
    before: [create(), put('a', 'a'), put('b', 'b'), split(0, HALF_KEY), iterator('TRIM_HORIZON')],
    request: get({ Limit: 1 }),
    answer: { Records: [record('a', 'a')], NextShardIterator: '<text>', MillisBehindLatest: 1 },
  },
  {
    name: 'an iterator from before the split reads to the end',
    before: [create(), put('a', 'a'), iterator('LATEST'), put('b', 'b'), split(0, HALF_KEY)],
    request: get(),
    answer: { Records: [record('b', 'b')], MillisBehindLatest: 0, ChildShards: children },
  },
  {
    name: 'records go to the children after a split',
    before: [create(), split(0, HALF_KEY)],
    request: put('b', 'b'),
    answer: { ShardId: shardId(2), SequenceNumber: '<56 digits>' },
  },
  {
    name: 'children hold what came after the split',
    before: [create(), put('a', 'old'), split(0, HALF_KEY), put('a', 'a'), iterator('TRIM_HORIZON', {}, 1)],
    request: get(),
    answer: { ...records('a') },
  },
  {
    name: 'a number of the parent is none of the child',
    before: [create(), put('a', 'a'), split(0, HALF_KEY)],
    request: iterator('AT_SEQUENCE_NUMBER', { StartingSequenceNumber: '{sequence1}' }, 1),
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: 'a closed shard is not split again',
    before: [create(), split(0, HALF_KEY)],
    request: split(0, HALF_KEY),
    refusal: invalidArgument(
      `Shard ${shardId(0)} ${place} has already been split, and thus is not eligible for splitting.`,
    ),
  },
  {
    name: 'a shard that is not there is not split',
    before: [create()],
    request: split(7, HALF_KEY),
    refusal: notFound(`Could not find shard ${shardId(7)} ${place}.`),
  },
  {
    name: 'a split outside of the shard is refused',
    before: [create(2)],
    request: split(0, HALF_KEY),
    refusal: invalidArgument(
      `NewStartingHashKey ${HALF_KEY} used in SplitShard() on shard ${shardId(0)} ${place} is not both greater than one plus the shard's StartingHashKey 0 and less than the shard's EndingHashKey ${BEFORE_HALF}.`,
    ),
  },
  {
    name: 'a split at the first key is refused',
    before: [create()],
    request: split(0, '1'),
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: 'a split at 2^128 is refused',
    before: [create()],
    request: split(0, '340282366920938463463374607431768211456'),
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: 'a split needs a shard and a key',
    before: [create()],
    request: ['SplitShard', { StreamName: '{s}' }],
    refusal: validation(
      "2 validation errors detected: Value null at 'shardToSplit' failed to satisfy constraint: Member must not be null; Value null at 'newStartingHashKey' failed to satisfy constraint: Member must not be null",
    ),
  },
  {
    name: 'a stream on demand is not split',
    before: [['CreateStream', { StreamName: '{s}' }]],
    request: split(0, '1000'),
    refusal: { code: 'ValidationException' },
  },
  {
    name: 'a stream that is not there is not split',
    request: split(0, '1000'),
    refusal: notFound('Stream {s} under account 000000000000 not found.'),
  },
  { name: 'MergeShards answers nothing', before: [create(2)], request: merge(0, 1), answer: {} },
  {
    name: 'a merge closes both parents and names them in the child',
    before: [create(2), put('a', 'a'), merge(0, 1)],
    request: list(),
    answer: { Shards: wasMerged },
  },
  {
    name: 'the shard to merge is the first parent, on whichever side it is',
    before: [create(2), merge(1, 0)],
    request: filtered('AT_LATEST'),
    answer: {
      Shards: [shard(2, '0', LAST_KEY, { ParentShardId: shardId(1), AdjacentParentShardId: shardId(0) })],
    },
  },
  {
    name: 'a merged shard tells its child at its end',
    before: [create(2), put('b', 'b'), merge(0, 1), iterator('TRIM_HORIZON', {}, 1)],
    request: get(),
    answer: {
      Records: [record('b', 'b')],
      MillisBehindLatest: 0,
      ChildShards: [
        {
          ShardId: shardId(2),
          ParentShards: [shardId(0), shardId(1)],
          HashKeyRange: { StartingHashKey: '0', EndingHashKey: LAST_KEY },
        },
      ],
    },
  },
  {
    name: 'shards that are not neighbours are not merged',
    before: [create(3)],
    request: merge(0, 2),
    refusal: invalidArgument(
      `Shards ${shardId(0)} and ${shardId(2)} ${place} are not an adjacent pair of shards eligible for merging`,
    ),
  },
  {
    name: 'a shard is not merged with itself',
    before: [create()],
    request: merge(0, 0),
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: 'a closed shard is not merged',
    before: [create(2), merge(0, 1)],
    request: merge(0, 1),
    refusal: invalidArgument(
      `Shard ${shardId(0)} ${place} has already been merged, and thus is not eligible for merging.`,
    ),
  },
  {
    name: 'a shard that is not there is not merged',
    before: [create()],
    request: merge(0, 1),
    refusal: notFound(`Could not find shard ${shardId(1)} ${place}.`),
  },
  {
    name: 'UpdateShardCount tells both counts',
    before: [create()],
    request: scale(2),
    answer: { StreamName: '{s}', StreamARN: '{arn}', CurrentShardCount: 1, TargetShardCount: 2 },
  },
  {
    name: 'twice as many shards halve each',
    before: [create(), scale(2)],
    request: list(),
    answer: { Shards: wasSplit },
  },
  {
    name: 'half as many shards merge pairs',
    before: [create(2), scale(1)],
    request: list(),
    answer: { Shards: wasMerged },
  },
  {
    name: 'any count ends in ranges of equal size',
    before: [create(3), scale(4)],
    request: filtered('AT_LATEST'),
    answer: {
      Shards: [
        shard(3, '0', BEFORE_QUARTER, { ParentShardId: shardId(0) }),
        shard(8, '255211775190703847597530955573826158592', LAST_KEY, { ParentShardId: shardId(2) }),
        shard(9, QUARTER, BEFORE_HALF, {
          ParentShardId: shardId(4),
          AdjacentParentShardId: shardId(5),
        }),
        shard(10, HALF_KEY, '255211775190703847597530955573826158591', {
          ParentShardId: shardId(6),
          AdjacentParentShardId: shardId(7),
        }),
      ],
    },
  },
  {
    name: 'as many shards as there are change nothing',
    before: [create(2), scale(2)],
    request: list(),
    answer: { Shards: [shard(0, '0', BEFORE_HALF), shard(1, HALF_KEY, LAST_KEY)] },
  },
  {
    name: 'more than twice as many shards are refused',
    before: [create()],
    request: scale(3),
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: 'less than half as many shards are refused',
    before: [create(4)],
    request: scale(1),
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: 'no shards are refused',
    before: [create()],
    request: scale(0),
    refusal: violation('0', 'targetShardCount', 'have value greater than or equal to 1'),
  },
  {
    name: 'a way of scaling that does not exist is refused',
    before: [create()],
    request: ['UpdateShardCount', { StreamName: '{s}', TargetShardCount: 2, ScalingType: 'FAST' }],
    refusal: violation('FAST', 'scalingType', 'satisfy enum value set: [UNIFORM_SCALING]'),
  },
  {
    name: 'ListShards by ARN',
    before: [create()],
    request: list({ StreamARN: '{arn}' }),
    answer: { Shards: [shard(0, '0', LAST_KEY)] },
  },
  {
    name: 'ListShards of a stream that was created at another time',
    before: [create()],
    request: list({ StreamName: '{s}', StreamCreationTimestamp: { $seconds: seconds - 5 } }),
    refusal: notFound('Stream {s} under account 000000000000 not found.'),
  },
  {
    name: 'ListShards shows as many shards as are asked for',
    before: [create(2)],
    request: list({ StreamName: '{s}', MaxResults: 1 }),
    answer: { Shards: [shard(0, '0', BEFORE_HALF)], NextToken: '<text>' },
  },
  {
    name: 'ListShards goes on with a token alone',
    before: [create(2), list({ StreamName: '{s}', MaxResults: 1 })],
    request: list({ NextToken: '{token}' }),
    answer: { Shards: [shard(1, HALF_KEY, LAST_KEY)] },
  },
  {
    name: 'a token remembers the filter',
    before: [
      create(),
      split(0, HALF_KEY),
      list({ StreamName: '{s}', MaxResults: 1, ShardFilter: { Type: 'AT_LATEST' } }),
    ],
    request: list({ NextToken: '{token}' }),
    answer: { Shards: [shard(2, HALF_KEY, LAST_KEY, { ParentShardId: shardId(0) })] },
  },
  {
    name: 'a token excludes a name',
    before: [create(2), list({ StreamName: '{s}', MaxResults: 1 })],
    request: list({ NextToken: '{token}', StreamName: '{s}' }),
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: 'a token lives for 300 seconds',
    before: [create(2), list({ StreamName: '{s}', MaxResults: 1 }), wait(300_000)],
    request: list({ NextToken: '{token}' }),
    answer: { Shards: [shard(1, HALF_KEY, LAST_KEY)] },
  },
  {
    name: 'and not for longer',
    before: [create(2), list({ StreamName: '{s}', MaxResults: 1 }), wait(300_001)],
    request: list({ NextToken: '{token}' }),
    refusal: { code: 'ExpiredNextTokenException' },
  },
  {
    name: 'a token that is none',
    request: list({ NextToken: 'bm9uZQ==' }),
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: 'MaxResults of 0 is refused',
    before: [create()],
    request: list({ StreamName: '{s}', MaxResults: 0 }),
    refusal: violation('0', 'maxResults', 'have value greater than or equal to 1'),
  },
  {
    name: 'MaxResults of 10,001 is refused',
    before: [create()],
    request: list({ StreamName: '{s}', MaxResults: 10_001 }),
    refusal: violation('10001', 'maxResults', 'have value less than or equal to 10000'),
  },
  {
    name: 'a page has 1,000 shards at most',
    before: [create(1_001), list({ StreamName: '{s}', MaxResults: 10_000 })],
    request: list({ NextToken: '{token}' }),
    answer: { Shards: [shard(1_000, '339942424496442021441932674757011200000', LAST_KEY)] },
  },
  {
    name: 'the shards of a stream that is not there',
    request: list(),
    refusal: notFound('Stream {s} under account 000000000000 not found.'),
  },
  {
    name: 'AT_LATEST: those that are open',
    before: [create(), split(0, HALF_KEY)],
    request: filtered('AT_LATEST'),
    answer: { Shards: wasSplit.slice(1) },
  },
  {
    name: 'AFTER_SHARD_ID: those behind it',
    before: [create(), split(0, HALF_KEY)],
    request: filtered('AFTER_SHARD_ID', { ShardId: shardId(1) }),
    answer: { Shards: wasSplit.slice(2) },
  },
  {
    name: 'AFTER_SHARD_ID needs a shard',
    before: [create()],
    request: filtered('AFTER_SHARD_ID'),
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: 'FROM_TRIM_HORIZON: all that hold records or may get some',
    before: [create(), wait(1_000), split(0, HALF_KEY)],
    request: filtered('FROM_TRIM_HORIZON'),
    answer: { Shards: wasSplit },
  },
  {
    name: 'AT_TRIM_HORIZON: those that were open when the oldest record came',
    before: [create(), wait(1_000), split(0, HALF_KEY)],
    request: filtered('AT_TRIM_HORIZON'),
    answer: { Shards: wasSplit.slice(0, 1) },
  },
  {
    name: 'AT_TIMESTAMP of before the stream means its beginning',
    before: [create(), wait(1_000), split(0, HALF_KEY)],
    request: filtered('AT_TIMESTAMP', { Timestamp: { $seconds: seconds - 1_000 } }),
    answer: { Shards: wasSplit.slice(0, 1) },
  },
  {
    name: 'FROM_TIMESTAMP of before the stream means its beginning',
    before: [create(), wait(1_000), split(0, HALF_KEY)],
    request: filtered('FROM_TIMESTAMP', { Timestamp: { $seconds: seconds - 1_000 } }),
    answer: { Shards: wasSplit },
  },
  {
    name: 'AT_TIMESTAMP needs a time',
    before: [create()],
    request: filtered('AT_TIMESTAMP'),
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: 'a time of the future is refused',
    before: [create()],
    request: filtered('FROM_TIMESTAMP', { Timestamp: { $seconds: 4_102_444_800 } }),
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: 'a filter that does not exist is refused',
    before: [create()],
    request: filtered('SOMETIMES'),
    refusal: violation(
      'SOMETIMES',
      'shardFilter.type',
      'satisfy enum value set: [AFTER_SHARD_ID, AT_TRIM_HORIZON, FROM_TRIM_HORIZON, AT_LATEST, AT_TIMESTAMP, FROM_TIMESTAMP]',
    ),
  },
  {
    name: 'a closed shard is gone when its records are',
    before: [create(), put('a', 'a'), split(0, HALF_KEY), wait(day + 1)],
    request: list(),
    answer: { Shards: wasSplit.slice(1) },
  },
  {
    name: 'a shard that is gone is not read',
    before: [create(), put('a', 'a'), split(0, HALF_KEY), wait(day + 1)],
    request: iterator('TRIM_HORIZON'),
    refusal: notFound(`Shard ${shardId(0)} ${place} does not exist`),
  },
]
