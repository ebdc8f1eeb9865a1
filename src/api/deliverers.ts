import { maximumEventBytes } from '../services/lambda/index.ts'
import { ServiceError, type SqsService } from '../services/sqs/index.ts'
import type { FunctionSpec } from '../spec/index.ts'
import type { Deliver } from '../store/index.ts'
import type { Ids } from '../system/index.ts'
import type { Doors } from './doors.ts'

/** Delivers to an SQS queue hosted here: the message goes into the transaction that settles its cause. */
export const sqsDeliverer =
  (sqs: SqsService): Deliver =>
  (arn, message) => {
    const name = sqs.queueOfArn(arn)
    if (name === undefined) {
      const shown = arn.slice(arn.lastIndexOf(':') + 1)
      // There may be one of that name, but in this region and account.
      return { kind: 'refused', reason: `there is no queue ${sqs.queueExists(shown) ? arn : shown}` }
    }
    try {
      const item = sqs.itemFor(name, {
        body: message.body,
        messageAttributes: Object.fromEntries(
          message.attributes.map(({ name, type, value }) => [
            name,
            { DataType: type, [type.startsWith('Binary') ? 'BinaryValue' : 'StringValue']: value },
          ]),
        ),
        traceHeader: message.traceId || undefined,
        cause: message.cause,
      })
      const committed = (): void => sqs.tellSent(name, [item.id], message.cause)
      return { kind: 'effects', effects: [{ kind: 'put', item }], committed }
    } catch (error) {
      // What SendMessage would refuse (a record over the queue's size) is refused here, and the event is done all the same.
      if (error instanceof ServiceError) return { kind: 'refused', reason: error.message }
      throw error
    }
  }

/** Delivers to a function: an asynchronous invocation of its own, with its own retries and destinations. */
export const functionDeliverer =
  (on: { doors: () => Doors; functionOfArn: (arn: string) => FunctionSpec | undefined; ids: Ids }): Deliver =>
  (arn, message) => {
    const target = on.functionOfArn(arn)
    if (!target) return { kind: 'refused', reason: `there is no function ${arn}` }
    // What Invoke would refuse is refused here.
    const bytes = message.body.byteLength
    if (bytes > maximumEventBytes)
      return {
        kind: 'refused',
        reason: `a record of ${bytes} bytes is over the limit of an event, ${maximumEventBytes}`,
      }
    const { effects, told } = on.doors().prepare({
      functionName: target.name,
      requestId: on.ids.uuid(),
      payload: message.body,
      invokedFunctionArn: arn,
      traceId: message.traceId,
      door: 'destination',
      cause: message.cause,
    })
    return { kind: 'effects', effects, committed: told }
  }
