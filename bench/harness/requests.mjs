/** Requests as SDKs send them; the signature is not checked on a loopback port, but it is there to be read. */
const authorization = (/** @type {string} */ service) =>
  'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/' +
  `${service}/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=${'0'.repeat(64)}`

/** 100 bytes of JSON. */
export const EVENT = JSON.stringify({ id: 12345678, text: 'x'.repeat(75) })

export const lambdaHeaders = {
  Authorization: authorization('lambda'),
  'Content-Type': 'application/json',
  'X-Amz-Date': '20260101T000000Z',
}

export const sqsHeaders = {
  Authorization: authorization('sqs'),
  'Content-Type': 'application/x-amz-json-1.0',
  'X-Amz-Date': '20260101T000000Z',
}

/**
 * @param {string} operation
 * @param {object} input
 */
export const sqsRequest = (operation, input) => ({
  headers: { ...sqsHeaders, 'X-Amz-Target': `AmazonSQS.${operation}` },
  body: JSON.stringify(input),
})

/** {@link EVENT} as the data of a record. */
export const RECORD = Buffer.from(EVENT).toString('base64')

/**
 * @param {string} operation
 * @param {object} input
 */
export const kinesisRequest = (operation, input) => ({
  headers: {
    Authorization: authorization('kinesis'),
    'Content-Type': 'application/x-amz-json-1.1',
    'X-Amz-Date': '20260101T000000Z',
    'X-Amz-Target': `Kinesis_20131202.${operation}`,
  },
  body: JSON.stringify(input),
})

/** @param {string} functionName */
export const invokePath = (functionName) => `/2015-03-31/functions/${functionName}/invocations`
