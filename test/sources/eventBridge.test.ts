import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { cloudwatchEvent, eventBridge } from '../../src/sources/eventBridge.ts'
import { ruleOfConfig } from '../../src/sources/ruleConfig.ts'
import type { JsonObject } from '../../src/system/index.ts'
import { AWS, describeSource } from './describeSource.ts'

const goldenOf = (name: string): JsonObject =>
  JSON.parse(
    readFileSync(new URL(`../events/eventBridge/${name}.json`, import.meta.url), 'utf8'),
  ) as JsonObject

const golden = goldenOf('order-placed')
const { sample } = eventBridge
const trigger = { id: sample.triggerId, functionName: 'checkout', source: 'eventBridge', config: {} }

describeSource(eventBridge, golden)
describeSource(cloudwatchEvent, golden)

test('the event is what the target is given', () => {
  expect(eventBridge.event(sample, AWS, trigger)).toEqual(golden)
  const scheduled = { ...sample, input: goldenOf('scheduled-event') }
  expect(eventBridge.event(scheduled, AWS, trigger)).toEqual(goldenOf('scheduled-event'))
  expect(eventBridge.event({ ...sample, input: 'a text' }, AWS, trigger)).toBe('a text')
})

test('an event is only for the trigger that is its target', () => {
  expect(eventBridge.matches(trigger, sample)).toBe(true)
  expect(eventBridge.matches({ ...trigger, id: `${trigger.id}2` }, sample)).toBe(false)
})

const complaints = (config: object, source: typeof eventBridge | typeof cloudwatchEvent = eventBridge) =>
  source.config.complaints?.(config as Record<string, unknown>)

test.each([
  [{}, [], 'expected `pattern`, `schedule`, or both'],
  [{ pattern: { source: 'shop' } }, ['pattern'], '"source" must be an object or an array'],
  [{ pattern: { a: [{ EXISTS: true }] } }, ['pattern'], 'Unrecognized match type EXISTS'],
  [{ pattern: { a: ['x'.repeat(4_090)] } }, ['pattern'], 'expected at most 4096'],
  [{ schedule: 'rate(1 minutes)' }, ['schedule'], 'a rate of 1 takes the singular: rate(1 minute)'],
  [
    { schedule: 'rate(1 minute)', eventBus: 'shop' },
    ['schedule'],
    'expected no `eventBus` beside `schedule`',
  ],
  [
    { pattern: { a: [1] }, input: 1, inputPath: '$.a' },
    ['inputPath'],
    'expected one of them, found `input` and `inputPath`',
  ],
  [{ pattern: { a: [1] }, inputPath: 'a' }, ['inputPath'], 'Invalid InputPath for target this function : a'],
  [
    { pattern: { a: [1] }, inputTransformer: { inputTemplate: '<nope>' } },
    ['inputTransformer'],
    'InputTemplate for target this function contains invalid placeholder nope.',
  ],
])('%j is complained about at load', (config, path, hint) => {
  expect(complaints(config)).toMatchObject([{ path, hint }])
})

test('what is right is not complained about', () => {
  for (const example of eventBridge.examples) expect(complaints(example)).toEqual([])
  for (const example of cloudwatchEvent.examples) expect(complaints(example, cloudwatchEvent)).toEqual([])
  for (const eventBus of [
    'default',
    'events:default',
    'arn:aws:events:us-east-1:000000000000:event-bus/default',
  ])
    expect(complaints({ schedule: 'rate(1 minute)', eventBus })).toEqual([])
  expect(complaints({ event: { a: 1 } }, cloudwatchEvent)).toMatchObject([{ path: ['event'] }])
})

test('a config is a rule, with all that it says of its target', () => {
  const config = eventBridge.examples[1] ?? {}
  expect(ruleOfConfig(config)).toEqual({
    busName: 'shop',
    pattern: config.pattern,
    schedule: undefined,
    isEnabled: false,
    description: undefined,
    target: {
      input: undefined,
      inputPath: undefined,
      inputTransformer: config.inputTransformer,
      retryPolicy: config.retryPolicy,
      deadLetterQueueArn: config.deadLetterQueueArn,
    },
  })
  expect(ruleOfConfig({ event: { source: ['a'] } })).toMatchObject({
    busName: 'default',
    pattern: { source: ['a'] },
    isEnabled: true,
  })
})
