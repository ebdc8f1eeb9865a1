import {
  DeleteFunctionEventInvokeConfigCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda'
import type { App } from 'lambent'
import { expect, test } from 'vitest'
import { startProject } from '../tools/project.ts'
import { arn, bodiesIn, BOOM, clientsOf, functionArn, PAY, recordText } from './destinationsWorld.ts'

const project = (settings = '') => ({
  'lambda.yml': `
service: shop
functions:
  pay: { handler: pay.handler, ${settings} }
  audit: { handler: pay.handler }
resources:
  queues: { records: {}, failed: {} }
`,
  'pay.js': PAY,
})

/** The whole answer to a request for the config of a function, perhaps with a qualifier. */
async function call(app: App, method: string, name: string, body?: object) {
  const [functionName = '', qualifier] = name.split(':')
  const query = qualifier === undefined ? '' : `?Qualifier=${qualifier}`
  const response = await fetch(
    `${app.url}/2019-09-25/functions/${functionName}/event-invoke-config${query}`,
    { method, ...(body && { body: JSON.stringify(body) }) },
  )
  const text = await response.text()
  return {
    status: response.status,
    type: response.headers.get('x-amzn-errortype'),
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  }
}

const refused = (status: number, type: string, body: object) => ({ status, type, body })
const invalid = (message: string) => refused(400, 'InvalidParameterValueException', { Type: 'User', message })
const missing = (Message: string) => refused(404, 'ResourceNotFoundException', { Message, Type: 'User' })

const onFailure = (Destination: string) => ({ DestinationConfig: { OnFailure: { Destination } } })
const onSuccess = (Destination: string) => ({ DestinationConfig: { OnSuccess: { Destination } } })

test.each([
  [
    'nothing to set',
    'pay',
    {},
    invalid('You must specify at least one of error handling or destination setting.'),
  ],
  ['a missing function', 'nobody', { MaximumRetryAttempts: 1 }, missing("The function doesn't exist.")],
  [
    'the function itself as destination',
    'pay',
    onFailure(functionArn('pay')),
    invalid("You can't specify the function as a destination for itself."),
  ],
  [
    'a missing function as destination',
    'pay',
    onFailure(functionArn('x')),
    invalid(`The destination ARN ${functionArn('x')} is invalid.`),
  ],
  [
    'a service that takes no records',
    'pay',
    onSuccess('arn:aws:dynamodb:us-east-1:000000000000:table/t'),
    invalid(
      'The provided destination config DestinationConfig(onSuccess=OnSuccess(destination=arn:aws:dynamodb:us-east-1:000000000000:table/t), onFailure=null) is invalid.',
    ),
  ],
  [
    'a bucket for successes',
    'pay',
    onSuccess('arn:aws:s3:::records'),
    invalid(
      'The provided destination config DestinationConfig(onSuccess=OnSuccess(destination=arn:aws:s3:::records), onFailure=null) is invalid.',
    ),
  ],
  [
    'what is no ARN',
    'pay',
    onFailure('records'),
    refused(400, 'ValidationException', {
      message: expect.stringMatching(
        /^1 validation error detected: Value 'records' at 'destinationConfig\.onFailure\.destination' failed to satisfy constraint: Member must satisfy regular expression pattern: \$\|kafka:/,
      ) as unknown,
    }),
  ],
] as const)('a config is refused for %s, whole, and nothing changes', async (_, name, body, expected) => {
  const app = await startProject(project('maximumRetryAttempts: 1'))
  expect(await call(app, 'PUT', name, body)).toEqual(expected)
  expect((await call(app, 'GET', 'pay')).body).toMatchObject({
    MaximumRetryAttempts: 1,
    DestinationConfig: { OnSuccess: {}, OnFailure: {} },
  })
})

test.each([
  ['a function without one', 'pay', `${functionArn('pay')}:$LATEST`],
  ['a missing function', 'nobody', `${functionArn('nobody')}:$LATEST`],
  ['a missing alias', 'pay:live', functionArn('pay:live')],
])('to read, change or delete the config of %s is 404, in the same words', async (_, name, shown) => {
  const app = await startProject(project())
  const expected = missing(`The function ${shown} doesn't have an EventInvokeConfig`)
  expect(await call(app, 'GET', name)).toEqual(expected)
  expect(await call(app, 'POST', name, { MaximumRetryAttempts: 1 })).toEqual(expected)
  expect(await call(app, 'DELETE', name)).toEqual(expected)
})

test('a config holds from the next event on, whether it is put, changed or deleted', async () => {
  const app = await startProject(project('destinations: { onFailure: sqs:failed }'))
  const { lambda } = clientsOf(app)
  const FunctionName = 'pay'
  const failOnce = async (event: object): Promise<string> => {
    const { requestId } = await app.invoke('pay', event, { type: 'Event' })
    await app.clock.advance('3m')
    await app.settle()
    return requestId
  }
  const put = await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName,
      MaximumRetryAttempts: 0,
      ...onFailure(arn('sqs', 'records')),
    }),
  )
  expect(put).toMatchObject({ FunctionArn: functionArn('pay:$LATEST'), MaximumRetryAttempts: 0 })
  const firstMs = app.clock.now()
  const first = await failOnce({ fail: 1 })
  await lambda.send(new UpdateFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 1 }))
  const secondMs = app.clock.now()
  const second = await failOnce({ fail: 2 })
  await lambda.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName }))
  await failOnce({ fail: 3 })
  const condition = 'RetriesExhausted'
  expect(bodiesIn(app, 'records')).toEqual([
    recordText({ atMs: firstMs, requestId: first, condition, count: 1, event: { fail: 1 }, response: BOOM }),
    recordText({
      atMs: secondMs + 60_000,
      requestId: second,
      condition,
      count: 2,
      event: { fail: 2 },
      response: BOOM,
    }),
  ])
  // Deleted means the defaults, not what the spec said.
  expect(bodiesIn(app, 'failed')).toEqual([])
  const runs = app.function('pay').messages()
  expect(runs.map(({ attempt }) => attempt)).toEqual([1, 1, 2, 1, 2, 3])
})

test('settings that change while an event waits are those that its next attempt is judged by', async () => {
  const app = await startProject(project('destinations: { onFailure: sqs:failed }'))
  const { lambda } = clientsOf(app)
  await app.invoke('pay', { fail: true }, { type: 'Event' })
  await app.clock.advance('10s')
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'pay',
      MaximumRetryAttempts: 1,
      ...onFailure(functionArn('audit')),
    }),
  )
  await app.clock.advance('50s')
  await app.settle()
  expect(app.function('audit').messages()).toMatchObject([
    {
      event: {
        requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
        requestPayload: { fail: true },
      },
    },
  ])
  expect(bodiesIn(app, 'failed')).toEqual([])
})
