import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { dynamodb } from '../../src/sources/dynamodb.ts'
import type { JsonObject, JsonValue } from '../../src/system/index.ts'
import { describeStream } from './describeStream.ts'

const golden = JSON.parse(
  readFileSync(new URL('../events/dynamodb/insert.json', import.meta.url), 'utf8'),
) as { readonly Records: readonly [JsonObject & { readonly eventSourceARN: string }] }
const { eventSourceARN: streamArn, ...answered } = golden.Records[0]
const record = {
  sequenceNumber: '1405400000000002063282832',
  itemKey: '{"id":{"S":"id_value"}}',
  record: answered,
  arrivedMs: 1_763_980_000_000,
  cause: undefined,
}
const context = {
  settings: dynamodb.settings({ stream: streamArn }),
  region: 'us-east-1',
  shardId: 'shardId-00000001573689847184-864758bb',
  roleArn: 'arn:aws:iam::123456789012:role/orders-role',
}

describeStream(dynamodb, { record, context, golden: golden.Records[0] })

test('who removed an item by its time to live is named with small letters, unlike in the API', () => {
  const userIdentity = { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' }
  const removal = { ...record, record: { ...answered, eventName: 'REMOVE', userIdentity } }
  expect(dynamodb.record(removal, context)['userIdentity']).toEqual({
    type: 'Service',
    principalId: 'dynamodb.amazonaws.com',
  })
})

test('where a mapping names only the table, the record says of which stream it is', () => {
  const settings = dynamodb.settings({ stream: 'arn:aws:dynamodb:us-east-1:123456789012:table/orders' })
  expect(dynamodb.record({ ...record, streamArn }, { ...context, settings })).toEqual(golden.Records[0])
})

test('changes of an item are in order, and named by their sequence numbers', () => {
  expect(dynamodb.orderKey(record)).toBe(record.itemKey)
  expect(dynamodb.sequenceNumber(record)).toBe(record.sequenceNumber)
  expect(dynamodb.arrivedMs(record)).toBe(record.arrivedMs)
})

test('a failure record has whole seconds', () => {
  expect(dynamodb.failure.infoMember).toBe('DDBStreamBatchInfo')
  expect(dynamodb.failure.time(1_763_980_000_999)).toBe('2025-11-24T10:26:40Z')
})

describe('filters', () => {
  const change = {
    ApproximateCreationDateTime: 1_763_980_000,
    NewImage: { x: { S: 'a' }, count: { N: '42' } },
  }
  const passes = (pattern: JsonValue): boolean =>
    dynamodb.filter({ ...context.settings, filters: [JSON.stringify(pattern)] })(
      dynamodb.record({ ...record, record: { ...answered, dynamodb: change } }, context),
    )

  test.each<[string, JsonValue, boolean]>([
    ['the name of the event', { eventName: ['INSERT'] }, true],
    ['another name', { eventName: ['REMOVE'] }, false],
    ['a value with its type', { dynamodb: { NewImage: { x: { S: ['a'] } } } }, true],
    ['a value without its type', { dynamodb: { NewImage: { x: ['a'] } } }, false],
    ['both', { eventName: ['INSERT'], dynamodb: { NewImage: { x: { S: ['b'] } } } }, false],
    ['an attribute exists', { dynamodb: { NewImage: { x: [{ exists: true }] } } }, false],
    ['an attribute does not exist', { dynamodb: { NewImage: { x: [{ exists: false }] } } }, true],
    ['a leaf exists', { dynamodb: { NewImage: { x: { S: [{ exists: true }] } } } }, true],
    ['a number is a text', { dynamodb: { NewImage: { count: { N: ['42'] } } } }, true],
    [
      'and no operator for numbers matches it',
      { dynamodb: { NewImage: { count: { N: [{ numeric: ['>', 1] }] } } } },
      false,
    ],
    [
      'the time is a number',
      { dynamodb: { ApproximateCreationDateTime: [{ numeric: ['>', 1_763_979_999] }] } },
      true,
    ],
  ])('%s: %j is %s', (_, pattern, isMatch) => {
    expect(passes(pattern)).toBe(isMatch)
  })

  test('of a key that is there twice the last counts', () => {
    const twice = '{"dynamodb":{"NewImage":{"x":{"S":["b"]}}},"dynamodb":{"NewImage":{"x":{"S":["a"]}}}}'
    const filter = dynamodb.filter({ ...context.settings, filters: [twice] })
    expect(filter({ dynamodb: change })).toBe(true)
  })

  test('a pattern for text is refused', () => {
    expect(() => passes({ dynamodb: ['INSERT'] })).toThrow('"dynamodb" must be an object')
  })
})
