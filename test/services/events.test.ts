import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  ListEventBusesCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge'
import { describe, expect, test } from 'vitest'
import { createMemoryStore, type Store } from '../../src/store/index.ts'
import { busArn, createEventsWorld, functionArn, queueArn, ruleArn } from './eventsWorld.ts'
import { accountId, region, startMs } from './world.ts'

const pattern = { source: ['shop'] }

describe('buses', () => {
  test('are made, described, listed and deleted', async () => {
    const { client } = await createEventsWorld()
    const made = await client.send(new CreateEventBusCommand({ Name: 'shop', Description: 'orders' }))
    expect(made.EventBusArn).toBe(busArn('shop'))
    const expected = {
      Name: 'shop',
      Arn: busArn('shop'),
      Description: 'orders',
      CreationTime: new Date(startMs),
      LastModifiedTime: new Date(startMs),
    }
    expect(await client.send(new DescribeEventBusCommand({ Name: busArn('shop') }))).toMatchObject(expected)
    const { EventBuses } = await client.send(new ListEventBusesCommand({ NamePrefix: 'sh' }))
    expect(EventBuses).toEqual([expected])
    await client.send(new DeleteEventBusCommand({ Name: 'shop' }))
    const left = await client.send(new ListEventBusesCommand({}))
    expect(left.EventBuses?.map(({ Name }) => Name)).toEqual(['default'])
  })

  test('the default bus is always there', async () => {
    const { call } = await createEventsWorld()
    expect((await call('DescribeEventBus', {})).body).toEqual({
      Name: 'default',
      Arn: busArn('default'),
      CreationTime: startMs / 1_000,
      LastModifiedTime: startMs / 1_000,
    })
  })

  test('a bus that is not there is as good as deleted', async () => {
    const { call } = await createEventsWorld()
    expect((await call('DeleteEventBus', { Name: 'nope' })).status).toBe(200)
  })

  test('come in pages', async () => {
    const { events, call } = await createEventsWorld()
    for (const name of ['a', 'b', 'c']) await events.declareBus(name)
    const first = await call('ListEventBuses', { Limit: 3 })
    expect(first.body).toMatchObject({ EventBuses: [{ Name: 'a' }, { Name: 'b' }, { Name: 'c' }] })
    const second = await call('ListEventBuses', { Limit: 3, NextToken: first.body['NextToken'] })
    expect(second.body).toMatchObject({ EventBuses: [{ Name: 'default' }] })
    expect(second.body).not.toHaveProperty('NextToken')
  })
})

describe('rules and targets', () => {
  test('are put, described, listed and deleted', async () => {
    const { client, call } = await createEventsWorld()
    await client.send(new CreateEventBusCommand({ Name: 'shop' }))
    const name = { Name: 'orders', EventBusName: 'shop' }
    const made = await client.send(new PutRuleCommand({ ...name, EventPattern: JSON.stringify(pattern) }))
    expect(made.RuleArn).toBe(ruleArn('shop/orders'))
    const shown = {
      Name: 'orders',
      Arn: ruleArn('shop/orders'),
      EventPattern: '{"source":["shop"]}',
      State: 'ENABLED',
      EventBusName: 'shop',
    }
    const described = await client.send(new DescribeRuleCommand(name))
    expect(described).toMatchObject({ ...shown, CreatedBy: accountId })
    const listed = await client.send(new ListRulesCommand({ EventBusName: busArn('shop'), NamePrefix: 'or' }))
    expect(listed.Rules).toEqual([shown])

    const put = await client.send(
      new PutTargetsCommand({
        Rule: 'orders',
        EventBusName: 'shop',
        Targets: [{ Id: 'q', Arn: queueArn('orders'), RetryPolicy: { MaximumRetryAttempts: 3 } }],
      }),
    )
    expect(put).toMatchObject({ FailedEntryCount: 0, FailedEntries: [] })
    const targets = await client.send(new ListTargetsByRuleCommand({ Rule: 'orders', EventBusName: 'shop' }))
    expect(targets.Targets).toEqual([
      { Id: 'q', Arn: queueArn('orders'), RetryPolicy: { MaximumRetryAttempts: 3 } },
    ])
    const fifo = new PutTargetsCommand({
      Rule: 'orders',
      EventBusName: 'shop',
      Targets: [{ Id: 'f', Arn: queueArn('orders.fifo') }],
    })
    await expect(client.send(fifo)).rejects.toThrow(
      'A FIFO queue as a target (target f) is not supported here.',
    )
    const byTarget = await call('ListRuleNamesByTarget', {
      TargetArn: queueArn('orders'),
      EventBusName: 'shop',
    })
    expect(byTarget.body).toEqual({ RuleNames: ['orders'] })

    const removed = await call('RemoveTargets', { Rule: 'orders', EventBusName: 'shop', Ids: ['q', 'nope'] })
    expect(removed.body).toMatchObject({ FailedEntryCount: 1, FailedEntries: [{ TargetId: 'nope' }] })
    expect((await call('DeleteRule', name)).body).toEqual({})
    expect((await call('DeleteRule', name)).body).toEqual({})
    expect((await call('ListRules', { EventBusName: 'shop' })).body).toEqual({ Rules: [] })
  })

  test('a rule that is put again keeps its targets and tags', async () => {
    const { call, rule } = await createEventsWorld()
    await rule('orders', { pattern, targets: [queueArn('q')] })
    await call('TagResource', { ResourceARN: ruleArn('orders'), Tags: [{ Key: 'a', Value: 'b' }] })
    await rule('orders', { pattern: { source: ['other'] } })
    expect((await call('ListTargetsByRule', { Rule: 'orders' })).body).toEqual({
      Targets: [{ Id: 't0', Arn: queueArn('q') }],
    })
    const tags = await call('ListTagsForResource', { ResourceARN: ruleArn('orders') })
    expect(tags.body).toEqual({ Tags: [{ Key: 'a', Value: 'b' }] })
  })

  test('a rule with targets goes when it is forced', async () => {
    const { call, rule, targetChanges } = await createEventsWorld()
    await rule('orders', { pattern, targets: [functionArn('f')] })
    const before = targetChanges()
    expect((await call('DeleteRule', { Name: 'orders', Force: true })).status).toBe(200)
    expect(targetChanges()).toBe(before + 1)
  })

  test('come in pages', async () => {
    const { call, rule } = await createEventsWorld()
    for (const name of ['c', 'a', 'b']) await rule(name, { pattern })
    const first = await call('ListRules', { Limit: 2 })
    expect(first.body).toMatchObject({ Rules: [{ Name: 'a' }, { Name: 'b' }] })
    expect((await call('ListRules', { NextToken: first.body['NextToken'] })).body).toMatchObject({
      Rules: [{ Name: 'c' }],
    })
  })

  test('functions among the targets are the triggers', async () => {
    const { events, rule } = await createEventsWorld()
    await rule('orders', { pattern, targets: [functionArn('f'), queueArn('q')] })
    expect(events.lambdaTargets()).toEqual([
      {
        triggerId: `${ruleArn('orders')}#t0`,
        functionArn: functionArn('f'),
        busName: 'default',
        ruleName: 'orders',
        ruleArn: ruleArn('orders'),
        targetId: 't0',
      },
    ])
  })

  test('all of it outlives a restart, and nothing outlives an emptied store', async () => {
    const store = createMemoryStore()
    const shared: Store = { ...store, close: async () => {} }
    const first = await createEventsWorld({ store: shared })
    await first.call('CreateEventBus', { Name: 'shop', Tags: [{ Key: 'a', Value: 'b' }] })
    await first.rule('orders', { bus: 'shop', pattern, targets: [queueArn('q')] })
    const second = await createEventsWorld({ store: shared, queues: ['q'] })
    const tags = await second.call('ListTagsForResource', { ResourceARN: busArn('shop') })
    expect(tags.body).toEqual({ Tags: [{ Key: 'a', Value: 'b' }] })
    await second.putEvents({ EventBusName: 'shop' })
    expect(second.messages('q')).toHaveLength(1)
    await shared.clear()
    second.events.reload()
    expect(second.events.buses()).toEqual(['default'])
    expect(second.events.received('shop')).toEqual([])
    await store.close()
  })
})

test('tags are put on and taken off', async () => {
  const { call, events } = await createEventsWorld()
  await events.declareBus('shop')
  for (const ResourceARN of [busArn('shop'), busArn('default')]) {
    const Tags = [
      { Key: 'tag1', Value: 'value1' },
      { Key: 'tag2', Value: 'value2' },
    ]
    expect((await call('TagResource', { ResourceARN, Tags })).body).toEqual({})
    expect((await call('ListTagsForResource', { ResourceARN })).body).toEqual({ Tags })
    expect((await call('UntagResource', { ResourceARN, TagKeys: ['tag2', 'none'] })).body).toEqual({})
    expect((await call('ListTagsForResource', { ResourceARN })).body).toEqual({ Tags: Tags.slice(0, 1) })
  }
})

test('a pattern is tried against an event', async () => {
  const { client } = await createEventsWorld()
  const event = { id: '1', source: 'shop', 'detail-type': 'x', detail: { total: 5 } }
  const ask = async (detail: object) =>
    (
      await client.send(
        new TestEventPatternCommand({
          EventPattern: JSON.stringify({ source: ['shop'], detail }),
          Event: JSON.stringify(event),
        }),
      )
    ).Result
  expect(await ask({ total: [{ numeric: ['>', 4] }] })).toBe(true)
  expect(await ask({ total: [{ numeric: ['>', 5] }] })).toBe(false)
})

test('the SDK puts events', async () => {
  const { client, rule, messages } = await createEventsWorld({ queues: ['q'] })
  await rule('orders', { pattern, targets: [queueArn('q')] })
  const { Entries, FailedEntryCount } = await client.send(
    new PutEventsCommand({
      Entries: [
        {
          Source: 'shop',
          DetailType: 'OrderPlaced',
          Detail: '{"orderId":42}',
          Time: new Date('2024-04-28T07:20:20.999Z'),
          Resources: ['arn:aws:s3:::b'],
        },
      ],
    }),
  )
  expect(FailedEntryCount).toBe(0)
  expect(messages('q')).toEqual([
    {
      body: {
        version: '0',
        id: Entries?.[0]?.EventId,
        'detail-type': 'OrderPlaced',
        source: 'shop',
        account: accountId,
        time: '2024-04-28T07:20:20Z',
        region,
        resources: ['arn:aws:s3:::b'],
        detail: { orderId: 42 },
      },
      attributes: {},
    },
  ])
})
