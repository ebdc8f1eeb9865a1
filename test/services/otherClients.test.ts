import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { accountId, createWorld } from './world.ts'

/** Clients that a machine may or may not have. Their calls leave this process, so nothing in it may block. */
const run = promisify(execFile)

const has = (command: string, args: string[]): boolean => {
  const found = spawnSync(command, args).status === 0
  if (!found) console.log(`skipped: ${command} ${args.join(' ')} does not work on this machine`)
  return found
}

const environment = (url: string) => ({
  ...process.env,
  AWS_ENDPOINT_URL: url,
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_MAX_ATTEMPTS: '1',
})

const boto3 = `
import boto3, botocore
sqs = boto3.client('sqs')
url = sqs.create_queue(QueueName='orders')['QueueUrl']
sqs.send_message(QueueUrl=url, MessageBody='hello', MessageAttributes={'Foo': {'DataType': 'String', 'StringValue': 'Bar'}})
message = sqs.receive_message(QueueUrl=url, MessageAttributeNames=['All'], AttributeNames=['All'])['Messages'][0]
print(message['Body'], message['MD5OfMessageAttributes'], message['Attributes']['ApproximateReceiveCount'])
sqs.delete_message(QueueUrl=url, ReceiptHandle=message['ReceiptHandle'])
print(sqs.receive_message(QueueUrl=url).get('Messages'))
try:
    sqs.get_queue_url(QueueName='nope')
except sqs.exceptions.QueueDoesNotExist as error:
    print(error.response['Error']['Code'], '|', error.response['Error']['Message'])
print(boto3.client('sts').get_caller_identity()['Account'])
try:
    boto3.client('lambda').invoke(FunctionName='nope', Payload='{}')
except botocore.exceptions.ClientError as error:
    print(error.response['Error']['Code'], error.response['Message'])
`

test.skipIf(!has('python3', ['-c', 'import boto3']))('boto3 works unchanged', async () => {
  const { url } = await createWorld()
  const { stdout } = await run('python3', ['-c', boto3], { env: environment(url) })
  expect(stdout.trim().split('\n')).toEqual([
    'hello ae7155c6026991b6d54b11589678bf9c 1',
    'None',
    'AWS.SimpleQueueService.NonExistentQueue | The specified queue does not exist.',
    accountId,
    'ResourceNotFoundException Function not found: arn:aws:lambda:us-east-1:000000000000:function:nope:$LATEST',
  ])
})

test.skipIf(!has('aws', ['--version']))('the AWS CLI works unchanged', async () => {
  const { url } = await createWorld()
  // Version 1 does not know AWS_ENDPOINT_URL in every service.
  const aws = async (...args: string[]) =>
    (await run('aws', ['--endpoint-url', url, ...args], { env: environment(url) })).stdout
  const created = JSON.parse(await aws('sqs', 'create-queue', '--queue-name', 'orders')) as {
    QueueUrl: string
  }
  expect(created.QueueUrl).toBe(`${url}/${accountId}/orders`)
  await aws('sqs', 'send-message', '--queue-url', created.QueueUrl, '--message-body', 'hello')
  const received = await aws(
    'sqs',
    'receive-message',
    '--queue-url',
    created.QueueUrl,
    '--wait-time-seconds',
    '1',
  )
  expect(received).toContain('"Body": "hello"')
})
