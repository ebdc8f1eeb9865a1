interface Order {
  id: number
  quantity: number
}

interface SqsEvent {
  Records: { messageId: string; body: string; attributes: { ApproximateReceiveCount: string } }[]
}

interface PartialBatchResponse {
  batchItemFailures: { itemIdentifier: string }[]
}

/** Handles a batch of orders. Those that fail are named, and come back; the others are done. */
export const handler = async (event: SqsEvent): Promise<PartialBatchResponse> => {
  const batchItemFailures: PartialBatchResponse['batchItemFailures'] = []
  for (const { messageId, body, attributes } of event.Records) {
    try {
      ship(JSON.parse(body))
    } catch (error) {
      console.warn(`message ${body}, receive ${attributes.ApproximateReceiveCount}: ${error}`)
      batchItemFailures.push({ itemIdentifier: messageId })
    }
  }
  return { batchItemFailures }
}

function ship(order: Order): void {
  if (!(order.quantity > 0)) throw new RangeError(`order ${order.id} has no quantity`)
  console.log(`order ${order.id}: shipped ${order.quantity}`)
}
