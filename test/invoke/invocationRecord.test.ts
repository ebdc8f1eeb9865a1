import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deadLetterAttributes, invocationRecord } from '../../src/invoke/invocationRecord.ts'

const facts = {
  atMs: Date.UTC(2019, 10, 14, 18, 16, 5, 568),
  requestId: 'e4b46cbf-b738-xmpl-8880-a18cdf61200e',
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:fn:$LATEST',
  requestPayload: '{"ORDER_IDS":["a","b"]}',
} as const

test('a failure record carries event, condition, count and the last response', () => {
  const record = invocationRecord({
    ...facts,
    condition: 'RetriesExhausted',
    invokeCount: 3,
    lastResponse: {
      executedVersion: '$LATEST',
      isFunctionError: true,
      payload: '{"errorType":"Error","errorMessage":"boom","trace":[]}',
    },
  })
  expect(JSON.parse(record)).toEqual({
    version: '1.0',
    timestamp: '2019-11-14T18:16:05.568Z',
    requestContext: {
      requestId: facts.requestId,
      functionArn: facts.functionArn,
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    requestPayload: { ORDER_IDS: ['a', 'b'] },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorType: 'Error', errorMessage: 'boom', trace: [] },
  })
})

test('a success record has no functionError', () => {
  const record = invocationRecord({
    ...facts,
    condition: 'Success',
    invokeCount: 1,
    lastResponse: { executedVersion: '$LATEST', isFunctionError: false, payload: 'null' },
  })
  expect(JSON.parse(record)).toMatchObject({
    responseContext: { statusCode: 200, executedVersion: '$LATEST' },
    responsePayload: null,
  })
  expect(record).not.toContain('functionError')
})

test('a record of an event that never ran has neither response context nor payload', () => {
  const record = JSON.parse(
    invocationRecord({
      ...facts,
      condition: 'ZeroReservedConcurrency',
      invokeCount: 0,
      lastResponse: undefined,
    }),
  ) as object
  expect(Object.keys(record)).toEqual(['version', 'timestamp', 'requestContext', 'requestPayload'])
})

test('an empty event is recorded as {}, and numbers keep their digits', () => {
  const record = (requestPayload: string): string =>
    invocationRecord({
      ...facts,
      requestPayload,
      condition: 'EventAgeExceeded',
      invokeCount: 0,
      lastResponse: undefined,
    })
  expect(record('')).toContain('"requestPayload":{}')
  expect(record('{"n":12345678901234567890.10}')).toContain('"requestPayload":{"n":12345678901234567890.10}')
})

test("a dead letter's ErrorMessage is the first kilobyte of the last error, cut between characters", () => {
  const response = (errorMessage: string) => ({
    executedVersion: '$LATEST',
    isFunctionError: true,
    payload: JSON.stringify({ errorType: 'Error', errorMessage }),
  })
  expect(deadLetterAttributes('id', 'RetriesExhausted', response('boom'))).toEqual([
    { name: 'RequestID', type: 'String', value: 'id' },
    { name: 'ErrorCode', type: 'Number', value: '200' },
    { name: 'ErrorMessage', type: 'String', value: 'boom' },
  ])
  const messageOf = (text: string): string =>
    deadLetterAttributes('id', 'RetriesExhausted', response(text)).at(-1)?.value ?? ''
  expect(Buffer.byteLength(messageOf('é'.repeat(2_000)))).toBe(1_024)
  expect(messageOf(`x${'é'.repeat(2_000)}`)).toBe(`x${'é'.repeat(511)}`)
})

test('whatever an error says, a queue can hold the ErrorMessage of its letter: no more than 1 KB, never empty', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 2_000 })
      .map((units) => String.fromCharCode(...units)),
  )
  fc.assert(
    fc.property(anyText, (errorMessage) => {
      const payload = JSON.stringify({ errorType: 'Error', errorMessage, trace: [] })
      const lastResponse = { executedVersion: '$LATEST', isFunctionError: true, payload }
      const value = deadLetterAttributes('id', 'RetriesExhausted', lastResponse).at(-1)?.value ?? ''
      expect(value).toMatch(/^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]+$/u)
      expect(Buffer.byteLength(value)).toBeLessThanOrEqual(1_024)
    }),
  )
})
