import { expect, test } from 'vitest'
import { type Bench, startEmptyBench } from '../harness.ts'
import { clientOf, deployProgram } from './runtimeClient.ts'

/** Answers in pieces, with an error at the end when the event asks for one. */
const STREAMED = `
wants = json.loads(event)
api.putrequest('POST', '/2018-06-01/runtime/invocation/' + request + '/response')
api.putheader('Lambda-Runtime-Function-Response-Mode', 'streaming')
api.putheader('Content-Type', 'text/plain')
api.putheader('Transfer-Encoding', 'chunked')
api.putheader('Trailer', 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body')
api.endheaders()
for text in wants['texts']:
    api.send(b'%x\\r\\n' % len(text) + text.encode() + b'\\r\\n')
api.send(b'0\\r\\n')
if wants.get('fails'):
    import base64
    error = base64.b64encode(b'{"errorType":"Late","errorMessage":"no"}')
    api.send(b'Lambda-Runtime-Function-Error-Type: Late\\r\\nLambda-Runtime-Function-Error-Body: ' + error + b'\\r\\n')
api.send(b'\\r\\n')
api.getresponse().read()
`

async function streamed(
  bench: Bench,
  name: string,
  event: object,
): Promise<{ told: unknown[]; result: unknown }> {
  const told: unknown[] = []
  const result = await bench.functions.run(name, {
    requestId: bench.ids.uuid(),
    payload: Buffer.from(JSON.stringify(event)),
    invokedFunctionArn: 'arn',
    traceId: '',
    response: {
      begin: (head) => told.push(head),
      write: (chunk) => {
        told.push(Buffer.from(chunk).toString())
      },
    },
  })
  return { told, result }
}

test('an answer in pieces reaches who takes it as it comes; an error may follow it', async () => {
  const bench = await startEmptyBench()
  const name = await deployProgram(bench, clientOf(STREAMED))
  const whole = await streamed(bench, name, { texts: ['one', 'two'] })
  expect(whole.told[0]).toEqual({ contentType: 'text/plain' })
  expect(whole.told.slice(1).join('')).toBe('onetwo')
  expect(whole.result).toMatchObject({ kind: 'success', payload: new Uint8Array() })
  const cut = await streamed(bench, name, { texts: ['one'], fails: true })
  expect(cut.told.slice(1)).toEqual(['one'])
  expect(cut.result).toMatchObject({ kind: 'functionError' })
})

test('with nobody to take the pieces the answer is gathered', async () => {
  const bench = await startEmptyBench()
  const name = await deployProgram(bench, clientOf(STREAMED))
  expect(await bench.run(name, { texts: ['{"a":', '1}'] })).toMatchObject({
    kind: 'success',
    value: { a: 1 },
  })
  expect((await bench.run(name, { texts: ['x'], fails: true })).value).toEqual({
    errorType: 'Late',
    errorMessage: 'no',
  })
})
