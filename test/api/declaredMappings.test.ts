import { expect, test } from 'vitest'
import { declaredMappingsOf } from '../../src/api/declaredMappings.ts'

const CLICKS = 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks'
const CARTS = 'arn:aws:dynamodb:us-east-1:000000000000:table/carts'
const REGISTERED = `${CLICKS}/consumer/reports:1763980000`

const mappingOf = (config: object, source = 'stream') =>
  declaredMappingsOf([{ id: 'reader/0', functionName: 'reader', source, config }], (streamArn, name) =>
    streamArn === CLICKS && name === 'reports' ? REGISTERED : undefined,
  )[0]

test('an event that reads a queue is a mapping of a queue', () => {
  const queue = 'arn:aws:sqs:us-east-1:000000000000:orders'
  expect(mappingOf({ queue }, 'sqs')).toMatchObject({
    functionName: 'reader',
    qualifier: null,
    eventSourceArn: queue,
    settings: { kind: 'queue', batchSize: 10 },
  })
})

test.each([CLICKS, CARTS, `${CARTS}/stream/2026-01-01T10:00:00.123`])(
  'an event that reads %s is a mapping of a stream',
  (stream) => {
    expect(mappingOf({ stream, batchSize: 5 })).toMatchObject({
      eventSourceArn: stream,
      settings: { kind: 'stream', batchSize: 5, startingPosition: 'TRIM_HORIZON' },
    })
    expect(mappingOf({ stream })?.settings).not.toHaveProperty('streamArn')
  },
)

test('with enhanced fan-out the source is the consumer, by the ARN that it has since it was registered', () => {
  expect(mappingOf({ stream: CLICKS, consumer: 'reports' })?.eventSourceArn).toBe(REGISTERED)
  const other = `${CLICKS}/consumer/reports:1`
  expect(mappingOf({ stream: CLICKS, consumer: other })?.eventSourceArn).toBe(REGISTERED)
})

test('a consumer that is not registered is named all the same', () => {
  expect(mappingOf({ stream: CLICKS, consumer: true })?.eventSourceArn).toBe(
    `${CLICKS}/consumer/reader-clicks`,
  )
  const elsewhere = 'arn:aws:kinesis:us-east-1:000000000000:stream/other/consumer/reports:1'
  const stream = 'arn:aws:kinesis:us-east-1:000000000000:stream/other'
  expect(mappingOf({ stream, consumer: elsewhere })?.eventSourceArn).toBe(elsewhere)
})

test('other events are no mappings', () => {
  expect(mappingOf({ rate: ['rate(1 minute)'] }, 'schedule')).toBeUndefined()
})
