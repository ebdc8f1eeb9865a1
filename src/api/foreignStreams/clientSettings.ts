import { createRequire } from 'node:module'
import type * as Sdk from '@aws-sdk/client-dynamodb-streams'

/** A host that does not answer at all is told as one that cannot be reached. */
const CONNECTION_MS = 5_000
/** Each shard that is read asks over a connection of its own. */
const MOST_CONNECTIONS = 1_000

type Handler = NonNullable<Sdk.DynamoDBStreamsClientConfig['requestHandler']>

/** What the clients are made with, wherever the streams are. */
export const clientSettings = (region: string, endpoint: string) => ({
  region,
  // Always named: `AWS_ENDPOINT_URL` in the environment usually leads back to this very process.
  endpoint,
  // A connection that was closed meanwhile is worth a second try; all else the reader sees to.
  maxAttempts: 2,
})

const agent = { maxSockets: MOST_CONNECTIONS }

export const handlerOptions = {
  connectionTimeout: CONNECTION_MS,
  httpAgent: agent,
  httpsAgent: agent,
}

/** HTTP/1.1, which every server speaks; the client of Kinesis would speak HTTP/2. It comes with the client's package. */
export function http1Handler(packageName: string, from: readonly (string | URL)[]): Handler {
  for (const file of from) {
    try {
      const clientFile = createRequire(file).resolve(packageName)
      const { NodeHttpHandler } = createRequire(clientFile)('@smithy/node-http-handler') as {
        readonly NodeHttpHandler: new (options: object) => Handler
      }
      return new NodeHttpHandler(handlerOptions)
    } catch {
      // The next one, as with the package itself.
    }
  }
  throw new Error(`${packageName} has come without @smithy/node-http-handler: install it again`)
}
