import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { QueueSummary, SeenMessage } from 'lambent'
import { expect, test } from 'vitest'
import { createProject } from '../tools/project.ts'
import { fakeServer, lambent, spawnLambent } from './lambent.ts'

const queue: QueueSummary = {
  name: 'orders',
  url: 'http://127.0.0.1:9000/000000000000/orders',
  visible: 12,
  inFlight: 0,
  delayed: 1,
  oldestAgeMs: 125_000,
  redrive: { deadLetterArn: 'arn:aws:sqs:us-east-1:000000000000:dead', maxReceiveCount: 3 },
  deadLetterQueueOf: [],
  mappings: [
    { functionName: 'worker', qualifier: 'live', state: 'Enabled', lastProblem: null },
    { functionName: 'audit', qualifier: null, state: 'Enabled', lastProblem: 'the queue does not exist' },
  ],
}

const message: SeenMessage = {
  messageId: '7f3a1c2e-1111-4222-8333-444455556666',
  body: '{\n\t"id": 1\n}\n',
  attributes: { kind: 'new' },
  systemAttributes: { ApproximateReceiveCount: '2', MessageGroupId: 'ada' },
  receiveCount: 2,
  state: 'inFlight',
  sentMs: 0,
  visibleMs: 30_000,
}

test('queues is a table with its columns under one another, without colours in a pipe', async () => {
  const empty = {
    ...queue,
    name: 'dead',
    visible: 0,
    delayed: 0,
    oldestAgeMs: null,
    redrive: null,
    mappings: [],
  }
  const elsewhere = {
    ...empty,
    name: 'gone',
    visible: null,
    inFlight: null,
    delayed: null,
    problem: 'there is no queue gone',
  }
  const { port, asked } = await fakeServer((_asked, response) =>
    response.end(JSON.stringify({ queues: [empty, elsewhere, queue] })),
  )
  expect(await lambent(['queues', '--port', port])).toEqual({
    exitCode: 0,
    stdout: [
      'queue   visible  in flight  delayed  oldest     dead letters to   read by',
      'dead    0        0          0',
      'gone    ?        ?          ?                                     there is no queue gone',
      'orders  12       0          1        2 min 5 s  sqs:dead after 3  worker:live Enabled, audit Enabled: the queue does not exist',
      '',
    ].join('\n'),
    stderr: '',
  })
  const { stdout } = await lambent(['queues', '--json', '--port', port])
  expect(stdout.split('\n', 3).map((line) => JSON.parse(line) as unknown)).toEqual([empty, elsewhere, queue])
  expect(asked.map(({ url }) => url)).toEqual(['/_lambent/queues', '/_lambent/queues'])
})

test('peek shows a message in one line, and how many more there are', async () => {
  const { port, asked } = await fakeServer(({ url = '' }, response) =>
    response.end(JSON.stringify(url.includes('/messages') ? { items: [message] } : queue)),
  )
  expect(await lambent(['queue', 'peek', 'orders', '--limit', '1', '--port', port])).toEqual({
    exitCode: 0,
    stdout: [
      'id        sent          state                         receives  group  attributes  body',
      '7f3a1c2e  00:00:00.000  in flight until 00:00:30.000  2         ada    kind=new    { "id": 1 }',
      '',
    ].join('\n'),
    stderr: 'and 12 messages more: --limit shows them\n',
  })
  expect(asked[0]?.url).toBe('/_lambent/queues/orders/messages?limit=1')
  const { stdout } = await lambent(['queue', 'peek', 'orders', '--json', '--port', port])
  expect(JSON.parse(stdout)).toEqual(message)
})

test.each<[string, string[], string]>([
  [
    'a delay that is none',
    ['send', 'orders', 'x', '--delay', 'soon'],
    'Expected a duration such as 90s or 5m.',
  ],
  ['an attribute without a value', ['send', 'orders', 'x', '--attribute', 'kind'], 'Expected name=value.'],
  ['a body from no file', ['send', 'orders', '@nowhere.json'], 'there is no such file'],
])('wrong usage exits with 2 and says what is wrong: %s', async (_what, parameters, said) => {
  const { exitCode, stderr } = await lambent(['queue', ...parameters])
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(said)])
})

test('a body that is not text is refused before it is sent', async () => {
  const { directory } = createProject({})
  const file = path.join(directory, 'picture')
  writeFileSync(file, Buffer.from([0xff, 0xd8]))
  expect(await lambent(['queue', 'send', 'orders', `@${file}`])).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: `error: ${file} is not UTF-8 text, and SQS takes nothing else.\n`,
  })
})

const PROJECT = {
  'lambda.yml': `
service: shop
functions:
  worker: { handler: handlers.worker, events: [{ sqs: { queue: orders } }] }
resources:
  queues: { orders: { visibilityTimeout: 6, redrive: { queue: dead, maxReceiveCount: 1 } }, dead: {}, parked: {}, steps.fifo: {} }
`,
  'handlers.js': `exports.worker = async () => { throw new Error('cannot ship') }`,
  'order.json': '{"id": 1}\n',
}

test(
  'messages are sent, looked at, purged and redriven at the command line',
  { timeout: 60_000 },
  async () => {
    const { config, directory } = createProject(PROJECT)
    const running = spawnLambent(
      ['start', '--port', '0', '--ephemeral', '--clock', 'frozen', '--config', config],
      {},
    )
    const [, port = ''] = /:(\d+)/.exec(await running.line(/^ready/)) ?? []
    const run = (parameters: string[], input?: string) =>
      lambent([...parameters, '--port', port], { cwd: directory, ...(input !== undefined && { input }) })
    const peeked = async (name: string): Promise<SeenMessage[]> => {
      const { stdout } = await run(['queue', 'peek', name, '--json'])
      return stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as SeenMessage)
    }

    const sent = await run([
      'queue',
      'send',
      'parked',
      '@order.json',
      '--attribute',
      'kind=new',
      '--attribute',
      'sum=1=1',
    ])
    const id = sent.stdout.trim()
    expect(sent.stderr).toBe(`sent to parked; see \`lambent logs --invocation ${id.slice(0, 8)}\`\n`)
    await run(['queue', 'send', 'parked', '-', '--delay', '5m', '--group', 'ada'], 'two\nlines')
    expect(await peeked('parked')).toMatchObject([
      {
        messageId: id,
        body: PROJECT['order.json'],
        attributes: { kind: 'new', sum: '1=1' },
        state: 'visible',
        receiveCount: 0,
      },
      { body: 'two\nlines', state: 'delayed', systemAttributes: { MessageGroupId: 'ada' } },
    ])
    expect((await run(['queues'])).stdout.split('\n')[3]).toMatch(/^parked +1 +0 +1 +0 s$/)

    const asked = await run(['queue', 'purge', 'parked'])
    expect([asked.exitCode, asked.stderr]).toEqual([
      2,
      'error: No terminal is there to ask whether to remove 2 messages from parked; say so with --yes.\n',
    ])
    expect((await run(['queue', 'purge', 'parked', '--yes'])).stdout).toBe('2 messages removed from parked\n')
    // SQS would have one wait for a minute.
    expect((await run(['queue', 'purge', 'parked', '--yes'])).stdout).toBe('0 messages removed from parked\n')
    expect(await run(['queue', 'peek', 'parked'])).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'parked is empty\n',
    })

    await run(['queue', 'send', 'orders', '1'])
    await run(['clock', 'advance', '30s'])
    expect((await run(['queues'])).stdout).toMatch(/^orders +0 .* sqs:dead after 1 +worker Enabled$/m)
    expect((await run(['queue', 'redrive', 'dead', '--to', 'parked', '--max', '1'])).stdout).toBe(
      '1 message of dead moved to parked\n',
    )

    const sqs = (action: string, input: object): Promise<unknown> =>
      fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
        body: JSON.stringify({ QueueUrl: 'steps.fifo', ...input }),
      })
    await run(['queue', 'send', 'steps.fifo', '1', '--group', 'ada', '--dedup', '1'])
    for (const [body, group] of ['2 ada', '3 eve'].map((one) => one.split(' ')))
      await sqs('SendMessage', { MessageBody: body, MessageGroupId: group, MessageDeduplicationId: body })
    expect((await run(['queue', 'send', 'steps.fifo', '4'])).stderr).toMatch(/^error: .*MessageGroupId/)
    await sqs('ReceiveMessage', {})
    expect((await peeked('steps.fifo')).map(({ body, state }) => [body, state])).toEqual([
      ['1', 'inFlight'],
      ['2', 'blocked'],
      ['3', 'visible'],
    ])

    await sqs('DeleteQueue', { QueueUrl: 'orders' })
    expect((await run(['queues'])).stdout).toMatch(
      /^orders +\? +\? +\? +worker Enabled.*, there is no such queue$/m,
    )
    await sqs('CreateQueue', { QueueUrl: undefined, QueueName: 'orders' })

    const misspelt = ['peek prked', 'send prked x', 'purge prked --yes', 'redrive prked']
    for (const ended of await Promise.all(misspelt.map((words) => run(['queue', ...words.split(' ')]))))
      expect(ended).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: 'error: there is no queue prked; did you mean parked?\n',
      })
    expect((await run(['queue', 'send', 'orders', '1', '--delay', '20m'])).stderr).toBe(
      'error: Value 1200 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.\n',
    )
  },
)
