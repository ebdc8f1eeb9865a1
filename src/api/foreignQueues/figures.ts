import { type Connection, foreignQueue } from './foreignQueue.ts'

/** What a foreign SQS says of a queue. */
export interface QueueFigures {
  readonly queueUrl: string
  readonly visible: number
  readonly inFlight: number
  readonly delayed: number
  readonly redrive: { readonly deadLetterArn: string; readonly maxReceiveCount: number } | null
}

/** Asks for it; rejects with a sentence when the queue cannot be asked. */
export async function figuresOf(connection: Connection, name: string): Promise<QueueFigures> {
  const { sdk, client } = connection
  const queue = foreignQueue(connection, name)
  const { queueUrl } = await queue.facts()
  try {
    const { Attributes = {} } = await client.send(
      new sdk.GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
    )
    return {
      queueUrl,
      visible: Number(Attributes['ApproximateNumberOfMessages'] ?? 0),
      inFlight: Number(Attributes['ApproximateNumberOfMessagesNotVisible'] ?? 0),
      delayed: Number(Attributes['ApproximateNumberOfMessagesDelayed'] ?? 0),
      redrive: redriveOf(Attributes['RedrivePolicy']),
    }
  } catch (error) {
    throw queue.problem(error)
  }
}

function redriveOf(policy: string | undefined): QueueFigures['redrive'] {
  if (policy === undefined || policy === '') return null
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy) as Record<string, string | number>
  return { deadLetterArn: String(deadLetterTargetArn), maxReceiveCount: Number(maxReceiveCount) }
}
