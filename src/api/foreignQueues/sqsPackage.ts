import type * as Sdk from '@aws-sdk/client-sqs'
import { serviceUrl } from '../foreignEndpoints.ts'
import { loadForeignPackage, orAnyCredentials } from '../foreignPackage.ts'

/** The AWS SDK's client for SQS, as far as it is used here. */
export type SqsPackage = typeof Sdk

/** A host that does not answer at all is told as one that cannot be reached. */
const CONNECTION_MS = 5_000
/** Each mapping holds a connection while it waits. */
const MOST_CONNECTIONS = 1_000

/** Loads the SDK's client; throws a sentence that names the package when there is none. */
export const loadSqsPackage = (from: readonly (string | URL)[]): SqsPackage =>
  loadForeignPackage('@aws-sdk/client-sqs', 'sqs', from) as SqsPackage

/**
 * Creates a client. Credentials come from the SDK's default chain; at a URL that finds none, any will do.
 * The endpoint is always named: `AWS_ENDPOINT_URL` in the environment usually leads back to this very process.
 */
export function createSqsClient(sdk: SqsPackage, endpoint: string, region: string): Sdk.SQSClient {
  const agent = { maxSockets: MOST_CONNECTIONS }
  const settings = {
    region,
    endpoint: serviceUrl('sqs', endpoint, region),
    // A queue's URL names the host as its server knows itself, which need not be how it is reached.
    useQueueUrlAsEndpoint: false,
    requestHandler: { connectionTimeout: CONNECTION_MS, httpAgent: agent, httpsAgent: agent },
    // A connection that was closed meanwhile is worth a second try; all else the mapping says, and backs off.
    maxAttempts: 2,
  }
  if (endpoint === 'aws') return new sdk.SQSClient(settings)
  const chain = new sdk.SQSClient(settings)
  return new sdk.SQSClient({ ...settings, credentials: orAnyCredentials(() => chain.config.credentials()) })
}
