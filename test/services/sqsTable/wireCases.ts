/** A request as bytes, for what no client sends. A queue named `wire` exists. */
export interface WireCase {
  readonly name: string
  readonly path: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly status: number
  /** The header by which JSON clients learn the query protocol's code. */
  readonly queryError?: string
  readonly answer: RegExp
}

const queue = '/000000000000/wire'
const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
const version = 'Version=2012-11-05'
const signed = { Authorization: 'AWS4-HMAC-SHA256 Credential=key/20260102/us-east-1/sqs/aws4_request, x=y' }
const target = (operation: string): Readonly<Record<string, string>> => ({
  'Content-Type': 'application/x-amz-json-1.0',
  'X-Amz-Target': `AmazonSQS.${operation}`,
})

const refusedAtQueue = ['CreateQueue', 'ListQueues', 'Frobnicate'].map((action): WireCase => ({
  name: `${action} at a queue’s URL`,
  path: queue,
  headers: form,
  body: `Action=${action}&${version}&QueueName=a`,
  status: 400,
  answer: new RegExp(
    `<Error><Type>Sender</Type><Code>InvalidAction</Code><Message>The action ${action} is not valid for this endpoint.</Message><Detail/></Error><RequestId>`,
  ),
}))

/** Section 8.1: both protocols as bytes. */
export const wireCases: readonly WireCase[] = [
  ...refusedAtQueue,
  {
    name: 'no action',
    path: queue,
    headers: { ...form, ...signed },
    body: version,
    status: 404,
    answer: /^<UnknownOperationException\/>$/,
  },
  {
    name: 'a query by GET',
    path: `${queue}?Action=GetQueueAttributes&AttributeName.1=DelaySeconds&${version}`,
    method: 'GET',
    status: 200,
    answer:
      /<GetQueueAttributesResponse xmlns="http:\/\/queue\.amazonaws\.com\/doc\/2012-11-05\/"><GetQueueAttributesResult><Attribute><Name>DelaySeconds<\/Name><Value>0<\/Value><\/Attribute><\/GetQueueAttributesResult><ResponseMetadata><RequestId>/,
  },
  {
    name: 'a query at the root that names its queue',
    path: '/',
    headers: form,
    body: `Action=GetQueueUrl&QueueName=wire&${version}`,
    status: 200,
    answer: /<QueueUrl>http:\/\/[^<]+\/000000000000\/wire<\/QueueUrl>/,
  },
  {
    name: 'a query for a queue that is not there',
    path: '/000000000000/nowhere',
    headers: form,
    body: `Action=ReceiveMessage&${version}`,
    status: 400,
    answer:
      /<Code>AWS\.SimpleQueueService\.NonExistentQueue<\/Code><Message>The specified queue does not exist for this wsdl version\.<\/Message>/,
  },
  {
    name: 'quotes in XML',
    path: queue,
    headers: form,
    body: `Action=DeleteMessage&ReceiptHandle=garbage&${version}`,
    status: 400,
    answer:
      /<Message>The input receipt handle &quot;garbage&quot; is not a valid receipt handle\.<\/Message>/,
  },
  {
    name: 'JSON at the root',
    path: '/',
    headers: target('GetQueueUrl'),
    body: '{"QueueName":"wire"}',
    status: 200,
    answer: /^\{"QueueUrl":"http:\/\/[^"]+\/000000000000\/wire"\}$/,
  },
  {
    name: 'JSON at a queue’s URL',
    path: queue,
    headers: target('SendMessage'),
    body: '{"QueueUrl":"http://127.0.0.1/000000000000/wire","MessageBody":"a"}',
    status: 200,
    answer: /"MD5OfMessageBody":"0cc175b9c0f1b6a831c399e269772661"/,
  },
  {
    name: 'a JSON request with a wrong number',
    path: '/',
    headers: target('ReceiveMessage'),
    body: '{"QueueUrl":"http://127.0.0.1/000000000000/wire","VisibilityTimeout":0,"MaxNumberOfMessages":11}',
    status: 400,
    queryError: 'InvalidParameterValue;Sender',
    answer: /^\{"__type":"com\.amazonaws\.sqs#InvalidParameterValueException","message":"Value 11 for /,
  },
  {
    name: 'a JSON request for a queue that is not there',
    path: '/',
    headers: target('ReceiveMessage'),
    body: '{"QueueUrl":"http://127.0.0.1/000000000000/nowhere"}',
    status: 400,
    queryError: 'AWS.SimpleQueueService.NonExistentQueue;Sender',
    answer:
      /^\{"__type":"com\.amazonaws\.sqs#QueueDoesNotExist","message":"The specified queue does not exist\."\}$/,
  },
]
