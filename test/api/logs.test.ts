import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { type App, start } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { createProject, startProject } from '../tools/project.ts'
import { startProcess } from '../tools/runnerProcess.ts'

const run = promisify(execFile)

const has = (command: string, args: string[]): boolean => {
  const found = spawnSync(command, args).status === 0
  if (!found) console.log(`skipped: ${command} ${args.join(' ')} does not work on this machine`)
  return found
}

const files = {
  'lambda.yml': 'functions: { greet: { handler: main.greet } }\n',
  'main.js': `
console.log('loading')
exports.greet = async ({ name }) => {
  console.log('hello\\n%s', name)
  if (name === 'nobody') console.error('nobody there')
  return name
}
`,
}
const group = { logGroupName: '/aws/lambda/greet' }

function clientOf(app: { readonly url: string }): CloudWatchLogs {
  const client = new CloudWatchLogs({
    endpoint: app.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
  })
  onTestFinished(() => client.destroy())
  return client
}

const environmentOf = (app: App): NodeJS.ProcessEnv => ({
  ...process.env,
  TZ: 'UTC',
  AWS_ENDPOINT_URL: app.url,
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_MAX_ATTEMPTS: '1',
})

/** Without what differs from run to run. */
const withoutFigures = (message = ''): string =>
  message.replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, 'ID').replace(/(REPORT.*?\t).*/s, '$1')

test("a function's log is a group with a stream for each environment", async () => {
  const app = await startProject(files)
  const logs = clientOf(app)
  expect((await logs.describeLogGroups({})).logGroups).toEqual([])
  const { requestId } = await app.invoke('greet', { name: 'Ada' })
  await app.invoke('greet', { name: 'nobody' })
  const { logStreams = [] } = await logs.describeLogStreams({ ...group, orderBy: 'LastEventTime' })
  expect(logStreams).toHaveLength(1)
  const { logStreamName = '', firstEventTimestamp, lastEventTimestamp } = logStreams[0] ?? {}
  expect(logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][\da-f]{32}$/)
  expect([firstEventTimestamp, lastEventTimestamp]).toEqual([app.clock.now(), app.clock.now()])
  const { events = [] } = await logs.getLogEvents({ ...group, logStreamName, startFromHead: true })
  const messages = events.map(({ message }) => withoutFigures(message))
  expect(messages[0]).toMatch(/^INIT_START Runtime Version: nodejs/)
  expect(messages.slice(1, 6)).toEqual([
    expect.stringMatching(/Z\tundefined\tINFO\tloading\n$/),
    'START RequestId: ID Version: $LATEST\n',
    expect.stringMatching(/Z\tID\tINFO\thello\nAda\n$/),
    'END RequestId: ID\n',
    'REPORT RequestId: ID\t',
  ])
  const found = await logs.filterLogEvents({ ...group, filterPattern: `"${requestId}" -REPORT -END -START` })
  expect(found.events?.map(({ message }) => withoutFigures(message))).toEqual([messages[3]])
  const errors = await logs.filterLogEvents({ ...group, filterPattern: 'ERROR' })
  expect(errors.events).toHaveLength(1)
})

test('a spy shows what a function prints', async () => {
  const app = await startProject(files)
  const logs = app.logs('greet', { filterPattern: 'INFO hello' })
  const { requestId } = await app.invoke('greet', { name: 'Ada' })
  expect(await logs.next()).toMatchObject({
    requestId,
    timestamp: app.clock.now(),
    message: expect.stringContaining('hello\nAda\n') as string,
  })
  await logs.none()
  await app.invoke('greet', { name: 'Bob' })
  expect(logs.messages()).toHaveLength(2)
  expect(() => app.logs('none')).toThrow('there is no function none; there are: greet')
  expect(() => app.logs('greet', { filterPattern: '{' }).messages()).toThrow('Invalid filter pattern')
})

test('functions can share a log group, also the group of one of them', async () => {
  const app = await startProject({
    ...files,
    'lambda.yml': `
functions:
  greet: { handler: main.greet }
  other: { handler: main.greet, logs: { logGroup: /aws/lambda/greet } }
  third: { handler: main.greet, logs: { logGroup: /shop/all } }
`,
  })
  const logs = clientOf(app)
  for (const name of ['greet', 'other', 'third', 'greet']) await app.invoke(name, { name: `to ${name}` })
  const hellos = async (logGroupName: string) =>
    (await logs.filterLogEvents({ logGroupName, filterPattern: 'hello' })).events?.map(
      ({ message }) => message?.split('\n')[1],
    )
  expect(await hellos('/aws/lambda/greet')).toEqual(['to greet', 'to other', 'to greet'])
  expect(await hellos('/shop/all')).toEqual(['to third'])
  expect(app.logs('greet', { filterPattern: 'hello' }).messages()).toHaveLength(2)
  const groups = (await logs.describeLogGroups({})).logGroups?.map(({ logGroupName }) => logGroupName)
  expect(groups).toEqual(['/aws/lambda/greet', '/shop/all'])
  await logs.deleteLogGroup({ logGroupName: '/aws/lambda/greet' })
  await app.invoke('other', { name: 'again' })
  expect(await hellos('/aws/lambda/greet')).toEqual(['again'])
})

test('`logRetentionInDays` gives groups a retention, until the API or another declaration says otherwise', async () => {
  const spec = (days: string): string => `
provider: { name: aws, logRetentionInDays: 14 }
functions:
  greet: { handler: main.greet${days} }
  other: { handler: main.greet }
`
  const app = await startProject({ ...files, 'lambda.yml': spec(', logRetentionInDays: 3') })
  const logs = clientOf(app)
  const retentions = async () =>
    (await logs.describeLogGroups({})).logGroups?.map(({ retentionInDays }) => retentionInDays)
  expect(await retentions()).toEqual([3, 14])
  await app.invoke('greet', { name: 'Ada' })
  await app.clock.advance('2d')
  await app.invoke('greet', { name: 'Bob' })
  const hellos = async () =>
    (await logs.filterLogEvents({ ...group, filterPattern: 'hello' })).events?.map(({ message }) =>
      message?.slice(-4),
    )
  expect(await hellos()).toEqual(['Ada\n', 'Bob\n'])
  await app.clock.advance('2d')
  expect(await hellos()).toEqual(['Bob\n'])
  await logs.putRetentionPolicy({ ...group, retentionInDays: 7 })
  app.project.write('main.js', files['main.js'])
  await app.reloadSpec()
  expect(await retentions()).toEqual([7, 14])
  app.project.write('lambda.yml', spec(''))
  expect(await app.reloadSpec()).toEqual(['function greet changed: logRetentionDays'])
  expect(await retentions()).toEqual([14, 14])
})

test('after a restart the log of before is still there; `reset` empties it', async () => {
  const project = createProject(files)
  const begin = async (): Promise<App> => {
    const app = await start({ config: project.config, clock: 'frozen' })
    onTestFinished(() => app.stop())
    return app
  }
  const first = await begin()
  await first.invoke('greet', { name: 'Ada' })
  const firstLogs = clientOf(first)
  await firstLogs.createLogStream({ ...group, logStreamName: 'mine' })
  const logEvents = [{ timestamp: first.clock.now() + 1_000, message: 'put, hello' }]
  await firstLogs.putLogEvents({ ...group, logStreamName: 'mine', logEvents })
  await first.stop()
  const second = await begin()
  await second.invoke('greet', { name: 'Bob' })
  const logs = clientOf(second)
  const hellos = await logs.filterLogEvents({ ...group, filterPattern: 'hello' })
  expect(hellos.events?.map(({ message }) => message?.split('\n')[1] ?? message).toSorted()).toEqual([
    'Ada',
    'Bob',
    'put, hello',
  ])
  await second.reset()
  expect((await logs.describeLogGroups({})).logGroups).toEqual([])
})

const manyKinds = {
  'lambda.yml': `
provider: { name: aws, timeout: 1 }
functions:
  text: { handler: main.handler }
  json: { handler: main.handler, logs: { logFormat: JSON, systemLogLevel: DEBUG } }
  elsewhere: { handler: main.handler, logs: { logGroup: /shop/all }, tracing: Active }
  broken: { handler: main.missing }
`,
  'main.js': `
exports.handler = async ({ how }) => {
  console.log('how %s', how)
  if (how === 'fail') throw new Error('failed')
  if (how === 'exit') process.exit(3)
  if (how === 'wait') await new Promise((resolve) => setTimeout(resolve, 60_000))
}
`,
}

async function invokeAll(invoke: (name: string, event: object) => Promise<unknown>): Promise<void> {
  const ofOne = async (name: string): Promise<void> => {
    for (const how of ['run', 'fail', 'exit', 'wait', 'run']) await invoke(name, { how })
  }
  await Promise.all([ofOne('text'), ofOne('json'), ofOne('elsewhere'), invoke('broken', {})])
}

/** All that can be read of all groups: of each stream with its events, and of the groups filtered. */
async function allOf(app: { readonly url: string }): Promise<unknown[]> {
  const logs = clientOf(app)
  const all: unknown[] = []
  for (const { logGroupName } of (await logs.describeLogGroups({})).logGroups ?? []) {
    const { logStreams = [] } = await logs.describeLogStreams({ logGroupName })
    all.push(logStreams, (await logs.filterLogEvents({ logGroupName })).events)
    for (const { logStreamName } of logStreams) {
      const page = await logs.getLogEvents({ logGroupName, logStreamName, startFromHead: true })
      all.push([page.events, page.nextForwardToken, page.nextBackwardToken])
    }
  }
  return all
}

test('after a restart every event is as it was before, those of the platform too', async () => {
  const project = createProject(manyKinds)
  const first = await start({ config: project.config, clock: 'frozen' })
  onTestFinished(() => first.stop())
  await invokeAll((name, event) => first.invoke(name, event).catch(() => {}))
  const before = await allOf(first)
  const { events = [] } = await clientOf(first).filterLogEvents({
    logGroupName: '/aws/lambda/text',
    filterPattern: '?"START RequestId" ?"END R" ?"REPORT R"',
  })
  expect(events).toHaveLength(15)
  await first.stop()
  const second = await start({ config: project.config, clock: 'frozen' })
  onTestFinished(() => second.stop())
  expect(await allOf(second)).toEqual(before)
})

test('after a kill the events are as they were before it', async () => {
  const project = createProject(manyKinds)
  const first = await startProcess(project.config)
  await invokeAll(async (name, event) => {
    const url = `${first.url}/2015-03-31/functions/${name}/invocations`
    await (await fetch(url, { method: 'POST', body: JSON.stringify(event) })).text()
  })
  const before = await allOf(first)
  // Whoever asks about the past waits for it to be written.
  await (await fetch(`${first.url}/_lambent/invocations`)).text()
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  const second = await startProcess(project.config)
  expect(await allOf(second)).toEqual(before)
})

const boto3 = `
import boto3
logs = boto3.client('logs')
group = '/aws/lambda/greet'
pages = logs.get_paginator('filter_log_events').paginate(logGroupName=group, PaginationConfig={'PageSize': 2})
print(sum(len(page['events']) for page in pages))
print([one['logGroupName'] for page in logs.get_paginator('describe_log_groups').paginate() for one in page['logGroups']])
stream = next(iter(logs.get_paginator('describe_log_streams').paginate(logGroupName=group)))['logStreams'][0]['logStreamName']
page = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)
again = logs.get_log_events(logGroupName=group, logStreamName=stream, nextToken=page['nextForwardToken'])
print(len(page['events']), len(again['events']), again['nextForwardToken'] == page['nextForwardToken'])
try:
    logs.describe_log_streams(logGroupName='none')
except logs.exceptions.ResourceNotFoundException as error:
    print(error.response['Error']['Message'])
`

test.skipIf(!has('python3', ['-c', 'import boto3']))('boto3 pages through a log', async () => {
  const app = await startProject(files)
  await app.invoke('greet', { name: 'Ada' })
  const { stdout } = await run('python3', ['-c', boto3], { env: environmentOf(app) })
  expect(stdout.trim().split('\n')).toEqual([
    '6',
    "['/aws/lambda/greet']",
    '6 0 True',
    'The specified log group does not exist.',
  ])
})

const isSecondCli = String(spawnSync('aws', ['--version']).stdout).startsWith('aws-cli/2')

test.skipIf(!isSecondCli)('the AWS CLI tails a log', async () => {
  const app = await startProject(files, { clock: 'live' })
  await app.invoke('greet', { name: 'Ada' })
  const args = ['logs', 'tail', group.logGroupName, '--filter-pattern', 'hello']
  const { stdout } = await run('aws', args, { env: environmentOf(app) })
  expect(stdout).toMatch(/\[\$LATEST\][\da-f]+ .*INFO\thello\nAda\n/)
})

test.skipIf(!has('aws', ['--version']))('the AWS CLI filters a log', async () => {
  const app = await startProject(files, { clock: 'live' })
  await app.invoke('greet', { name: 'Ada' })
  const aws = async (...args: string[]): Promise<string> =>
    (await run('aws', args, { env: environmentOf(app) })).stdout
  const found = await aws(
    'logs',
    'filter-log-events',
    '--log-group-name',
    group.logGroupName,
    '--filter-pattern',
    '?REPORT ?hello',
    '--query',
    'length(events)',
  )
  expect(found.trim()).toBe('2')
})
