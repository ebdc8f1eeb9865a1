import { expect, test } from 'vitest'
import { decideBatch } from '../../src/mappings/decideBatch.ts'

const ids = ['a', 'b', 'c']
const decide = (response: string, reportsItemFailures = true) =>
  decideBatch({ outcome: 'success', response, reportsItemFailures, ids })

test.each([
  ['an empty list', '{"batchItemFailures":[]}'],
  ['a null list', '{"batchItemFailures":null}'],
  ['an empty object', '{}'],
  ['null', 'null'],
  ['an empty response', ''],
])('%s means that everything succeeded', (_name, response) => {
  expect(decide(response)).toEqual({ kind: 'commit', done: ids, failed: [] })
})

test('the named messages stay, all others are done', () => {
  expect(decide('{"batchItemFailures":[{"itemIdentifier":"b"}]}')).toEqual({
    kind: 'commit',
    done: ['a', 'c'],
    failed: ['b'],
  })
})

test.each([
  ['not JSON', 'oops'],
  ['an empty itemIdentifier', '{"batchItemFailures":[{"itemIdentifier":""}]}'],
  ['a null itemIdentifier', '{"batchItemFailures":[{"itemIdentifier":null}]}'],
  ['a wrong key', '{"batchItemFailures":[{"foo":"notvalid"}]}'],
  ['a name that is not in the batch', '{"batchItemFailures":[{"itemIdentifier":"z"}]}'],
  ['a list that is none', '{"batchItemFailures":"a"}'],
])('%s fails the whole batch', (_name, response) => {
  expect(decide(response).kind).toBe('fail')
})

test('without ReportBatchItemFailures the response is ignored', () => {
  expect(decide('{"batchItemFailures":[{"itemIdentifier":"a"}]}', false)).toEqual({
    kind: 'commit',
    done: ids,
    failed: [],
  })
})

test('a function error fails the batch, a throttle tries it again', () => {
  const facts = { response: '', reportsItemFailures: true, ids }
  expect(decideBatch({ ...facts, outcome: 'functionError' }).kind).toBe('fail')
  expect(decideBatch({ ...facts, outcome: 'throttled' }).kind).toBe('again')
  expect(decideBatch({ ...facts, outcome: 'systemError' }).kind).toBe('again')
})
