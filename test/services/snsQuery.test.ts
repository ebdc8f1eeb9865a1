import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { accountId, createWorld, query, region } from './world.ts'

const version = { Version: '2010-03-31' }
const topicArn = `arn:aws:sns:${region}:${accountId}:orders`
const queueArn = `arn:aws:sqs:${region}:${accountId}:a`
const xmlns = 'xmlns="http://sns.amazonaws.com/doc/2010-03-31/"'
const metadata = '<ResponseMetadata><RequestId><uuid></RequestId></ResponseMetadata>'
const answer = (operation: string, result: string) =>
  `<?xml version="1.0"?><${operation}Response ${xmlns}>${result}${metadata}</${operation}Response>`

test('on the wire, lists and maps stand in elements of their own', async () => {
  const { url, queues } = await createWorld()
  const post = (Action: string, form: Readonly<Record<string, string>> = {}) =>
    query(url, { Action, ...version, ...form })
  expect(await post('ListTopics')).toEqual({
    status: 200,
    xml: answer('ListTopics', '<ListTopicsResult><Topics/></ListTopicsResult>'),
  })
  const created = await post('CreateTopic', {
    Name: 'orders',
    'Attributes.entry.1.key': 'DisplayName',
    'Attributes.entry.1.value': 'a & b',
    'Tags.member.1.Key': 'team',
    'Tags.member.1.Value': 'shop',
  })
  expect(created.xml).toBe(
    answer('CreateTopic', `<CreateTopicResult><TopicArn>${topicArn}</TopicArn></CreateTopicResult>`),
  )
  expect((await post('ListTopics')).xml).toContain(
    `<Topics><member><TopicArn>${topicArn}</TopicArn></member></Topics>`,
  )
  expect((await post('GetTopicAttributes', { TopicArn: topicArn })).xml).toContain(
    '<entry><key>DisplayName</key><value>a &amp; b</value></entry>',
  )
  expect((await post('ListTagsForResource', { ResourceArn: topicArn })).xml).toContain(
    '<Tags><member><Key>team</Key><Value>shop</Value></member></Tags>',
  )
  expect((await post('TagResource', { ResourceArn: topicArn, 'Tags.member.1.Key': 'a' })).xml).toBe(
    answer('TagResource', '<TagResourceResult/>'),
  )
  await query(url, { Action: 'CreateQueue', Version: '2012-11-05', QueueName: 'a' })
  await post('Subscribe', {
    TopicArn: topicArn,
    Protocol: 'sqs',
    Endpoint: queueArn,
    'Attributes.entry.1.key': 'RawMessageDelivery',
    'Attributes.entry.1.value': 'true',
  })
  const published = await post('Publish', {
    TopicArn: topicArn,
    Message: 'hello',
    'MessageAttributes.entry.1.Name': 'blob',
    'MessageAttributes.entry.1.Value.DataType': 'Binary',
    'MessageAttributes.entry.1.Value.BinaryValue': 'AQID',
  })
  expect(published.xml).toBe(
    answer('Publish', '<PublishResult><MessageId><uuid></MessageId></PublishResult>'),
  )
  expect(queues.peek('a')).toMatchObject([{ body: 'hello', attributes: { blob: 'AQID' } }])
  const batch = await post('PublishBatch', {
    TopicArn: topicArn,
    'PublishBatchRequestEntries.member.1.Id': 'one',
    'PublishBatchRequestEntries.member.1.Message': 'again',
  })
  expect(batch.xml).toBe(
    answer(
      'PublishBatch',
      '<PublishBatchResult><Failed/><Successful><member><Id>one</Id><MessageId><uuid></MessageId></member></Successful></PublishBatchResult>',
    ),
  )
  expect((await post('DeleteTopic', { TopicArn: topicArn })).xml).toBe(answer('DeleteTopic', ''))
})

test('an error has a type, a code and a text, and nothing else', async () => {
  const { url } = await createWorld()
  const form = { Action: 'GetTopicAttributes', ...version, TopicArn: topicArn }
  expect(await query(url, form)).toEqual({
    status: 404,
    xml: `<?xml version="1.0"?><ErrorResponse ${xmlns}><Error><Type>Sender</Type><Code>NotFound</Code><Message>Topic does not exist</Message></Error><RequestId><uuid></RequestId></ErrorResponse>`,
  })
})

test('a message may be published by a plain GET', async () => {
  const { url, topics } = await createWorld()
  await topics.declareTopic({ name: 'orders' })
  const parameters = new URLSearchParams({
    Action: 'Publish',
    ...version,
    TopicArn: topicArn,
    Message: 'hello',
  })
  expect((await fetch(`${url}/?${parameters.toString()}`)).status).toBe(200)
  expect(topics.published('orders')).toMatchObject([{ message: 'hello' }])
})

const boto3 = `
import boto3, json
sns = boto3.client('sns')
sqs = boto3.client('sqs')
topic = sns.create_topic(Name='orders', Tags=[{'Key': 'a', 'Value': 'b'}])['TopicArn']
url = sqs.create_queue(QueueName='a')['QueueUrl']
arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=['QueueArn'])['Attributes']['QueueArn']
subscription = sns.subscribe(TopicArn=topic, Protocol='sqs', Endpoint=arn, ReturnSubscriptionArn=True)['SubscriptionArn']
sent = sns.publish(TopicArn=topic, Message='hello', Subject='Greeting', MessageAttributes={
    'blob': {'DataType': 'Binary', 'BinaryValue': b'\\x01\\x02\\x03'}, 'n': {'DataType': 'Number', 'StringValue': '7'}})
body = json.loads(sqs.receive_message(QueueUrl=url)['Messages'][0]['Body'])
print(body['Message'], body['Subject'], body['MessageId'] == sent['MessageId'], body['MessageAttributes']['blob'])
print(sns.get_subscription_attributes(SubscriptionArn=subscription)['Attributes']['PendingConfirmation'])
print(sns.get_topic_attributes(TopicArn=topic)['Attributes']['SubscriptionsConfirmed'])
print(sns.list_tags_for_resource(ResourceArn=topic)['Tags'])
print([entry['Id'] for entry in sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[
    {'Id': '1', 'Message': 'a'}, {'Id': '2', 'Message': 'b'}])['Successful']])
sns.delete_topic(TopicArn=topic)
print(sns.list_topics()['Topics'])
try:
    sns.publish(TopicArn=topic, Message='x')
except sns.exceptions.NotFoundException as error:
    print(error.response['Error']['Code'], '|', error.response['Error']['Message'])
`

const run = promisify(execFile)
const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0
if (!hasBoto3) console.log('skipped: there is no boto3 on this machine')

test.skipIf(!hasBoto3)('boto3 works unchanged', async () => {
  const { url } = await createWorld()
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: url,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_MAX_ATTEMPTS: '1',
  }
  const { stdout } = await run('python3', ['-c', boto3], { env })
  expect(stdout.trim().split('\n')).toEqual([
    "hello Greeting True {'Type': 'Binary', 'Value': 'AQID'}",
    'false',
    '1',
    "[{'Key': 'a', 'Value': 'b'}]",
    "['1', '2']",
    '[]',
    'NotFound | Topic does not exist',
  ])
})
