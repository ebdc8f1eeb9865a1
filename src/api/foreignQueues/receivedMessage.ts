import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs'
import type { ReceivedAttribute, ReceivedMessage } from '../../services/sqs/index.ts'

/** The order in which AWS's events have them. */
const ATTRIBUTE_ORDER = [
  'ApproximateReceiveCount',
  'AWSTraceHeader',
  'SentTimestamp',
  'SequenceNumber',
  'MessageGroupId',
  'SenderId',
  'MessageDeduplicationId',
  'ApproximateFirstReceiveTimestamp',
  'DeadLetterQueueSourceArn',
]

/** What a foreign queue handed out, as mappings read it. */
export function receivedMessage(message: Message, visibleAgainMs: number): ReceivedMessage {
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    md5OfBody: message.MD5OfBody ?? '',
    attributes: inOrder(message.Attributes ?? {}),
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, attributeOf(value)]),
    ),
    md5OfMessageAttributes: message.MD5OfMessageAttributes,
    visibleAgainMs,
    // Who sent it is not known: the sender's calls did not come through here.
    cause: undefined,
  }
}

const attributeOf = ({ DataType, StringValue, BinaryValue }: MessageAttributeValue): ReceivedAttribute => ({
  dataType: DataType ?? 'String',
  ...(StringValue !== undefined && { stringValue: StringValue }),
  ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
})

/** Those that are known in AWS's order, then any others. */
function inOrder(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const known = ATTRIBUTE_ORDER.filter((name) => Object.hasOwn(attributes, name))
  const others = Object.keys(attributes).filter((name) => !ATTRIBUTE_ORDER.includes(name))
  return Object.fromEntries([...known, ...others].map((name) => [name, attributes[name] ?? '']))
}
