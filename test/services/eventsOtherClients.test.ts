import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createEventsWorld, queueArn } from './eventsWorld.ts'

/** A client that a machine may or may not have. Its calls leave this process, so nothing in it may block. */
const run = promisify(execFile)

const has = (command: string, args: string[]): boolean => {
  const found = spawnSync(command, args).status === 0
  if (!found) console.log(`skipped: ${command} ${args.join(' ')} does not work on this machine`)
  return found
}

const boto3 = (queue: string) => `
import boto3, datetime, json
events = boto3.client('events')
print(events.create_event_bus(Name='shop')['EventBusArn'])
print(sorted(bus['Name'] for bus in events.list_event_buses()['EventBuses']))
events.put_rule(Name='orders', EventBusName='shop', EventPattern=json.dumps({'source': ['shop']}))
events.put_targets(Rule='orders', EventBusName='shop', Targets=[{'Id': 'q', 'Arn': '${queue}', 'InputPath': '$.time'}])
time = datetime.datetime(2024, 4, 28, 7, 20, 20, 999000, tzinfo=datetime.timezone.utc)
entry = {'EventBusName': 'shop', 'Source': 'shop', 'DetailType': 'OrderPlaced', 'Detail': '{}', 'Time': time}
answer = events.put_events(Entries=[entry, {'Source': 'shop'}])
print(answer['FailedEntryCount'], answer['Entries'][1]['ErrorCode'])
rule = events.describe_rule(Name='orders', EventBusName='shop')
print(rule['State'], rule['EventPattern'])
print(events.describe_event_bus()['CreationTime'].isoformat())
try:
    events.describe_rule(Name='nope')
except events.exceptions.ResourceNotFoundException as error:
    print(error.response['Error']['Code'], '|', error.response['Error']['Message'])
`

test.skipIf(!has('python3', ['-c', 'import boto3']))('boto3 works unchanged', async () => {
  const { url, messages } = await createEventsWorld({ queues: ['q'] })
  const { stdout } = await run('python3', ['-c', boto3(queueArn('q'))], {
    env: {
      ...process.env,
      TZ: 'UTC',
      AWS_ENDPOINT_URL: url,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_MAX_ATTEMPTS: '1',
    },
  })
  expect(stdout.trim().split('\n')).toEqual([
    'arn:aws:events:us-east-1:000000000000:event-bus/shop',
    "['default', 'shop']",
    '1 InvalidArgument',
    'ENABLED {"source": ["shop"]}',
    '2026-01-02T03:04:05.678000+00:00',
    'ResourceNotFoundException | Rule nope does not exist on EventBus default.',
  ])
  expect(messages('q')).toEqual([{ body: '2024-04-28T07:20:20Z', attributes: {} }])
})
