import { expect, test } from 'vitest'
import { plainColors } from '../../src/cli/colors.ts'
import { createEntryHistory } from '../../src/cli/entryHistory.ts'
import { type EntryStyle, isTrouble, renderEntry } from '../../src/cli/renderEntry.ts'
import type { LedgerEntry, LedgerFact } from '../../src/system/index.ts'

const REQUEST_ID = '7f3a1c2e-1111-4222-8333-444455556666'
const SHARD = {
  stream: 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks',
  shardId: 'shardId-000000000000',
} as const
const RANGE = { firstSequenceNumber: '1', lastSequenceNumber: '2', records: 2 } as const
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:orders'
const on = { functionName: 'checkout', requestId: REQUEST_ID }
const PAYLOAD = { payloadBytes: 2, payloadKept: 'always' } as const
const RUN = {
  kind: 'invocationEnded',
  ...on,
  outcome: 'success',
  attempt: 1,
  durationMs: 12.4,
  initMs: undefined,
  maxMemoryMegabytes: 30,
  errorType: undefined,
  errorMessage: undefined,
} as const

const entryOf = (fact: LedgerFact): LedgerEntry => ({ sequence: 1, atMs: 1_000, ...fact })

/** The lines of the last fact, the others having gone before it. */
function lines(facts: LedgerFact | readonly LedgerFact[], style: Partial<EntryStyle> = {}): string[] {
  const history = createEntryHistory()
  const entries = [facts].flat().map(entryOf)
  for (const entry of entries) history.note(entry)
  return renderEntry(entries.at(-1) as LedgerEntry, {
    colors: plainColors,
    nameWidth: 8,
    time: () => '14:02:11.345',
    history,
    isDetailed: false,
    directory: '/shop',
    ...style,
  })
}

test('a success is one line: time, function, mark, duration, id', () => {
  expect(lines(RUN)).toEqual(['14:02:11.345  checkout  ✓      12 ms  7f3a1c2e'])
})

test('a cold start is said, and so is how the event came', () => {
  const accepted = {
    kind: 'invocationAccepted',
    ...on,
    ...PAYLOAD,
    invocationType: 'Event',
    door: 'schedule',
  } as const
  expect(lines([accepted, { ...RUN, initMs: 85 }])).toEqual([
    '14:02:11.345  checkout  ✓      12 ms  7f3a1c2e  cold start 85 ms  schedule',
  ])
  expect(lines([{ ...accepted, door: 'api' }, RUN])[0]).toMatch(/7f3a1c2e {2}asynchronous$/)
  expect(lines([{ ...accepted, door: 'api', invocationType: 'RequestResponse' }, RUN])[0]).toMatch(
    /7f3a1c2e$/,
  )
})

test('a batch says how many messages and from where', () => {
  const taken = { kind: 'batchTaken', ...on, queue: QUEUE, messageIds: ['1', '2', '3', '4'] } as const
  const accepted = {
    kind: 'invocationAccepted',
    ...on,
    ...PAYLOAD,
    invocationType: 'RequestResponse',
    door: 'sqs',
  } as const
  expect(lines([taken, accepted, RUN])[0]).toMatch(/7f3a1c2e {2}4 messages from orders$/)
  const read = { kind: 'streamBatchTaken', ...on, ...SHARD, ...RANGE, causes: [] } as const
  expect(lines([read, accepted, RUN])[0]).toMatch(/7f3a1c2e {2}2 records from kinesis:clicks$/)
})

test('a failure shows type and first line of the message, and which attempt it was', () => {
  const failed = { ...RUN, outcome: 'functionError', errorType: 'RangeError', errorMessage: 'boom' } as const
  expect(lines({ ...failed, attempt: 2 })).toEqual([
    '14:02:11.345  checkout  ✗      12 ms  7f3a1c2e  attempt 2  RangeError: boom',
  ])
  expect(lines({ ...failed, errorMessage: 'first\nsecond' })[0]).toMatch(/RangeError: first …$/)
  expect(lines({ ...failed, errorMessage: 'x'.repeat(500) })[0]?.length).toBeLessThan(300)
})

test('a retry says which, of how many, and when', () => {
  const retry = {
    kind: 'retryScheduled',
    ...on,
    dueMs: 61_000,
    why: 'functionError',
    mostRetries: 2,
  } as const
  const first = { ...RUN, outcome: 'functionError', errorType: 'Error', errorMessage: 'boom' } as const
  expect(lines([first, retry])).toEqual(['14:02:11.345  checkout  ↻ retry 1 of 2 in 60 s  7f3a1c2e'])
  expect(
    lines([
      { ...first, attempt: 2 },
      { ...retry, dueMs: 121_000 },
    ]),
  ).toEqual(['14:02:11.345  checkout  ↻ retry 2 of 2 in 2 min  7f3a1c2e'])
  const { mostRetries: _, ...earlier } = retry
  expect(lines([first, earlier])[0]).toContain('↻ retry 1 in 60 s')
  expect(lines({ ...retry, dueMs: 2_000, why: 'throttled' })[0]).toContain('↻ again in 1 s (throttled)')
})

test.each<[string, LedgerFact, string[]]>([
  [
    'a throttle names its reason',
    { kind: 'invocationThrottled', ...on, reason: 'ConcurrentInvocationLimitExceeded' },
    ['14:02:11.345  checkout  ! throttled: ConcurrentInvocationLimitExceeded  7f3a1c2e'],
  ],
  [
    'a hand-over that failed names both ends',
    {
      kind: 'handOverFailed',
      from: 'arn:aws:sns:us-east-1:0:news',
      to: QUEUE,
      messageId: REQUEST_ID,
      reason: 'gone',
    },
    ['14:02:11.345  ✗ sns:news could not reach sqs:orders: gone  7f3a1c2e'],
  ],
  [
    'messages that were moved say from where to where',
    { kind: 'messagesMoved', from: 'dead', to: 'orders', moves: [{ messageId: 'a', newMessageId: 'b' }] },
    ['14:02:11.345  → 1 message of dead back to orders'],
  ],
  [
    'a move task that failed says why',
    {
      kind: 'moveTaskEnded',
      queue: 'dead',
      status: 'FAILED',
      moved: 2,
      failureReason: 'AWS.SimpleQueueService.NonExistentQueue',
    },
    ['14:02:11.345  ✗ redrive of dead failed: AWS.SimpleQueueService.NonExistentQueue, after 2 messages'],
  ],
  [
    'a replay names what it replays',
    { kind: 'replayed', ...on, of: '9ab0cc12-1111-4222-8333-444455556666' },
    ['14:02:11.345  checkout  ▸ replays 9ab0cc12  7f3a1c2e'],
  ],
  [
    'an event that is given up names the condition',
    { kind: 'eventGivenUp', ...on, condition: 'RetriesExhausted' },
    ['14:02:11.345  checkout  ✗ given up: RetriesExhausted  7f3a1c2e'],
  ],
  [
    'a dead letter names its queue as lambda.yml does',
    { kind: 'delivered', ...on, role: 'deadLetter', arn: QUEUE },
    ['14:02:11.345  checkout  → dead letter to sqs:orders  7f3a1c2e'],
  ],
  [
    'a delivery that failed says why',
    { kind: 'deliveryFailed', ...on, role: 'onFailure', arn: QUEUE, reason: 'no such queue' },
    ['14:02:11.345  checkout  ✗ onFailure to sqs:orders failed: no such queue  7f3a1c2e'],
  ],
  [
    'a batch with messages left says how many',
    { kind: 'batchEnded', ...on, queue: QUEUE, removed: 3, left: 1, why: '' },
    ['14:02:11.345  checkout  ↻ 1 message left in orders, 3 done  7f3a1c2e'],
  ],
  [
    'a batch that failed as a whole says why',
    { kind: 'batchEnded', ...on, queue: QUEUE, removed: 0, left: 4, why: 'the function failed' },
    ['14:02:11.345  checkout  ↻ 4 messages left in orders: the function failed  7f3a1c2e'],
  ],
  [
    'a batch that is done needs no line of its own',
    { kind: 'batchEnded', ...on, queue: QUEUE, removed: 4, left: 0, why: '' },
    [],
  ],
  [
    'records of a stream that are left are told of, with their shard',
    { kind: 'streamBatchEnded', ...on, ...SHARD, done: 3, left: 1, why: 'the function reported failures' },
    [
      '14:02:11.345  checkout  ↻ 1 record left of kinesis:clicks shardId-000000000000, 3 done: the function reported failures  7f3a1c2e',
    ],
  ],
  [
    'records that are done need no line of their own',
    { kind: 'streamBatchEnded', ...on, ...SHARD, done: 3, left: 0, why: '' },
    [],
  ],
  [
    'records that were given up are told of',
    { kind: 'streamRecordsGivenUp', ...on, ...SHARD, ...RANGE, condition: 'RecordAgeExceeded' },
    [
      '14:02:11.345  checkout  ✗ 2 records of kinesis:clicks shardId-000000000000 given up: RecordAgeExceeded  7f3a1c2e',
    ],
  ],
  [
    'records that no filter let through are told of',
    { kind: 'streamRecordsFiltered', functionName: 'checkout', ...SHARD, ...RANGE },
    [
      '14:02:11.345  checkout  · 2 records of kinesis:clicks shardId-000000000000 matched no filter: passed over',
    ],
  ],
  [
    'a reload says what and how long',
    { kind: 'deployed', functionName: 'checkout', generation: 2, tookMs: 38.2 },
    ['14:02:11.345  ✓ reloaded checkout in 38 ms'],
  ],
  [
    'loading at the start is not worth a line',
    { kind: 'deployed', functionName: 'checkout', generation: 1, tookMs: 3 },
    [],
  ],
  [
    'code that cannot be loaded is shown with its frame',
    {
      kind: 'deployFailed',
      functionName: 'checkout',
      message: 'Unexpected "}"',
      frame: 'src/checkout.ts:2:1\n1 | const a =\n2 | }\n  | ^',
    },
    [
      '14:02:11.345  ✗ checkout cannot be loaded: Unexpected "}"',
      '  src/checkout.ts:2:1',
      '  1 | const a =',
      '  2 | }',
      '    | ^',
    ],
  ],
  [
    'a crash names signal and suspects',
    { kind: 'executorCrashed', signal: 'SIGSEGV', suspects: ['checkout', 'report'] },
    [
      '14:02:11.345  ✗ executor crashed (SIGSEGV) while running checkout, report; from now on each of them runs in a process of its own',
    ],
  ],
  [
    'each change of the spec has a line',
    { kind: 'specApplied', changes: ['function a added', 'queue b added'] },
    ['14:02:11.345  ✓ lambda.yml: function a added', '14:02:11.345  ✓ lambda.yml: queue b added'],
  ],
  [
    'a refused spec says that what ran before goes on',
    { kind: 'specRefused', message: 'lambda.yml:3:1  unknown key `x`\n> 3 | x: 1' },
    [
      '14:02:11.345  ✗ lambda.yml was not applied, what ran before goes on:',
      '  lambda.yml:3:1  unknown key `x`',
      '  > 3 | x: 1',
    ],
  ],
])('%s', (_title, fact, expected) => {
  expect(lines(fact)).toEqual(expected)
})

const logged = (text: string, source: 'function' | 'platform' = 'function'): LedgerFact => ({
  kind: 'logLine',
  ...on,
  logStream: 's',
  source,
  text,
})
const consoleLine = (level: string, text: string): LedgerFact =>
  logged(`2026-03-01T10:00:00.000Z\t${REQUEST_ID}\t${level}\t${text}`)
const MARGIN = '              checkout  │ '

test('log lines of a handler are indented, without the time and id that its invocation shows', () => {
  expect(lines(consoleLine('INFO', 'shipped 3'))).toEqual([`${MARGIN}shipped 3`])
  expect(lines(consoleLine('WARN', 'late'))).toEqual([`${MARGIN}WARN late`])
  expect(lines(consoleLine('INFO', 'one\ntwo'))).toEqual([`${MARGIN}one`, `${MARGIN}two`])
  expect(lines(logged('{"level":"info"}'))).toEqual([`${MARGIN}{"level":"info"}`])
})

test('an error that a handler did not catch is shown with the frames that are its own', () => {
  const stack = [
    'Error: boom',
    '    at handler (/shop/src/checkout.ts:3:9)',
    '    at handler (file:///shop/src/checkout.mjs:3:9)',
    '    at new Promise (<anonymous>)',
    '    at onMessage (/x/node_modules/piscina/src/worker.ts:184:24)',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
  ]
  const json = JSON.stringify({ errorType: 'Error', errorMessage: 'boom', stack })
  expect(lines(consoleLine('ERROR', `Invoke Error \t${json}`))).toEqual([
    `${MARGIN}ERROR Error: boom`,
    `${MARGIN}    at handler (src/checkout.ts:3:9)`,
    `${MARGIN}    at handler (src/checkout.mjs:3:9)`,
  ])
  expect(lines(consoleLine('ERROR', 'Invoke Error \t{broken'))).toEqual([
    `${MARGIN}ERROR Invoke Error   {broken`,
  ])
})

test('messages that no filter let through are told of, because they are gone', () => {
  const fact = {
    kind: 'messagesFiltered',
    functionName: 'checkout',
    queue: QUEUE,
    messageIds: ['1', '2'],
  } as const
  expect(lines(fact)).toEqual([
    expect.stringContaining('· 2 messages from orders matched no filter: deleted'),
  ])
})

test('a redrive names the queue, the dead-letter queue and how many messages went', () => {
  const fact = {
    kind: 'messagesDeadLettered',
    queue: 'orders',
    deadLetterQueue: 'orders-dead',
    messageIds: ['1'],
  } as const
  expect(lines(fact)).toEqual([
    expect.stringContaining('→ 1 message of orders, received too often, to orders-dead'),
  ])
})

test.each<[string, LedgerFact]>([
  ['acceptance', { kind: 'invocationAccepted', ...on, ...PAYLOAD, invocationType: 'Event', door: 'api' }],
  ['a batch of records that was taken', { kind: 'streamBatchTaken', ...on, ...SHARD, ...RANGE, causes: [] }],
  ['a batch that was taken', { kind: 'batchTaken', ...on, queue: QUEUE, messageIds: ['1'] }],
  ['START', logged('START RequestId: x', 'platform')],
  ['a new environment', { kind: 'environmentStarted', functionName: 'a', environmentId: '1', initMs: 9 }],
  [
    'an ended environment',
    { kind: 'environmentEnded', functionName: 'a', environmentId: '1', reason: 'idle' },
  ],
])('%s shows in detail only', (_what, fact) => {
  expect(lines(fact)).toEqual([])
  expect(lines(fact, { isDetailed: true })).toHaveLength(1)
})

test('trouble is what failed, came back, was refused or given up', () => {
  expect(isTrouble(entryOf(RUN))).toBe(false)
  expect(isTrouble(entryOf({ ...RUN, outcome: 'functionError' }))).toBe(true)
  const ended = { kind: 'streamBatchEnded', ...on, ...SHARD, done: 1, why: '' } as const
  expect(isTrouble(entryOf({ ...ended, left: 0 }))).toBe(false)
  expect(isTrouble(entryOf({ ...ended, left: 1 }))).toBe(true)
  const givenUp = { kind: 'streamRecordsGivenUp', ...on, ...SHARD, ...RANGE } as const
  expect(isTrouble(entryOf({ ...givenUp, condition: 'RecordAgeExceeded' }))).toBe(true)
  expect(isTrouble(entryOf(consoleLine('ERROR', 'only said')))).toBe(false)
  expect(isTrouble(entryOf({ kind: 'delivered', ...on, role: 'onSuccess', arn: QUEUE }))).toBe(false)
  expect(isTrouble(entryOf({ kind: 'delivered', ...on, role: 'deadLetter', arn: QUEUE }))).toBe(true)
  expect(isTrouble(entryOf({ kind: 'specRefused', message: '' }))).toBe(true)
})

test('the history forgets the oldest invocations', () => {
  const history = createEntryHistory(2)
  for (const requestId of ['a', 'b', 'c']) history.note(entryOf({ ...RUN, requestId }))
  expect(history.of('a')).toEqual({})
  expect(history.of('c')).toEqual({ attempt: 1 })
})
