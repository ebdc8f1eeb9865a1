import { expect, test } from 'vitest'
import { foreignEndpoints } from '../../src/api/foreignEndpoints.ts'
import type { Spec } from '../../src/spec/index.ts'

const variables = (endpoints: Spec['endpoints'], region = 'eu-west-1') =>
  foreignEndpoints({ endpoints, region } as Spec)

test('handlers find a service elsewhere by the variable that every SDK honours', () => {
  expect(
    variables({ sqs: 'embedded', firehose: 'http://127.0.0.1:1', 'event-x': 'http://127.0.0.1:2' }),
  ).toEqual({
    AWS_ENDPOINT_URL_FIREHOSE: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_EVENT_X: 'http://127.0.0.1:2',
  })
})

test('`aws` is the host of the region', () => {
  expect(variables({ sqs: 'aws', kinesis: 'aws' })).toEqual({
    AWS_ENDPOINT_URL_SQS: 'https://sqs.eu-west-1.amazonaws.com',
    AWS_ENDPOINT_URL_KINESIS: 'https://kinesis.eu-west-1.amazonaws.com',
  })
  expect(variables({ kinesis: 'aws' }, 'cn-north-1')).toEqual({
    AWS_ENDPOINT_URL_KINESIS: 'https://kinesis.cn-north-1.amazonaws.com.cn',
  })
})

test('the streams of tables are where the tables are, unless it is said otherwise', () => {
  expect(variables({ dynamodb: 'http://127.0.0.1:8000' })).toEqual({
    AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000',
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: 'http://127.0.0.1:8000',
  })
  expect(variables({ dynamodb: 'aws' })).toMatchObject({
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: 'https://streams.dynamodb.eu-west-1.amazonaws.com',
  })
  expect(variables({ dynamodb: 'aws', dynamodbStreams: 'embedded' })).toEqual({
    AWS_ENDPOINT_URL_DYNAMODB: 'https://dynamodb.eu-west-1.amazonaws.com',
  })
})
