import { LambdaClient } from '@aws-sdk/client-lambda'
import { onTestFinished } from 'vitest'

/** What a client of the SDK needs to reach a runner; it does not try again. */
export const clientSettings = (url: string) => ({
  endpoint: url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  maxAttempts: 1,
})

/** A client that is closed when the test has ended. */
export function closed<Client extends { destroy(): void }>(client: Client): Client {
  onTestFinished(() => client.destroy())
  return client
}

/** The SDK's client of the Lambda API. */
export const lambdaOf = ({ url }: { readonly url: string }): LambdaClient =>
  closed(new LambdaClient(clientSettings(url)))
