import {
  paginateDescribeLogGroups,
  paginateDescribeLogStreams,
  paginateFilterLogEvents,
  paginateGetLogEvents,
} from '@aws-sdk/client-cloudwatch-logs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLogsWorld, dayMs, refusal, startMs } from './logsWorld.ts'

const group = { logGroupName: '/shop/orders' }
const stream = { ...group, logStreamName: 'one' }

test('a group and its stream hold what is put into them', async () => {
  const { logs, fill } = await createLogsWorld()
  await fill('/shop/orders', 'one', ['first', 'second'])
  const { logGroups } = await logs.describeLogGroups({})
  expect(logGroups).toEqual([
    {
      logGroupName: '/shop/orders',
      creationTime: startMs,
      metricFilterCount: 0,
      arn: 'arn:aws:logs:us-east-1:000000000000:log-group:/shop/orders:*',
      logGroupArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/shop/orders',
      storedBytes: 'firstsecond'.length + 2 * 26,
      logGroupClass: 'STANDARD',
      deletionProtectionEnabled: false,
    },
  ])
  const { logStreams } = await logs.describeLogStreams({
    logGroupIdentifier: 'arn:aws:logs:us-east-1:000000000000:log-group:/shop/orders',
  })
  expect(logStreams).toEqual([
    {
      logStreamName: 'one',
      creationTime: startMs,
      firstEventTimestamp: startMs,
      lastEventTimestamp: startMs + 1,
      lastIngestionTime: startMs,
      uploadSequenceToken: expect.stringMatching(/^\d{56}$/) as string,
      arn: 'arn:aws:logs:us-east-1:000000000000:log-group:/shop/orders:log-stream:one',
      storedBytes: 0,
    },
  ])
  const { events } = await logs.getLogEvents(stream)
  expect(events).toEqual([
    { timestamp: startMs, message: 'first', ingestionTime: startMs },
    { timestamp: startMs + 1, message: 'second', ingestionTime: startMs },
  ])
})

test('tokens lead through a stream in both directions, and stay as they are at its ends', async () => {
  const { logs, fill } = await createLogsWorld()
  await fill('/shop/orders', 'one', ['a', 'b', 'c', 'd', 'e'])
  const read = async (input: object) => {
    const { events = [], ...tokens } = await logs.getLogEvents({ ...stream, limit: 2, ...input })
    return { text: events.map(({ message }) => message).join(''), ...tokens }
  }
  const latest = await read({})
  const earlier = await read({ nextToken: latest.nextBackwardToken })
  const earliest = await read({ nextToken: earlier.nextBackwardToken })
  const none = await read({ nextToken: earliest.nextBackwardToken })
  expect([latest.text, earlier.text, earliest.text, none.text]).toEqual(['de', 'bc', 'a', ''])
  expect(none.nextBackwardToken).toBe(earliest.nextBackwardToken)
  const again = await read({ nextToken: none.nextForwardToken })
  expect(again.text).toBe('ab')

  const head = await read({ startFromHead: true })
  expect(head.text).toBe('ab')
  const end = await read({ nextToken: latest.nextForwardToken })
  expect(end).toMatchObject({ text: '', nextForwardToken: latest.nextForwardToken })
  await logs.putLogEvents({ ...stream, logEvents: [{ timestamp: startMs + 9, message: 'f' }] })
  expect((await read({ nextToken: end.nextForwardToken })).text).toBe('f')
  expect((await read({ nextToken: end.nextBackwardToken })).text).toBe('de')
  expect((await read({ startTime: startMs + 1, endTime: startMs + 3, limit: 9 })).text).toBe('bc')
})

test('the paginators of the SDK come to an end', async () => {
  const { logs, fill } = await createLogsWorld()
  for (const name of ['c', 'a', 'b']) await fill(`/${name}`, 's', [name])
  for (const name of ['two', 'three']) await fill('/a', name, [name])
  const config = { client: logs, pageSize: 2 }
  const groups: (string | undefined)[] = []
  for await (const page of paginateDescribeLogGroups(config, {}))
    groups.push(...(page.logGroups ?? []).map(({ logGroupName }) => logGroupName))
  expect(groups).toEqual(['/a', '/b', '/c'])
  const streams: (string | undefined)[] = []
  for await (const page of paginateDescribeLogStreams(config, { logGroupName: '/a', descending: true }))
    streams.push(...(page.logStreams ?? []).map(({ logStreamName }) => logStreamName))
  expect(streams).toEqual(['two', 'three', 's'])
  const found: (string | undefined)[] = []
  for await (const page of paginateFilterLogEvents(config, { logGroupName: '/a' }))
    found.push(...(page.events ?? []).map(({ message }) => message))
  expect(found).toEqual(['a', 'two', 'three'])
  const read: (string | undefined)[] = []
  const from = { logGroupName: '/a', logStreamName: 's', startFromHead: true }
  for await (const page of paginateGetLogEvents({ ...config, stopOnSameToken: true }, from))
    read.push(...(page.events ?? []).map(({ message }) => message))
  expect(read).toEqual(['a'])
})

test('events of all streams are filtered in the order of time', async () => {
  const { logs, fill } = await createLogsWorld()
  await fill('/shop/orders', 'one', ['ERROR a', 'fine', '{"level":"ERROR"}'])
  await fill('/shop/orders', 'two', ['ERROR b', '{"level":"INFO"}'])
  const find = async (input: object) => {
    const { events = [], searchedLogStreams } = await logs.filterLogEvents({ ...group, ...input })
    expect(searchedLogStreams).toEqual([])
    return events.map(({ logStreamName, message }) => `${logStreamName}: ${message}`)
  }
  expect(await find({ filterPattern: 'ERROR' })).toEqual([
    'one: ERROR a',
    'two: ERROR b',
    'one: {"level":"ERROR"}',
  ])
  expect(await find({ filterPattern: '{ $.level = "ERROR" }' })).toEqual(['one: {"level":"ERROR"}'])
  expect(await find({ logStreamNames: ['two'] })).toEqual(['two: ERROR b', 'two: {"level":"INFO"}'])
  expect(await find({ logStreamNamePrefix: 'o', endTime: startMs })).toEqual(['one: ERROR a'])
  expect(await find({ startTime: startMs + 2 })).toEqual(['one: {"level":"ERROR"}'])
  const { events = [] } = await logs.filterLogEvents(group)
  const ids = events.map(({ eventId }) => eventId ?? '')
  expect(ids.every((id) => /^\d{56}$/.test(id))).toBe(true)
  expect(ids).toEqual([...new Set(ids)].sort())
})

test('streams are sorted by the time of their latest event', async () => {
  const { logs, fill } = await createLogsWorld()
  await fill('/shop/orders', 'old', ['a'])
  await fill('/shop/orders', 'new', ['a', 'b'])
  await logs.createLogStream({ ...group, logStreamName: 'empty' })
  const names = async (descending: boolean) => {
    const { logStreams = [] } = await logs.describeLogStreams({
      ...group,
      orderBy: 'LastEventTime',
      descending,
    })
    return logStreams.map(({ logStreamName }) => logStreamName)
  }
  expect(await names(true)).toEqual(['new', 'old', 'empty'])
  expect(await names(false)).toEqual(['empty', 'old', 'new'])
})

test('events that are too old or too new are told and left out', async () => {
  const { logs } = await createLogsWorld()
  await logs.createLogGroup(group)
  await logs.createLogStream(stream)
  const put = async (...timestamps: number[]) => {
    const logEvents = timestamps.map((timestamp) => ({ timestamp, message: 'x' }))
    return (await logs.putLogEvents({ ...stream, logEvents })).rejectedLogEventsInfo
  }
  const hourMs = 3_600_000
  expect(await put(startMs - 14 * dayMs - 1, startMs - 14 * dayMs)).toEqual({ tooOldLogEventEndIndex: 1 })
  expect(await put(startMs, startMs + 2 * hourMs, startMs + 2 * hourMs + 1)).toEqual({
    tooNewLogEventStartIndex: 2,
  })
  await logs.putRetentionPolicy({ ...group, retentionInDays: 1 })
  expect(await put(startMs - dayMs - 1, startMs - dayMs)).toEqual({ expiredLogEventEndIndex: 1 })
  const { events = [] } = await logs.getLogEvents(stream)
  expect(events.map(({ timestamp }) => (timestamp ?? 0) - startMs)).toEqual([-dayMs, 0, 2 * hourMs])
})

test('what is older than the retention goes as the clock goes on', async () => {
  const { logs, fill, clock } = await createLogsWorld()
  await fill('/shop/orders', 'one', ['a', 'b'])
  await logs.putRetentionPolicy({ ...group, retentionInDays: 3 })
  const { logGroups } = await logs.describeLogGroups({ logGroupNamePattern: 'orders' })
  expect(logGroups?.[0]?.retentionInDays).toBe(3)
  await clock.advance(3 * dayMs + 1)
  expect((await logs.getLogEvents(stream)).events?.map(({ message }) => message)).toEqual(['b'])
  await clock.advance(1)
  expect((await logs.filterLogEvents(group)).events).toEqual([])
  await logs.putLogEvents({ ...stream, logEvents: [{ timestamp: clock.now(), message: 'c' }] })
  await logs.deleteRetentionPolicy(group)
  // The put has cleared away what was too old then.
  expect((await logs.getLogEvents(stream)).events?.map(({ message }) => message)).toEqual(['c'])
})

test('groups have tags, under their names and their ARNs', async () => {
  const { logs } = await createLogsWorld()
  await logs.createLogGroup({ ...group, tags: { team: 'a' } })
  const resourceArn = 'arn:aws:logs:us-east-1:000000000000:log-group:/shop/orders'
  await logs.tagResource({ resourceArn, tags: { stage: 'dev' } })
  await logs.tagLogGroup({ ...group, tags: { cost: '1' } })
  await logs.untagLogGroup({ ...group, tags: ['team'] })
  expect((await logs.listTagsLogGroup(group)).tags).toEqual({ stage: 'dev', cost: '1' })
  await logs.untagResource({ resourceArn, tagKeys: ['cost'] })
  expect((await logs.listTagsForResource({ resourceArn })).tags).toEqual({ stage: 'dev' })
})

test('a filter pattern is tried on messages', async () => {
  const { logs } = await createLogsWorld()
  const { matches } = await logs.testMetricFilter({
    filterPattern: '[ip, ..., status = 4*]',
    logEventMessages: ['1.2.3.4 - 200', '1.2.3.4 "GET /" 404'],
  })
  expect(matches).toEqual([
    {
      eventNumber: 2,
      eventMessage: '1.2.3.4 "GET /" 404',
      extractedValues: { $ip: '1.2.3.4', $2: 'GET /', $status: '404' },
    },
  ])
})

test('refusals have the codes and texts of AWS', async () => {
  const { logs, fill } = await createLogsWorld()
  await fill('/shop/orders', 'one', ['a'])
  const event = { timestamp: startMs, message: 'x' }
  const put = (logEvents: { timestamp: number; message: string }[]) =>
    refusal(logs.putLogEvents({ ...stream, logEvents }))
  const noGroup = 'ResourceNotFoundException: The specified log group does not exist.'
  const noStream = 'ResourceNotFoundException: The specified log stream does not exist.'
  expect(await refusal(logs.createLogGroup(group))).toBe(
    'ResourceAlreadyExistsException: The specified log group already exists',
  )
  expect(await refusal(logs.createLogStream(stream))).toBe(
    'ResourceAlreadyExistsException: The specified log stream already exists',
  )
  const nowhere = { logGroupName: '/none', logStreamName: 'one' }
  expect(await refusal(logs.createLogStream(nowhere))).toBe(noGroup)
  expect(await refusal(logs.getLogEvents(nowhere))).toBe(noGroup)
  expect(await refusal(logs.filterLogEvents({ logGroupName: '/none' }))).toBe(noGroup)
  expect(await refusal(logs.deleteLogGroup({ logGroupName: '/none' }))).toBe(noGroup)
  expect(await refusal(logs.getLogEvents({ ...group, logStreamName: 'none' }))).toBe(noStream)
  expect(await refusal(logs.deleteLogStream({ ...group, logStreamName: 'none' }))).toBe(noStream)
  expect(await refusal(logs.createLogGroup({ logGroupName: 'a b' }))).toBe(
    String.raw`InvalidParameterException: 1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+`,
  )
  expect(await refusal(logs.putRetentionPolicy({ ...group, retentionInDays: 2 }))).toContain(
    "InvalidParameterException: 1 validation error detected: Value '2' at 'retentionInDays'",
  )
  expect(await refusal(logs.filterLogEvents({ ...group, filterPattern: '{ $.a = }' }))).toBe(
    'InvalidParameterException: Invalid filter pattern',
  )
  expect(await refusal(logs.getLogEvents({ ...stream, nextToken: 'f/1' }))).toBe(
    'InvalidParameterException: The specified nextToken is invalid.',
  )
  expect(await put([{ ...event, timestamp: startMs + 1 }, event])).toBe(
    'InvalidParameterException: Log events in a single PutLogEvents request must be in chronological order.',
  )
  expect(await put([{ ...event, timestamp: startMs - dayMs - 1 }, event])).toBe(
    'InvalidParameterException: The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
  )
  expect(await put([{ ...event, message: 'x'.repeat(1_048_551) }])).toBe(
    'InvalidParameterException: Upload too large: 1048577 bytes exceeds limit of 1048576',
  )
  const tooMany = await put(Array.from({ length: 10_001 }, () => event))
  expect(tooMany).toContain(`'[{"timestamp":${startMs},"message":"x"}, {`)
  expect(tooMany).toContain(
    "}, ...]' at 'logEvents' failed to satisfy constraint: Member must have length less than or equal to 10000",
  )
  expect(tooMany.length).toBeLessThan(10_000)
  expect(
    await refusal(logs.describeLogStreams({ ...group, orderBy: 'LastEventTime', logStreamNamePrefix: 'a' })),
  ).toBe('InvalidParameterException: Cannot order by LastEventTime with a logStreamNamePrefix.')
  expect(await refusal(logs.startQuery({ queryString: 'x', startTime: 0, endTime: 1 }))).toContain(
    'StartQuery',
  )
})

test('what a function prints is in its group, beside what is put there', async () => {
  const { logs, print, clock, activity } = await createLogsWorld()
  const own = { logGroupName: '/aws/lambda/checkout' }
  print('checkout', 'hello')
  await clock.advance(5)
  print('checkout', 'two\nlines', 'other')
  await activity.idle()
  const { logStreams = [] } = await logs.describeLogStreams(own)
  expect(
    logStreams.map(({ logStreamName, lastEventTimestamp }) => [logStreamName, lastEventTimestamp]),
  ).toEqual([
    ['2026/01/02/[$LATEST]a', startMs],
    ['other', startMs + 5],
  ])
  await logs.putLogEvents({
    ...own,
    logStreamName: 'other',
    logEvents: [{ timestamp: startMs, message: 'put' }],
  })
  const { events = [] } = await logs.filterLogEvents(own)
  expect(events.map(({ message }) => message)).toEqual(['hello\n', 'put', 'two\nlines\n'])
})

test('after a restart a group still has what was printed and put, but for what was deleted', async () => {
  const first = await createLogsWorld()
  first.print('checkout', 'early')
  first.print('checkout', 'gone', 'deleted')
  first.print('hidden', 'gone')
  await first.activity.idle()
  const own = { logGroupName: '/aws/lambda/checkout' }
  await first.logs.deleteLogStream({ ...own, logStreamName: 'deleted' })
  await first.logs.deleteLogGroup({ logGroupName: '/aws/lambda/hidden' })
  await first.fill('/aws/lambda/checkout', 'put', ['put'])
  const { history, store } = first
  // The history in memory stands in for one in files, which knows its last number when it is opened again.
  const second = await createLogsWorld({ store, history: { ...history, lastSequence: 3 } })
  second.print('checkout', 'late')
  second.print('hidden', 'new')
  await second.activity.idle()
  const texts = async (logGroupName: string) =>
    (await second.logs.filterLogEvents({ logGroupName })).events?.map(({ message }) => message)
  expect(await texts('/aws/lambda/checkout')).toEqual(['early\n', 'late\n', 'put'])
  expect(await texts('/aws/lambda/hidden')).toEqual(['new\n'])
})

test('a group that is too large loses the oldest events of its largest stream', async () => {
  const { logs, fill } = await createLogsWorld({ mostGroupBytes: 10_000 })
  const messages = Array.from({ length: 9 }, (_, index) => `${index}${'x'.repeat(999 - 26)}`)
  await fill('/shop/orders', 'one', messages)
  await fill('/shop/orders', 'two', ['small'])
  const left = async () => (await logs.getLogEvents(stream)).events?.map(({ message }) => message?.[0])
  expect((await left())?.length).toBe(9)
  const put = (message: string) =>
    logs.putLogEvents({ ...stream, logEvents: [{ timestamp: startMs + 20, message }] })
  await put('a'.repeat(1_000))
  expect(await left()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', 'a'])
  const { logGroups } = await logs.describeLogGroups({})
  expect(logGroups?.[0]?.storedBytes).toBe(8 * 1_000 + 1_026 + 31)
})

test('pages put together are all events in order, whatever was put where and when', async () => {
  const arrivals = fc.array(
    fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      times: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  const { logs } = await createLogsWorld()
  let run = 0
  await fc.assert(
    fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 4 }), async (puts, limit) => {
      const logGroupName = `/run/${run++}`
      await logs.createLogGroup({ logGroupName })
      for (const name of ['a', 'b', 'c']) await logs.createLogStream({ logGroupName, logStreamName: name })
      for (const { name, times } of puts) {
        const sorted = times.toSorted((one, other) => one - other)
        const logEvents = sorted.map((time) => ({ timestamp: startMs + time, message: `${name}${time}` }))
        await logs.putLogEvents({ logGroupName, logStreamName: name, logEvents })
      }
      const found: { timestamp?: number | undefined; eventId?: string | undefined }[] = []
      for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, { logGroupName, limit }))
        found.push(...events)
      expect(found.length).toBe(puts.reduce((sum, { times }) => sum + times.length, 0))
      expect(new Set(found.map(({ eventId }) => eventId)).size).toBe(found.length)
      const times = found.map(({ timestamp = 0 }) => timestamp)
      expect(times).toEqual(times.toSorted((one, other) => one - other))
    }),
    { numRuns: 20 },
  )
})
