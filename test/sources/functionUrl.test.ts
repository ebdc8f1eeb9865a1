import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { functionUrl } from '../../src/sources/functionUrl.ts'
import { AWS, describeSource } from './describeSource.ts'

const golden = JSON.parse(
  readFileSync(new URL('../events/functionUrl/get.json', import.meta.url), 'utf8'),
) as object
const trigger = { id: 'checkout/functionUrl', functionName: 'checkout', source: 'functionUrl', config: {} }

describeSource(functionUrl, golden)

const event = (changes: Partial<typeof functionUrl.sample>) =>
  functionUrl.event({ ...functionUrl.sample, ...changes }, AWS, trigger) as Record<string, unknown>

test('the event of a GET is the recorded one', () => {
  expect(event({})).toEqual(golden)
})

test('cookies leave the headers, repeated headers and parameters are joined with commas', () => {
  const built = event({
    rawQueryString: 'a=1&a=2&b=%2F',
    headers: [
      ['x-many', 'one'],
      ['x-many', 'two'],
      ['cookie', 's=1; t=2'],
    ],
  })
  expect(built.cookies).toEqual(['s=1', 't=2'])
  expect(built.headers).toEqual({ 'x-many': 'one,two' })
  expect(built.queryStringParameters).toEqual({ a: '1,2', b: '/' })
})

test('a JSON body is text, a form is base64', () => {
  const json = event({ headers: [['content-type', 'application/json']], body: Buffer.from('{"a":1}') })
  expect([json.body, json.isBase64Encoded]).toEqual(['{"a":1}', false])
  const form = event({
    headers: [['content-type', 'application/x-www-form-urlencoded']],
    body: Buffer.from('a=1'),
  })
  expect([form.body, form.isBase64Encoded]).toEqual([Buffer.from('a=1').toString('base64'), true])
})

const answer = (payload: string) => {
  const reply = functionUrl.reply({ kind: 'success', payload: Buffer.from(payload) }, functionUrl.sample)
  return {
    status: reply.status,
    headers: Object.fromEntries(reply.headers),
    body: Buffer.from(reply.body).toString(),
  }
}

test.each([
  ['{"hello":"world"}', 200, '{"hello":"world"}'],
  ['["hello",3,true]', 200, '["hello",3,true]'],
  ['3.1', 200, '3.1'],
  ['"hello"', 200, 'hello'],
  ['{"statusCode":200,"body":"body123"}', 200, 'body123'],
  ['{"statusCode":"418"}', 418, ''],
  ['{"statusCode":200,"body":{"a":1}}', 200, '{"a":1}'],
  ['{"statusCode":200,"body":"aGk=","isBase64Encoded":true}', 200, 'hi'],
])('a handler that answers %s gives %i %s', (payload, status, body) => {
  expect(answer(payload)).toEqual({ status, headers: { 'content-type': 'application/json' }, body })
})

test('headers and cookies of the handler reach the caller', () => {
  const reply = functionUrl.reply(
    {
      kind: 'success',
      payload: Buffer.from(
        '{"statusCode":302,"headers":{"Location":"/x","Content-Type":"text/html"},"cookies":["a=1","b=2"]}',
      ),
    },
    functionUrl.sample,
  )
  expect(reply.headers).toEqual([
    ['location', '/x'],
    ['content-type', 'text/html'],
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ])
})

test('a function error is a 502 with a plain text, a throttle a 429', () => {
  const failed = functionUrl.reply({ kind: 'functionError', payload: Buffer.from('{}') }, functionUrl.sample)
  expect([failed.status, Buffer.from(failed.body).toString()]).toEqual([502, 'Internal Server Error'])
  expect(functionUrl.reply({ kind: 'throttled' }, functionUrl.sample).status).toBe(429)
})
