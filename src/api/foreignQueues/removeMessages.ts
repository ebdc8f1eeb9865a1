import { afterRealMs, type Log } from '../../system/index.ts'
import { inTens } from './batches.ts'
import type { Connection } from './foreignQueue.ts'

/** Pauses between attempts; after the last the messages are left to come back by themselves. */
const PAUSES_MS = [200, 400, 800, 1_600, 3_200]

/**
 * Deletes what was worked on, ten at a time. What SQS could not delete through no fault of ours is tried again; a
 * handle that has expired is not: the message is somebody else's by then.
 */
export async function removeMessages(
  on: Connection & { readonly log: Log },
  queueUrl: string,
  receiptHandles: readonly string[],
): Promise<void> {
  await Promise.all(inTens(receiptHandles).map((handles) => removeBatch(on, queueUrl, handles)))
}

async function removeBatch(
  on: Connection & { readonly log: Log },
  queueUrl: string,
  receiptHandles: readonly string[],
): Promise<void> {
  let rest = receiptHandles
  for (let attempt = 0; ; attempt++) {
    const { again, reason } = await attemptToRemove(on, queueUrl, rest)
    if (again.length === 0) return
    const pauseMs = PAUSES_MS[attempt]
    if (pauseMs === undefined) {
      on.log.warn(
        `${again.length} messages of ${queueUrl} could not be deleted and will come back (${reason})`,
      )
      return
    }
    rest = again
    await new Promise<void>((resolve) => void afterRealMs(pauseMs, resolve))
  }
}

async function attemptToRemove(
  { sdk, client }: Connection,
  queueUrl: string,
  receiptHandles: readonly string[],
): Promise<{ again: readonly string[]; reason: string }> {
  const entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }))
  try {
    const { Failed = [] } = await client.send(
      new sdk.DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
    )
    const ours = Failed.filter(({ SenderFault }) => SenderFault !== true)
    return {
      again: ours.flatMap(({ Id }) => receiptHandles[Number(Id)] ?? []),
      reason: ours[0]?.Message ?? ours[0]?.Code ?? '',
    }
  } catch (error) {
    return { again: receiptHandles, reason: String(error) }
  }
}
