import {
  bytes,
  create,
  get,
  invalidArgument,
  iterator,
  type KinesisCase,
  LAST_KEY,
  notFound,
  put,
  record,
  records,
  shardId,
  type Step,
  violation,
} from './kinesisCase.ts'

const putMany = (entries: readonly object[], more: object = {}): Step => [
  'PutRecords',
  { StreamName: '{s}', Records: entries, ...more },
]
const entry = (PartitionKey: string, more: object = {}): object => ({
  PartitionKey,
  Data: bytes(PartitionKey),
  ...more,
})
const placed = (shard: number): object => ({ SequenceNumber: '<56 digits>', ShardId: shardId(shard) })
const hashKeyPattern = 'satisfy regular expression pattern: 0|([1-9]\\d{0,38})'
const noStream = notFound('Stream {s} under account 000000000000 not found.')

export const putCases: readonly KinesisCase[] = [
  {
    name: 'PutRecord tells shard and sequence number',
    before: [create()],
    request: put('a', 'a'),
    answer: { ShardId: shardId(0), SequenceNumber: '<56 digits>' },
  },
  {
    name: 'a key goes where its MD5 lies: "a" has 0cc1...',
    before: [create(2)],
    request: put('a', 'a'),
    answer: { ShardId: shardId(0), SequenceNumber: '<56 digits>' },
  },
  {
    name: 'a key goes where its MD5 lies: "b" has 92eb...',
    before: [create(2)],
    request: put('b', 'b'),
    answer: { ShardId: shardId(1), SequenceNumber: '<56 digits>' },
  },
  {
    name: 'the MD5 of a key is that of its UTF-8: "ü" has c03410...',
    before: [create(4)],
    request: put('ü', 'x'),
    answer: { ShardId: shardId(3), SequenceNumber: '<56 digits>' },
  },
  {
    name: 'an ExplicitHashKey goes before the key',
    before: [create(2)],
    request: put('a', 'a', { ExplicitHashKey: LAST_KEY }),
    answer: { ShardId: shardId(1), SequenceNumber: '<56 digits>' },
  },
  {
    name: 'the smallest ExplicitHashKey',
    before: [create(2)],
    request: put('b', 'b', { ExplicitHashKey: '0' }),
    answer: { ShardId: shardId(0), SequenceNumber: '<56 digits>' },
  },
  {
    name: 'an ExplicitHashKey of 2^128 is refused',
    before: [create()],
    request: put('a', 'a', { ExplicitHashKey: '340282366920938463463374607431768211456' }),
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: 'an ExplicitHashKey that is no number is refused',
    before: [create()],
    request: put('a', 'a', { ExplicitHashKey: '0x10' }),
    refusal: violation('0x10', 'explicitHashKey', hashKeyPattern),
  },
  {
    name: 'a record needs a key',
    before: [create()],
    request: ['PutRecord', { StreamName: '{s}', Data: bytes('a') }],
    refusal: violation(null, 'partitionKey', 'not be null'),
  },
  {
    name: 'a record needs data',
    before: [create()],
    request: ['PutRecord', { StreamName: '{s}', PartitionKey: 'a' }],
    refusal: violation(null, 'data', 'not be null'),
  },
  {
    name: 'data may be empty',
    before: [create(), put('a', ''), iterator('TRIM_HORIZON')],
    request: get(),
    answer: { Records: [record('a', '')], NextShardIterator: '<text>', MillisBehindLatest: 0 },
  },
  {
    name: 'an empty key is refused',
    before: [create()],
    request: put('', 'a'),
    refusal: violation('', 'partitionKey', 'have length greater than or equal to 1'),
  },
  {
    name: 'a key of 256 characters is taken',
    before: [create()],
    request: put('k'.repeat(256), 'a'),
    answer: { ShardId: shardId(0), SequenceNumber: '<56 digits>' },
  },
  {
    name: 'a key of 257 characters is refused',
    before: [create()],
    request: put('k'.repeat(257), 'a'),
    refusal: violation('k'.repeat(257), 'partitionKey', 'have length less than or equal to 256'),
  },
  {
    name: 'a SequenceNumberForOrdering is a number',
    before: [create()],
    request: put('a', 'a', { SequenceNumberForOrdering: 'x' }),
    refusal: violation(
      'x',
      'sequenceNumberForOrdering',
      'satisfy regular expression pattern: 0|([1-9]\\d{0,128})',
    ),
  },
  {
    name: 'a SequenceNumberForOrdering keeps the order',
    before: [
      create(),
      put('a', 'a'),
      put('b', 'b', { SequenceNumberForOrdering: '{sequence1}' }),
      iterator('TRIM_HORIZON'),
    ],
    request: get(),
    answer: { ...records('a', 'b') },
  },
  {
    name: 'data of 1 MiB less its key is taken',
    before: [create()],
    request: put('a', '', { Data: { $size: 1_048_575 } }),
    answer: { ShardId: shardId(0), SequenceNumber: '<56 digits>' },
  },
  {
    name: 'data and key of more than 1 MiB are refused',
    before: [create()],
    request: put('a', '', { Data: { $size: 1_048_576 } }),
    refusal: { code: 'ValidationException' },
  },
  {
    name: 'a stream can be told to take larger records',
    before: [create(), ['UpdateMaxRecordSize', { StreamARN: '{arn}', MaxRecordSizeInKiB: 2_048 }]],
    request: put('a', '', { Data: { $size: 1_048_576 } }),
    answer: { ShardId: shardId(0), SequenceNumber: '<56 digits>' },
  },
  {
    name: 'a record goes to a stream by its ARN',
    before: [create()],
    request: ['PutRecord', { StreamARN: '{arn}', PartitionKey: 'a', Data: bytes('a') }],
    answer: { ShardId: shardId(0), SequenceNumber: '<56 digits>' },
  },
  { name: 'a record for a stream that is not there', request: put('a', 'a'), refusal: noStream },
  {
    name: 'PutRecords tells of each record, in the order of the request',
    before: [create(2)],
    request: putMany([entry('b'), entry('a'), entry('b')]),
    answer: { FailedRecordCount: 0, Records: [placed(1), placed(0), placed(1)] },
  },
  {
    name: 'records of one shard are read in the order of the request',
    before: [
      create(2),
      putMany([entry('a', { Data: bytes('1') }), entry('b'), entry('a', { Data: bytes('2') })]),
      iterator('TRIM_HORIZON'),
    ],
    request: get(),
    answer: {
      Records: [record('a', '1'), record('a', '2')],
      NextShardIterator: '<text>',
      MillisBehindLatest: 0,
    },
  },
  {
    name: 'an ExplicitHashKey in a batch',
    before: [create(2)],
    request: putMany([entry('a', { ExplicitHashKey: LAST_KEY })]),
    answer: { FailedRecordCount: 0, Records: [placed(1)] },
  },
  {
    name: '500 records are taken',
    before: [create()],
    request: putMany(Array.from({ length: 500 }, () => entry('a'))),
    answer: { FailedRecordCount: 0, Records: Array.from({ length: 500 }, () => placed(0)) },
  },
  {
    name: '501 records are refused',
    before: [create()],
    request: putMany(Array.from({ length: 501 }, () => entry('a'))),
    refusal: { code: 'ValidationException' },
  },
  {
    name: 'no records are refused',
    before: [create()],
    request: putMany([]),
    refusal: { code: 'ValidationException' },
  },
  {
    name: 'PutRecords needs records',
    before: [create()],
    request: ['PutRecords', { StreamName: '{s}' }],
    refusal: violation(null, 'records', 'not be null'),
  },
  {
    name: 'one record without a key refuses all',
    before: [create()],
    request: putMany([entry('a'), { Data: bytes('x') }]),
    refusal: violation(null, 'records.2.member.partitionKey', 'not be null'),
  },
  {
    name: 'one bad hash key refuses all',
    before: [create()],
    request: putMany([entry('a'), entry('b', { ExplicitHashKey: '-1' })]),
    refusal: violation('-1', 'records.2.member.explicitHashKey', hashKeyPattern),
  },
  {
    name: 'records of more than 10 MiB together are refused',
    before: [create()],
    request: putMany(Array.from({ length: 11 }, () => entry('a', { Data: { $size: 1_000_000 } }))),
    refusal: invalidArgument('Records size exceeds 10 MB limit'),
  },
  {
    name: 'records for a stream that is not there',
    request: putMany([entry('a')]),
    refusal: noStream,
  },
]
