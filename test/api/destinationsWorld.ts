import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { S3Client } from '@aws-sdk/client-s3'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { App } from 'lambent'
import { expect, onTestFinished } from 'vitest'

export const arn = (service: string, rest: string): string =>
  `arn:aws:${service}:us-east-1:000000000000:${rest}`
export const functionArn = (name: string): string => arn('lambda', `function:${name}`)

/** Pays, or fails with an error whose stack is its own: whole records can be compared. */
export const PAY = `
exports.handler = async (event) => {
  if (!event.fail) return { paid: event.id }
  const error = new Error('boom')
  error.name = 'PaymentError'
  error.stack = 'PaymentError: boom\\n    at pay (/var/task/pay.js:1:1)'
  throw error
}`

/** The answer of {@link PAY} when it fails. */
export const BOOM = {
  errorType: 'PaymentError',
  errorMessage: 'boom',
  trace: ['PaymentError: boom', '    at pay (/var/task/pay.js:1:1)'],
}

export interface ExpectedRecord {
  readonly atMs: number
  readonly requestId: string
  /** With qualifier. Default: `pay:$LATEST`. */
  readonly functionName?: string
  readonly condition: string
  readonly count: number
  readonly event: unknown
  /** Absent when no attempt ran. */
  readonly response?: unknown
  readonly executedVersion?: string
}

/** A whole invocation record, its keys in AWS's order. */
export const recordOf = (one: ExpectedRecord): object => ({
  version: '1.0',
  timestamp: new Date(one.atMs).toISOString(),
  requestContext: {
    requestId: one.requestId,
    functionArn: functionArn(one.functionName ?? 'pay:$LATEST'),
    condition: one.condition,
    approximateInvokeCount: one.count,
  },
  requestPayload: one.event,
  ...('response' in one && {
    responseContext: {
      statusCode: 200,
      executedVersion: one.executedVersion ?? '$LATEST',
      ...(one.condition !== 'Success' && { functionError: 'Unhandled' }),
    },
    responsePayload: one.response,
  }),
})

/** The same as the text that targets get: nothing between its tokens. */
export const recordText = (one: ExpectedRecord): string => JSON.stringify(recordOf(one))

/** The figures of a function, whole, where they are not 0. */
export const figuresOf = (app: App, name: string) => {
  const figures = app.status().functions.find((one) => one.name === name)?.figures
  const { asyncEventAge: _, ...counts } = figures ?? { asyncEventAge: undefined }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0))
}

/** When a function ran, in milliseconds after `startMs`. */
export const runsOf = (app: App, name: string, startMs: number): number[] =>
  app.ledger
    .latest()
    .flatMap((entry) =>
      entry.kind === 'invocationEnded' && entry.functionName === name ? [entry.atMs - startMs] : [],
    )

export const bodiesIn = (app: App, queue: string): string[] =>
  app
    .queue(queue)
    .messages()
    .map(({ body }) => body)

/** AWS's own clients, pointed at the application; gone after the test. */
export function clientsOf(app: App) {
  const settings = {
    endpoint: app.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  }
  const clients = {
    lambda: new LambdaClient(settings),
    sqs: new SQSClient(settings),
    sns: new SNSClient(settings),
    events: new EventBridgeClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
  }
  onTestFinished(() => Object.values(clients).forEach((client) => client.destroy()))
  return { ...clients, queueUrl: (name: string): string => `${app.url}/000000000000/${name}` }
}

export const anyUuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown
