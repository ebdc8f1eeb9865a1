import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import { limitMember, streamArnMember } from '../members.ts'
import type { Streams } from '../streams.ts'

interface Input {
  readonly TableName?: string
  readonly Limit?: number
  readonly ExclusiveStartStreamArn?: string
}

const MOST = 100
const tableName = { text: '[a-zA-Z0-9_.-]+', expression: /^[a-zA-Z0-9_.-]+$/ }

/** `ListStreams`: all streams, or those of one table; disabled ones as long as they hold records. */
export const createListStreams =
  (streams: Streams): Operation<Input> =>
  (input) => {
    checkMembers([
      { path: 'tableName', value: input.TableName, least: 3, most: 255, pattern: tableName },
      limitMember(input.Limit, MOST),
      streamArnMember(input.ExclusiveStartStreamArn, 'exclusiveStartStreamArn'),
    ])
    const after = input.ExclusiveStartStreamArn ?? ''
    const isMeant = (table: string): boolean => input.TableName === undefined || table === input.TableName
    const rest = streams.all().filter(({ arn, kept }) => arn > after && isMeant(kept.tableName))
    const page = rest.slice(0, input.Limit ?? MOST)
    return {
      Streams: page.map(({ arn, kept }) => ({
        StreamArn: arn,
        TableName: kept.tableName,
        StreamLabel: kept.label,
      })),
      ...(rest.length > page.length && { LastEvaluatedStreamArn: page.at(-1)?.arn }),
    }
  }
