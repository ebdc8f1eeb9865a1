import { expect, test } from 'vitest'
import { createWorld, query } from './world.ts'

const version = { Version: '2012-11-05' }
const xmlns = 'xmlns="http://queue.amazonaws.com/doc/2012-11-05/"'
const metadata = '<ResponseMetadata><RequestId><uuid></RequestId></ResponseMetadata>'

test('the query protocol creates, sends, receives and deletes, in XML', async () => {
  const { url } = await createWorld()
  const created = await query(url, {
    Action: 'CreateQueue',
    ...version,
    QueueName: 'orders',
    'Attribute.1.Name': 'VisibilityTimeout',
    'Attribute.1.Value': '5',
    'Tag.1.Key': 'team',
    'Tag.1.Value': 'a&b',
  })
  expect(created).toEqual({
    status: 200,
    xml: `<?xml version="1.0"?><CreateQueueResponse ${xmlns}><CreateQueueResult><QueueUrl>${url}/000000000000/orders</QueueUrl></CreateQueueResult>${metadata}</CreateQueueResponse>`,
  })

  const tags = await query(`${url}/000000000000/orders`, { Action: 'ListQueueTags', ...version })
  expect(tags.xml).toContain(
    '<ListQueueTagsResult><Tag><Key>team</Key><Value>a&amp;b</Value></Tag></ListQueueTagsResult>',
  )

  const sent = await query(`${url}/000000000000/orders`, {
    Action: 'SendMessage',
    ...version,
    MessageBody: '<a> "quoted"\r\n',
    'MessageAttribute.1.Name': 'Foo',
    'MessageAttribute.1.Value.DataType': 'String',
    'MessageAttribute.1.Value.StringValue': 'Bar',
  })
  expect(sent.xml).toBe(
    `<?xml version="1.0"?><SendMessageResponse ${xmlns}><SendMessageResult><MessageId><uuid></MessageId><MD5OfMessageBody>bc78021e664b46e2dfa57caf4e2db1f3</MD5OfMessageBody><MD5OfMessageAttributes>ae7155c6026991b6d54b11589678bf9c</MD5OfMessageAttributes></SendMessageResult>${metadata}</SendMessageResponse>`,
  )

  const received = await query(`${url}/000000000000/orders`, {
    Action: 'ReceiveMessage',
    ...version,
    MaxNumberOfMessages: '10',
    'AttributeName.1': 'SentTimestamp',
    'MessageAttributeName.1': 'All',
  })
  const handle = /<ReceiptHandle>(.+)<\/ReceiptHandle>/.exec(received.xml)?.[1] ?? ''
  expect(received.xml.replace(handle, 'HANDLE')).toBe(
    `<?xml version="1.0"?><ReceiveMessageResponse ${xmlns}><ReceiveMessageResult><Message><MessageId><uuid></MessageId><ReceiptHandle>HANDLE</ReceiptHandle><MD5OfBody>bc78021e664b46e2dfa57caf4e2db1f3</MD5OfBody><Body>&lt;a&gt; &quot;quoted&quot;&#xD;\n</Body><Attribute><Name>SentTimestamp</Name><Value>1767323045678</Value></Attribute><MD5OfMessageAttributes>ae7155c6026991b6d54b11589678bf9c</MD5OfMessageAttributes><MessageAttribute><Name>Foo</Name><Value><StringValue>Bar</StringValue><DataType>String</DataType></Value></MessageAttribute></Message></ReceiveMessageResult>${metadata}</ReceiveMessageResponse>`,
  )

  const deleted = await query(`${url}/000000000000/orders`, {
    Action: 'DeleteMessageBatch',
    ...version,
    'DeleteMessageBatchRequestEntry.1.Id': 'a',
    'DeleteMessageBatchRequestEntry.1.ReceiptHandle': handle,
    'DeleteMessageBatchRequestEntry.2.Id': 'b',
    'DeleteMessageBatchRequestEntry.2.ReceiptHandle': 'garbage',
  })
  expect(deleted.xml).toBe(
    `<?xml version="1.0"?><DeleteMessageBatchResponse ${xmlns}><DeleteMessageBatchResult><DeleteMessageBatchResultEntry><Id>a</Id></DeleteMessageBatchResultEntry><BatchResultErrorEntry><Id>b</Id><SenderFault>true</SenderFault><Code>ReceiptHandleIsInvalid</Code><Message>The input receipt handle &quot;garbage&quot; is not a valid receipt handle.</Message></BatchResultErrorEntry></DeleteMessageBatchResult>${metadata}</DeleteMessageBatchResponse>`,
  )

  const empty = await query(url, { Action: 'ReceiveMessage', ...version, QueueUrl: 'orders' })
  expect(empty.xml).toContain(`<ReceiveMessageResult/>${metadata}`)

  const gone = await query(url, { Action: 'DeleteQueue', ...version, QueueUrl: 'orders' })
  expect(gone.xml).toBe(
    `<?xml version="1.0"?><DeleteQueueResponse ${xmlns}>${metadata}</DeleteQueueResponse>`,
  )
})

test('a missing queue has a text of its own in the query protocol', async () => {
  const { url } = await createWorld()
  expect(await query(url, { Action: 'GetQueueUrl', ...version, QueueName: 'nope' })).toEqual({
    status: 400,
    xml: `<?xml version="1.0"?><ErrorResponse ${xmlns}><Error><Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code><Message>The specified queue does not exist for this wsdl version.</Message><Detail/></Error><RequestId><uuid></RequestId></ErrorResponse>`,
  })
})

test('an unknown action is InvalidAction, and no action at all is a 404', async () => {
  const { url } = await createWorld()
  const unknown = await query(url, { Action: 'Frobnicate', ...version })
  expect(unknown.status).toBe(400)
  expect(unknown.xml).toContain(
    '<Code>InvalidAction</Code><Message>The action Frobnicate is not valid for this endpoint.</Message>',
  )
  const authorization = {
    Authorization: 'AWS4-HMAC-SHA256 Credential=key/20260102/us-east-1/sqs/aws4_request, x=y',
  }
  expect(await query(url, {}, authorization)).toEqual({ status: 404, xml: '<UnknownOperationException/>' })
})

test.each(['CreateQueue', 'ListQueues'])('%s is not to be had at a queue’s URL', async (Action) => {
  const { url } = await createWorld()
  await query(url, { Action: 'CreateQueue', ...version, QueueName: 'orders' })
  const { status, xml } = await query(`${url}/000000000000/orders`, { Action, ...version, QueueName: 'x' })
  expect(status).toBe(400)
  expect(xml).toContain(
    `<Code>InvalidAction</Code><Message>The action ${Action} is not valid for this endpoint.</Message>`,
  )
})

test('a FIFO queue speaks the query protocol too', async () => {
  const { url } = await createWorld()
  await query(url, {
    Action: 'CreateQueue',
    ...version,
    QueueName: 'orders.fifo',
    'Attribute.1.Name': 'FifoQueue',
    'Attribute.1.Value': 'true',
  })
  const message = { Action: 'SendMessage', ...version, MessageBody: 'a', MessageDeduplicationId: 'd' }
  const sent = await query(`${url}/000000000000/orders.fifo`, { ...message, MessageGroupId: 'g' })
  const [, number] = /<SequenceNumber>(\d{20})<\/SequenceNumber>/.exec(sent.xml) ?? []
  const received = await query(`${url}/000000000000/orders.fifo`, {
    Action: 'ReceiveMessage',
    ...version,
    'AttributeName.1': 'SequenceNumber',
    'AttributeName.2': 'MessageGroupId',
  })
  expect(received.xml).toContain(
    `<Attribute><Name>SequenceNumber</Name><Value>${number}</Value></Attribute><Attribute><Name>MessageGroupId</Name><Value>g</Value></Attribute>`,
  )
  expect(await query(`${url}/000000000000/orders.fifo`, message)).toMatchObject({
    status: 400,
    xml: expect.stringContaining(
      '<Code>MissingParameter</Code><Message>The request must contain the parameter MessageGroupId.</Message>',
    ),
  })
})

test('a number that is none is refused', async () => {
  const { url } = await createWorld()
  const answer = await query(url, { Action: 'ListQueues', ...version, MaxResults: 'ten' })
  expect(answer.xml).toContain('<Code>MalformedInput</Code>')
})

test('a request may be a plain GET on the queue’s URL', async () => {
  const { url, queues } = await createWorld()
  await query(url, { Action: 'CreateQueue', ...version, QueueName: 'orders' })
  const response = await fetch(
    `${url}/000000000000/orders?Action=SendMessage&MessageBody=hello&Version=2012-11-05`,
  )
  expect(response.status).toBe(200)
  expect(queues.peek('orders')).toMatchObject([{ body: 'hello', receiveCount: 0 }])
})
