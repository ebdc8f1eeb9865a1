import { createRequire } from 'node:module'
import type * as Sdk from '@aws-sdk/client-sqs'
import { serviceUrl } from '../foreignEndpoints.ts'

/** The AWS SDK's client for SQS, as far as it is used here. */
export type SqsPackage = typeof Sdk

const PACKAGE = '@aws-sdk/client-sqs'
/** For services on this computer, which ask for credentials and take any. */
const ANY_CREDENTIALS = { accessKeyId: 'lambent', secretAccessKey: 'lambent' }
/** A host that does not answer at all is told as one that cannot be reached. */
const CONNECTION_MS = 5_000
/** Each mapping holds a connection while it waits. */
const MOST_CONNECTIONS = 1_000

/**
 * Loads the SDK's client where one of the files `from` would find it: the project's own comes before ours. It is no
 * dependency, since hardly anybody needs it. Rejects with a sentence that names the package when there is none.
 */
export function loadSqsPackage(from: readonly (string | URL)[]): SqsPackage {
  let cause: unknown
  for (const file of from) {
    try {
      return createRequire(file)(PACKAGE) as SqsPackage
    } catch (error) {
      if (!isMissing(error)) throw error
      cause = error
    }
  }
  throw new Error(
    `\`endpoints.sqs\` needs the package ${PACKAGE}, which is not installed: npm install --save-dev ${PACKAGE}`,
    { cause },
  )
}

/** Not there at all; a package whose own parts are missing is a fault of its own. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND' &&
  error.message.includes(`'${PACKAGE}'`)

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
  return new sdk.SQSClient({
    ...settings,
    credentials: async () => {
      try {
        return await chain.config.credentials()
      } catch {
        return ANY_CREDENTIALS
      }
    },
  })
}
