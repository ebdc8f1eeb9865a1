import type { StreamSource } from '../../sources/index.ts'
import type { RecordRange } from './record.ts'

/** Why records were given up. */
export type GivenUpCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded'

/** How the last run of the function ended. */
export interface LastAnswer {
  readonly executedVersion: string
  /** `null`: the function itself said that records failed. */
  readonly functionError: 'Unhandled' | null
}

export interface FailureFacts {
  readonly atMs: number
  readonly requestId: string
  /** Without qualifier. */
  readonly functionArn: string
  readonly condition: GivenUpCondition
  readonly invokeCount: number
  /** Left out for records that were too old. */
  readonly lastAnswer: LastAnswer | undefined
  readonly shardId: string
  readonly streamArn: string
  readonly range: RecordRange
  /** The event that failed, JSON text, for destinations that keep it. */
  readonly payload?: string
}

/**
 * The JSON text that an on-failure destination gets (Lambda Developer Guide, "Retaining discarded batch records"). It
 * has no data, but says where the records are; a bucket gets the whole event besides, as text.
 */
export function failureRecord(facts: FailureFacts, source: StreamSource<never, never>['failure']): string {
  const { condition, lastAnswer, range } = facts
  return JSON.stringify({
    requestContext: {
      requestId: facts.requestId,
      functionArn: facts.functionArn,
      condition,
      // AWS says 1 even of records that were too old before their first run.
      approximateInvokeCount: Math.max(1, facts.invokeCount),
    },
    ...(condition === 'RetryAttemptsExhausted' && lastAnswer && responseContext(lastAnswer)),
    version: '1.0',
    timestamp: new Date(facts.atMs).toISOString(),
    [source.infoMember]: {
      shardId: facts.shardId,
      startSequenceNumber: range.firstSequenceNumber,
      endSequenceNumber: range.lastSequenceNumber,
      approximateArrivalOfFirstRecord: source.time(range.firstArrivedMs),
      approximateArrivalOfLastRecord: source.time(range.lastArrivedMs),
      batchSize: range.count,
      streamArn: facts.streamArn,
    },
    ...(facts.payload !== undefined && { payload: facts.payload }),
  })
}

const responseContext = ({ executedVersion, functionError }: LastAnswer) => ({
  responseContext: { statusCode: 200, executedVersion, functionError },
})
