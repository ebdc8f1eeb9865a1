import { deliverOrRefuse } from '../../invoke/index.ts'
import type { Delivery, Effect } from '../../store/index.ts'
import type { LedgerFact } from '../../system/index.ts'
import { failureRecord, type GivenUpCondition, type LastAnswer } from './failureRecord.ts'
import { namesOf, type RecordRange } from './record.ts'
import type { ShardContext } from './shardContext.ts'

/** Records that are passed over. */
export interface GivenUpRecords {
  readonly shardId: string
  readonly range: RecordRange
  readonly condition: GivenUpCondition
  readonly requestId: string
  readonly invokeCount: number
  readonly lastAnswer: LastAnswer | undefined
  /** The event that failed, JSON text. */
  readonly event: () => string
}

/** What follows from it: it becomes durable together with the position, and is told then. */
export interface GivenUp {
  readonly effects: readonly Effect[]
  readonly facts: readonly LedgerFact[]
  readonly isDelivered: boolean
  /** Called once the effects are durable. */
  readonly committed: () => void
}

type Context = Pick<
  ShardContext<never>,
  'settings' | 'clock' | 'functionName' | 'functionArn' | 'uuid' | 'deliver'
> & { readonly source: Pick<ShardContext<never>['source'], 'failure'> }

/** Passes over records: their on-failure destination is told, if it can take the message. */
export function giveUp(records: GivenUpRecords, on: Context): GivenUp {
  const { requestId, shardId, condition } = records
  const { functionName, settings } = on
  const delivery = settings.onFailureArn === null ? undefined : deliver(records, settings.onFailureArn, on)
  const givenUp = {
    kind: 'streamRecordsGivenUp',
    functionName,
    requestId,
    stream: settings.streamArn,
    shardId,
    ...namesOf(records.range),
    condition,
  } as const
  return {
    effects: delivery?.kind === 'effects' ? delivery.effects : [],
    facts: [givenUp, ...(delivery ? [deliveryFact(delivery, requestId, on)] : [])],
    isDelivered: delivery?.kind === 'effects',
    committed: () => delivery?.kind === 'effects' && delivery.committed?.(),
  }
}

function deliver(records: GivenUpRecords, arn: string, on: Context): Delivery {
  const { functionName, functionArn, uuid, settings, clock, source } = on
  const { event, ...facts } = records
  const body = failureRecord(
    {
      ...facts,
      atMs: clock.now(),
      functionArn,
      streamArn: settings.streamArn,
      // Only a bucket has room for the event.
      ...(arn.startsWith('arn:aws:s3:') && { payload: event() }),
    },
    source.failure,
  )
  return deliverOrRefuse(arn, on.deliver, {
    body: Buffer.from(body),
    attributes: [],
    traceId: '',
    cause: records.requestId,
    record: { functionName, functionArn, isSuccess: false, folder: `aws/lambda/${uuid}/${records.shardId}` },
  })
}

function deliveryFact(delivery: Delivery, requestId: string, on: Context): LedgerFact {
  const { functionName, settings } = on
  const told = { functionName, requestId, role: 'onFailure', arn: settings.onFailureArn ?? '' } as const
  return delivery.kind === 'refused'
    ? { kind: 'deliveryFailed', ...told, reason: delivery.reason }
    : { kind: 'delivered', ...told }
}
