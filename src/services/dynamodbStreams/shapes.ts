import { type OperationShapes, structure } from '../protocol/shapes.ts'

/** The members of every operation's input, as far as the protocol must know their types. */
export const shapes = {
  ListStreams: {
    input: structure({ TableName: 'string', Limit: 'integer', ExclusiveStartStreamArn: 'string' }),
  },
  DescribeStream: {
    input: structure({
      StreamArn: 'string',
      Limit: 'integer',
      ExclusiveStartShardId: 'string',
      ShardFilter: structure({ Type: 'string', ShardId: 'string' }),
    }),
  },
  GetShardIterator: {
    input: structure({
      StreamArn: 'string',
      ShardId: 'string',
      ShardIteratorType: 'string',
      SequenceNumber: 'string',
    }),
  },
  GetRecords: { input: structure({ ShardIterator: 'string', Limit: 'integer' }) },
} satisfies Record<string, OperationShapes>
