import { describe, expect, test } from 'vitest'
import type { DeliveredMessage } from '../../src/store/index.ts'
import { createMemoryStore, type Store } from '../../src/store/index.ts'
import { busArn, createEventsWorld, functionArn, queueArn, ruleArn } from './eventsWorld.ts'
import { accountId, region } from './world.ts'

const pattern = { source: ['shop'] }
const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/) as unknown

describe('an event', () => {
  test('goes to all targets of all rules that match, and of its bus only', async () => {
    const world = await createEventsWorld({ queues: ['a', 'b', 'c'], functions: ['f'] })
    await world.events.declareBus('shop')
    await world.rule('one', { pattern, targets: [queueArn('a'), functionArn('f')] })
    await world.rule('two', { pattern: { detail: { orderId: [42] } }, targets: [queueArn('b')] })
    await world.rule('three', { pattern: { source: ['other'] }, targets: [queueArn('c')] })
    await world.rule('four', { bus: 'shop', pattern, targets: [queueArn('c')] })
    const { body } = await world.putEvents({})
    expect(body).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: uuid }] })
    const event = {
      version: '0',
      id: (body as { Entries: { EventId: string }[] }).Entries[0]?.EventId,
      'detail-type': 'OrderPlaced',
      source: 'shop',
      account: accountId,
      time: '2026-01-02T03:04:05Z',
      region,
      resources: [],
      detail: { orderId: 42 },
    }
    expect(world.messages('a')).toEqual([{ body: event, attributes: {} }])
    expect(world.messages('b')).toEqual([{ body: event, attributes: {} }])
    expect(world.messages('c')).toEqual([])
    expect(world.invocations).toEqual([
      {
        triggerId: `${ruleArn('one')}#t1`,
        functionArn: functionArn('f'),
        ruleArn: ruleArn('one'),
        eventId: event.id,
        cause: event.id,
        input: event,
      },
    ])
    expect(world.put).toEqual([
      {
        bus: 'default',
        eventId: event.id,
        source: 'shop',
        detailType: 'OrderPlaced',
        rules: ['one', 'two'],
        isBusThere: true,
        cause: undefined,
      },
    ])
    expect(world.events.received('default')).toEqual([event])
  })

  test('passes by a rule that is disabled', async () => {
    const world = await createEventsWorld({ queues: ['a'] })
    await world.rule('one', { pattern, targets: [queueArn('a')] })
    await world.call('DisableRule', { Name: 'one' })
    await world.putEvents({})
    expect(world.messages('a')).toEqual([])
    await world.call('EnableRule', { Name: 'one' })
    await world.putEvents({})
    expect(world.messages('a')).toHaveLength(1)
  })

  test('is stored with all that it leads to, or is refused', async () => {
    const memory = createMemoryStore()
    let isFull = false
    const store: Store = {
      ...memory,
      apply: (effects) => (isFull ? Promise.reject(new Error('disk full')) : memory.apply(effects)),
    }
    const world = await createEventsWorld({ store, queues: ['a'], functions: ['f'] })
    await world.rule('one', { pattern, targets: [queueArn('a'), functionArn('f')] })
    isFull = true
    expect((await world.putEvents({}, {})).status).toBe(500)
    expect([world.messages('a'), world.invocations, world.put, world.events.received('default')]).toEqual([
      [],
      [],
      [],
      [],
    ])
    isFull = false
    await world.putEvents({}, {})
    expect(world.messages('a')).toHaveLength(2)
    expect(world.invocations).toHaveLength(2)
    expect(memory.list('invocations')).toHaveLength(2)
  })

  test('for a bus that is not there is taken and dropped, as on AWS, and told of', async () => {
    const world = await createEventsWorld({ queues: ['a'] })
    await world.rule('one', { pattern, targets: [queueArn('a')] })
    const { body } = await world.putEvents({}, { EventBusName: 'nope' })
    expect(body).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: uuid }, { EventId: uuid }] })
    expect(world.messages('a')).toHaveLength(1)
    expect(world.put.map(({ bus, isBusThere }) => [bus, isBusThere])).toEqual([
      ['default', true],
      ['nope', false],
    ])
    expect(world.events.received('nope')).toEqual([])
  })

  test('finds its bus by ARN, and carries the invocation that put it', async () => {
    const world = await createEventsWorld({
      queues: ['a'],
      causeOf: (key) => (key === 'key' ? 'request-1' : undefined),
    })
    await world.events.declareBus('shop')
    await world.rule('one', { bus: 'shop', pattern, targets: [queueArn('a')] })
    const { PutEventsCommand } = await import('@aws-sdk/client-eventbridge')
    const entry = { Source: 'shop', DetailType: 'x', Detail: '{}', EventBusName: busArn('shop') }
    await world.client.send(new PutEventsCommand({ Entries: [entry] }))
    expect(world.put).toMatchObject([{ bus: 'shop', cause: 'request-1' }])
    expect(world.messages('a')).toHaveLength(1)
  })

  test('that is remembered makes room for later ones', async () => {
    const world = await createEventsWorld({ limits: { rememberedEvents: 3 } })
    for (let index = 0; index < 10; index++) await world.putEvents({ Detail: `{"index":${index}}` })
    const details = (limit?: number) => world.events.received('default', limit).map(({ detail }) => detail)
    expect(details()).toEqual([{ index: 7 }, { index: 8 }, { index: 9 }])
    expect(details(1)).toEqual([{ index: 9 }])
  })
})

describe('an entry that AWS refuses', () => {
  const missing = (name: string) => ({
    ErrorCode: 'InvalidArgument',
    ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
  })
  const malformed = { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }

  test.each([
    [{ Source: undefined }, missing('Source')],
    [{ DetailType: undefined }, missing('DetailType')],
    [{ Detail: undefined }, missing('Detail')],
    [{ Detail: 'a string' }, malformed],
    [{ Detail: '"a serialized string"' }, malformed],
    [{ Detail: '[1]' }, malformed],
    [{ Detail: '{"a":' }, malformed],
    [{ Detail: 'null' }, malformed],
  ])('%j fails alone', async (entry, failure) => {
    const world = await createEventsWorld({ queues: ['a'] })
    await world.rule('one', { pattern, targets: [queueArn('a')] })
    const { status, body } = await world.putEvents(entry, {})
    expect(status).toBe(200)
    expect(body).toEqual({ FailedEntryCount: 1, Entries: [failure, { EventId: uuid }] })
    expect(world.messages('a')).toHaveLength(1)
  })
})

describe('the input of a target', () => {
  const detail = {
    command: 'update-account',
    payload: { acc_id: '0a78', sf_id: 'baz' },
    states: ['ACTIVE', 'INACTIVE'],
    isBig: true,
    count: 3,
    quote: 'say "hi"\n',
  }
  const inputOf = async (target: object) => {
    const world = await createEventsWorld({ queues: ['a'] })
    await world.rule('one', { pattern, targets: [{ Arn: queueArn('a'), ...target }] })
    await world.putEvents({ Detail: JSON.stringify(detail) })
    return { texts: world.queues.peek('a').map(({ body }) => body), failed: world.failed }
  }
  const transformed = async (InputTemplate: string, InputPathsMap: object = {}) =>
    (await inputOf({ InputTransformer: { InputTemplate, InputPathsMap } })).texts[0]

  test('may be a constant', async () => {
    expect((await inputOf({ Input: '{"a": [1]}' })).texts).toEqual(['{"a": [1]}'])
  })

  test.each([
    ['$.detail.payload', '{"acc_id":"0a78","sf_id":"baz"}'],
    ['$.detail.payload.sf_id', '"baz"'],
    ['$.detail.states[1]', '"INACTIVE"'],
    ["$['detail']['count']", '3'],
    ['$.detail.states[*]', '["ACTIVE","INACTIVE"]'],
  ])('may be a part of the event: %s', async (InputPath, text) => {
    expect((await inputOf({ InputPath })).texts).toEqual([text])
  })

  const paths = {
    type: '$.detail-type',
    command: '$.detail.command',
    missing: '$.detail.nope',
    payload: '$.detail.payload',
    states: '$.detail.states',
    flag: '$.detail.isBig',
    quote: '$.detail.quote',
  }

  test.each([
    ['"Event of <type>: <command>"', '"Event of OrderPlaced: update-account"'],
    ['"Nothing: <missing>"', '"Nothing: "'],
    ['"{[/<type>"', '"{[/OrderPlaced"'],
    ['{"type": <type>, "command": <missing>}', '{"type": "OrderPlaced", "command": ""}'],
    [
      '{"p": <payload>, "s": <states>, "f": <flag>}',
      '{"p": {"acc_id":"0a78","sf_id":"baz"}, "s": ["ACTIVE","INACTIVE"], "f": true}',
    ],
    [
      '{"p": "<payload>", "s": "<states>", "f": "<flag>"}',
      '{"p": "{acc_id:0a78,sf_id:baz}", "s": "[ACTIVE,INACTIVE]", "f": "true"}',
    ],
    ['"<quote>"', String.raw`"say \"hi\"\n"`],
    ['"<aws.events.rule-arn> <aws.events.rule-name>"', `"${ruleArn('one')} one"`],
  ])('may be made by a template: %s', async (template, text) => {
    expect(await transformed(template, paths)).toBe(text)
  })

  test('may hold the whole event', async () => {
    const text = await transformed('{"plain": <aws.events.event>, "whole": <aws.events.event.json>}')
    const { plain, whole } = JSON.parse(text ?? '') as Record<string, Record<string, unknown>>
    expect(whole).toMatchObject({ 'detail-type': 'OrderPlaced', detail })
    const { detail: _, 'detail-type': detailType, ...others } = whole ?? {}
    expect(plain).toEqual({ ...others, detailType })
  })

  test('that does not come out as JSON is dropped, past the dead-letter queue', async () => {
    const target = {
      InputTransformer: { InputTemplate: '{"a": <command>', InputPathsMap: paths },
      DeadLetterConfig: { Arn: queueArn('a') },
    }
    const { texts, failed } = await inputOf(target)
    expect(texts).toEqual([])
    expect(failed).toMatchObject([{ reason: 'the input template did not come out as JSON' }])
  })

  test('reaches functions as well', async () => {
    const world = await createEventsWorld({ functions: ['f'] })
    await world.rule('one', { pattern, targets: [{ Arn: functionArn('f'), InputPath: '$.detail' }] })
    await world.putEvents({})
    expect(world.invocations).toMatchObject([{ input: { orderId: 42 } }])
  })
})

describe('a target that is gone', () => {
  const gone = [functionArn('gone'), queueArn('gone')]

  test.each(gone)('%s: the event goes to the dead-letter queue', async (Arn) => {
    const world = await createEventsWorld({ queues: ['dead'] })
    const target = { Arn, DeadLetterConfig: { Arn: queueArn('dead') }, InputPath: '$.detail' }
    await world.rule('one', { pattern, targets: [target] })
    await world.putEvents({})
    expect(world.messages('dead')).toMatchObject([
      {
        body: { source: 'shop', detail: { orderId: 42 } },
        attributes: {
          RULE_ARN: ruleArn('one'),
          TARGET_ARN: Arn,
          ERROR_CODE: 'NO_RESOURCE',
          ERROR_MESSAGE: expect.stringContaining('there is no') as unknown,
        },
      },
    ])
    expect(world.failed).toEqual([])
  })

  test.each(gone)(
    '%s: without a dead-letter queue it is told of, and other targets get theirs',
    async (Arn) => {
      const world = await createEventsWorld({ queues: ['a'] })
      await world.rule('one', { pattern, targets: [Arn, queueArn('a')] })
      const { body } = await world.putEvents({})
      expect(world.messages('a')).toHaveLength(1)
      expect(world.failed).toEqual([
        {
          busArn: busArn('default'),
          ruleArn: ruleArn('one'),
          targetArn: Arn,
          eventId: (body as { Entries: { EventId: string }[] }).Entries[0]?.EventId,
          reason: expect.stringContaining('there is no') as unknown,
        },
      ])
    },
  )

  test('with a dead-letter queue that is gone, too: both are told of', async () => {
    const world = await createEventsWorld()
    const target = { Arn: queueArn('gone'), DeadLetterConfig: { Arn: queueArn('dead') } }
    await world.rule('one', { pattern, targets: [target] })
    await world.putEvents({})
    expect(world.failed).toMatchObject([
      { reason: 'there is no queue gone; dead-letter queue: there is no queue dead' },
    ])
  })
})

describe('a rule with a schedule', () => {
  test('fires for its own targets, counted from when it was made', async () => {
    const world = await createEventsWorld({ queues: ['a', 'b'], functions: ['f'] })
    await world.clock.advance(10_000)
    await world.rule('nightly', { schedule: 'rate(5 minutes)', targets: [queueArn('a'), functionArn('f')] })
    await world.rule('others', { pattern: { source: ['aws.events'] }, targets: [queueArn('b')] })
    await world.clock.advance(299_999)
    expect(world.messages('a')).toEqual([])
    await world.clock.advance(1)
    const event = {
      version: '0',
      id: uuid,
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: accountId,
      time: '2026-01-02T03:09:15Z',
      region,
      resources: [ruleArn('nightly')],
      detail: {},
    }
    expect(world.messages('a')).toEqual([{ body: event, attributes: {} }])
    expect(world.invocations).toMatchObject([{ input: event }])
    expect(world.messages('b')).toEqual([])
    await world.clock.advance(600_000)
    expect(world.messages('a')).toHaveLength(3)
  })

  test('stops when it is disabled or deleted, and keeps counting when it is put again', async () => {
    const world = await createEventsWorld({ queues: ['a'] })
    const schedule = 'rate(5 minutes)'
    await world.rule('nightly', { schedule, targets: [queueArn('a')] })
    await world.clock.advance(200_000)
    await world.rule('nightly', { schedule })
    await world.clock.advance(100_000)
    expect(world.messages('a')).toHaveLength(1)
    await world.call('DisableRule', { Name: 'nightly' })
    await world.clock.advance(600_000)
    expect(world.messages('a')).toHaveLength(1)
    await world.call('EnableRule', { Name: 'nightly' })
    await world.call('DeleteRule', { Name: 'nightly', Force: true })
    await world.clock.advance(600_000)
    expect(world.messages('a')).toHaveLength(1)
    expect(world.clock.timers()).toEqual([])
  })

  test('keeps its beat over a restart; what was missed meanwhile is not made up', async () => {
    const memory = createMemoryStore()
    const store: Store = { ...memory, close: async () => {} }
    const first = await createEventsWorld({ store, queues: ['a'] })
    await first.clock.advance(60_000)
    await first.rule('nightly', { schedule: 'rate(5 minutes)', targets: [queueArn('a')] })
    first.events.stop()
    const second = await createEventsWorld({ store })
    await second.clock.advance(359_999)
    expect(second.messages('a')).toHaveLength(0)
    await second.clock.advance(1)
    expect(second.messages('a')).toHaveLength(1)
    await memory.close()
  })
})

describe('within this process', () => {
  const record = {
    functionName: 'checkout',
    functionArn: `${functionArn('checkout')}:$LATEST`,
    isSuccess: true,
  }
  const message = (more: Partial<DeliveredMessage> = {}): DeliveredMessage => ({
    body: Buffer.from('{"version":"1.0"}'),
    attributes: [],
    traceId: 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0',
    cause: 'request-1',
    record,
    ...more,
  })

  test.each([
    [true, 'Success'],
    [false, 'Failure'],
  ])('the record of an invocation becomes an event (success: %s)', async (isSuccess, word) => {
    const world = await createEventsWorld({ queues: ['a'] })
    await world.rule('one', { pattern: { source: ['lambda'] }, targets: [queueArn('a')] })
    const delivery = world.events.deliver(busArn('default'), message({ record: { ...record, isSuccess } }))
    expect(delivery.kind).toBe('effects')
    expect(world.messages('a')).toEqual([])
    if (delivery.kind !== 'effects') return
    await world.store.apply(delivery.effects)
    delivery.committed?.()
    expect(world.messages('a')).toMatchObject([
      {
        body: {
          source: 'lambda',
          'detail-type': `Lambda Function Invocation Result - ${word}`,
          resources: [busArn('default'), record.functionArn],
          detail: { version: '1.0' },
        },
      },
    ])
    expect(world.put).toMatchObject([{ rules: ['one'], cause: 'request-1' }])
  })

  test('a record for a bus that is not there, or over a mebibyte, is refused', async () => {
    const { events } = await createEventsWorld()
    expect(events.deliver(busArn('nope'), message())).toEqual({
      kind: 'refused',
      reason: `there is no event bus ${busArn('nope')}`,
    })
    const body = Buffer.from(JSON.stringify({ text: 'x'.repeat(1_048_576) }))
    expect(events.deliver(busArn('default'), message({ body }))).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/over the limit of 1048576$/) as unknown,
    })
  })

  test('another service puts an event in its own transaction', async () => {
    const world = await createEventsWorld({ queues: ['a'] })
    await world.rule('one', { pattern: { source: ['aws.s3'] }, targets: [queueArn('a')] })
    const event = {
      source: 'aws.s3',
      detailType: 'Object Created',
      detail: { bucket: { name: 'b' } },
      resources: ['arn:aws:s3:::b'],
    }
    const { effects, committed } = world.events.putEvent('default', event, 'put-1')
    await world.store.apply(effects)
    committed()
    expect(world.messages('a')).toMatchObject([{ body: { source: 'aws.s3', detail: event.detail } }])
    expect(world.put).toMatchObject([{ cause: 'put-1' }])
  })

  test('rules are declared, changed and removed without touching what came by the API', async () => {
    const world = await createEventsWorld({ functions: ['f', 'g'], queues: ['a'] })
    const target = { id: 'f-0', functionArn: functionArn('f'), inputPath: '$.detail' }
    const rule = { busName: 'default', name: 'declared', pattern, isEnabled: true, target }
    const triggerId = `${ruleArn('declared')}#f-0`
    expect(await world.events.declareRule(rule)).toBe(triggerId)
    const changes = world.targetChanges()
    expect(await world.events.declareRule(rule)).toBe(triggerId)
    expect(world.targetChanges()).toBe(changes)

    await world.rule('by-hand', { pattern, targets: [queueArn('a')] })
    await world.call('PutTargets', { Rule: 'declared', Targets: [{ Id: 'q', Arn: queueArn('a') }] })
    const other = { id: 'g-0', functionArn: functionArn('g') }
    await world.events.declareRule({ ...rule, pattern: { source: ['other'] }, target: other })
    expect((await world.call('ListTargetsByRule', { Rule: 'declared' })).body).toEqual({
      Targets: [
        { Id: 'g-0', Arn: functionArn('g') },
        { Id: 'q', Arn: queueArn('a') },
      ],
    })
    await world.events.removeDeclared([rule])
    expect((await world.call('ListRules', {})).body).toMatchObject({
      Rules: [{ Name: 'by-hand' }, { Name: 'declared' }],
    })
    await world.events.removeDeclared([])
    expect((await world.call('ListRules', {})).body).toMatchObject({ Rules: [{ Name: 'by-hand' }] })
  })

  test('a bus goes with its rules, the default bus never', async () => {
    const { events, rule, call } = await createEventsWorld()
    await events.declareBus('shop')
    await rule('one', { bus: 'shop', pattern })
    await events.removeBus('shop')
    await events.removeBus('default')
    expect(events.buses()).toEqual(['default'])
    await events.declareBus('shop')
    expect((await call('ListRules', { EventBusName: 'shop' })).body).toEqual({ Rules: [] })
    expect([events.busExists(busArn('shop')), events.busExists('nope')]).toEqual([true, false])
  })
})
