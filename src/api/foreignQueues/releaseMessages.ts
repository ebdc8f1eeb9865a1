import { inTens } from './batches.ts'
import type { Connection } from './foreignQueue.ts'

/**
 * Makes messages visible again that the mapping took and did not hand over. Tried once: whoever may not change their
 * visibility (Lambda's own role may not) waits until it ends, and so does a message whose handle has expired.
 */
export async function releaseMessages(
  { sdk, client }: Connection,
  queueUrl: string,
  receiptHandles: readonly string[],
): Promise<void> {
  const sending = inTens(receiptHandles).map((handles) => {
    const entries = handles.map((ReceiptHandle, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }))
    return client.send(new sdk.ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries: entries }))
  })
  await Promise.all(sending)
}
